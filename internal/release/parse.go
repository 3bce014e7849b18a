package release

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/careen-tui/careen/internal/model"
)

// shape is what the YAML parser takes from a document.
type shape struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string `yaml:"kind"`
	Metadata   struct {
		Name        string            `yaml:"name"`
		Namespace   string            `yaml:"namespace"`
		Annotations map[string]string `yaml:"annotations"`
	} `yaml:"metadata"`
	Items []shape `yaml:"items"`
}

// parse reads a document of any style; a kind that ends in List yields its items.
// A field of another type than expected counts as absent.
func parse(doc []byte) (list []model.Declared, reason string) {
	defer func() {
		if recover() != nil {
			list, reason = nil, "cannot be parsed"
		}
	}()
	var top *shape
	var mismatch *yaml.TypeError
	if err := yaml.Unmarshal(doc, &top); err != nil && !errors.As(err, &mismatch) {
		return nil, "is not valid YAML"
	}
	if top == nil {
		return nil, ""
	}
	list, missing := top.declared(nil, 0)
	if missing {
		reason = "names no kind or no name"
	}
	return list, reason
}

func (d *shape) declared(list []model.Declared, depth int) (out []model.Declared, missing bool) {
	if strings.HasSuffix(d.Kind, "List") && d.Metadata.Name == "" && depth < maxDepth {
		for i := range d.Items {
			var m bool
			list, m = d.Items[i].declared(list, depth+1)
			missing = missing || m
		}
		return list, missing
	}
	if d.Kind == "" || d.Metadata.Name == "" {
		return list, true
	}
	h := header{
		apiVersion: []byte(d.APIVersion), kind: []byte(d.Kind),
		name: []byte(d.Metadata.Name), namespace: []byte(d.Metadata.Namespace),
		keep: keeps([]byte(d.Metadata.Annotations[policyAnnotation])),
	}
	return append(list, h.declared()), false
}
