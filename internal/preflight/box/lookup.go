package box

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/sandbox"
)

// cluster is what templates look up in: each question goes to the parent, who knows
// whether a kind is namespaced, and whether there is one.
type cluster struct {
	parent *sandbox.Parent
	asked  int
}

// lookup is the function of that name: an object, a list where no name is given, and an
// empty map where there is none, so that templates can ask whether there is one.
func (c *cluster) lookup(apiVersion, kind, namespace, name string) (map[string]any, error) {
	none := map[string]any{}
	text, err := c.ask(Lookup{APIVersion: apiVersion, Kind: kind, Namespace: namespace, Name: name})
	if err != nil || text == nil {
		return none, err
	}
	if name == "" {
		list := &unstructured.UnstructuredList{}
		if err := list.UnmarshalJSON(text); err != nil {
			return none, err
		}
		return list.UnstructuredContent(), nil
	}
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(text); err != nil {
		return none, err
	}
	return u.UnstructuredContent(), nil
}

// ask returns an object or a list as JSON, and nil where there is none.
func (c *cluster) ask(q Lookup) ([]byte, error) {
	if c.asked++; c.asked > maxLookups {
		return nil, fmt.Errorf("the chart looks up more than %d objects", maxLookups)
	}
	if err := c.parent.Send(reply{Lookup: &q}); err != nil {
		return nil, err
	}
	var r request
	if err := c.parent.Receive(&r); err != nil {
		return nil, err
	}
	switch {
	case r.Found == nil:
		return nil, errors.New("the question was not answered")
	case r.Found.Error != "":
		return nil, errors.New(r.Found.Error)
	}
	return r.Found.JSON, nil
}
