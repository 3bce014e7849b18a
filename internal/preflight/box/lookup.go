package box

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/careen-tui/careen/internal/sandbox"
)

// cluster is what templates look up in, as Helm's engine asks for it: each question
// goes to the parent.
type cluster struct {
	parent *sandbox.Parent
	asked  int
}

// GetClientFor implements engine.ClientProvider. Whether a kind is namespaced, and
// whether there is one, the parent knows.
func (c *cluster) GetClientFor(apiVersion, kind string) (dynamic.NamespaceableResourceInterface, bool, error) {
	return &kindOf{cluster: c, question: Lookup{APIVersion: apiVersion, Kind: kind}}, true, nil
}

// kindOf are the objects of a kind. Helm asks for one or for all, and nothing else.
type kindOf struct {
	dynamic.NamespaceableResourceInterface
	cluster  *cluster
	question Lookup
}

func (k *kindOf) Namespace(name string) dynamic.ResourceInterface {
	of := *k
	of.question.Namespace = name
	return &of
}

func (k *kindOf) Get(_ context.Context, name string, _ metav1.GetOptions, _ ...string) (*unstructured.Unstructured, error) {
	q := k.question
	q.Name = name
	text, err := k.cluster.ask(q)
	if err != nil {
		return nil, err
	}
	u := &unstructured.Unstructured{}
	return u, u.UnmarshalJSON(text)
}

func (k *kindOf) List(context.Context, metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	text, err := k.cluster.ask(k.question)
	if err != nil {
		return nil, err
	}
	list := &unstructured.UnstructuredList{}
	return list, list.UnmarshalJSON(text)
}

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
	case r.Found.JSON == nil:
		return nil, apierrors.NewNotFound(schema.GroupResource{Resource: q.Kind}, q.Name)
	}
	return r.Found.JSON, nil
}
