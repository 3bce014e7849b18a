package box

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// output sends objects to the parent, and counts them.
type output struct {
	server  *server
	objects int
	size    int
}

// add sends the objects of a text, each as of says but for its JSON.
func (out *output) add(text string, of Object) error {
	for doc := range strings.SplitSeq("\n"+text, "\n---") {
		if strings.TrimSpace(doc) == "" {
			continue
		}
		if len(doc) > maxObject {
			return fmt.Errorf("%s renders to an object of more than %d MiB", of.Source, maxObject>>20)
		}
		var m map[string]any
		if err := yaml.Unmarshal([]byte(doc), &m); err != nil {
			return fmt.Errorf("%s does not render to YAML: %w", of.Source, err)
		}
		if len(m) == 0 {
			continue
		}
		u := &unstructured.Unstructured{Object: m}
		if !u.IsList() {
			if err := out.send(u, of); err != nil {
				return err
			}
			continue
		}
		list, err := u.ToList()
		if err != nil {
			return fmt.Errorf("%s renders to a list that Kubernetes does not know: %w", of.Source, err)
		}
		for i := range list.Items {
			if err := out.send(&list.Items[i], of); err != nil {
				return err
			}
		}
	}
	return nil
}

func (out *output) send(u *unstructured.Unstructured, of Object) error {
	if u.GetAPIVersion() == "" || u.GetKind() == "" || u.GetName() == "" && u.GetGenerateName() == "" {
		return fmt.Errorf("%s renders to an object without apiVersion, kind or name", of.Source)
	}
	if nests(u.Object, maxNesting) {
		return fmt.Errorf("%s renders to an object of more than %d levels", of.Source, maxNesting)
	}
	text, err := json.Marshal(u.Object)
	if err != nil {
		return fmt.Errorf("%s: %w", of.Source, err)
	}
	if len(text) > maxObject {
		return fmt.Errorf("%s renders to an object of more than %d MiB", of.Source, maxObject>>20)
	}
	if out.objects++; out.objects > maxObjects {
		return errTooMany
	}
	if out.size += len(text); out.size > maxOutput {
		return fmt.Errorf("the chart renders to more than %d MiB", maxOutput>>20)
	}
	of.JSON = text
	return out.server.parent.Send(reply{Object: &of})
}

// nests reports whether a value has more levels than so many.
func nests(v any, levels int) bool {
	if levels < 0 {
		return true
	}
	switch v := v.(type) {
	case map[string]any:
		for _, below := range v {
			if nests(below, levels-1) {
				return true
			}
		}
	case []any:
		for _, below := range v {
			if nests(below, levels-1) {
				return true
			}
		}
	}
	return false
}
