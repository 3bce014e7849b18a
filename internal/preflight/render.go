package preflight

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight/box"
	careenrelease "github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Object is one object that a chart declares, as it may be shown: what depends on the
// content of a Secret that the chart looks up is made up in it.
type Object struct {
	*unstructured.Unstructured
	Ref      model.Ref
	Resource string // plural; empty where the server does not serve the kind
	Source   string // the template
	Hook     *box.Hook
	CRD      bool // it stands in the chart's crds folder

	real *unstructured.Unstructured // as Helm would send it, where that differs; nothing of it is shown
}

// Namespaced reports whether the object lives in a namespace.
func (o *Object) Namespaced() bool { return o.Ref.Namespace != "" }

// actual is the object as Helm would send it: to be sent and to be compared, never to
// be shown.
func (o *Object) actual() *unstructured.Unstructured {
	if o.real != nil {
		return o.real
	}
	return o.Unstructured
}

// Rendered is what a chart declares.
type Rendered struct {
	*box.Result
	Objects  []*Object // in Helm's order of installation, hooks and definitions too
	withheld bool      // what it declares cannot be shown
}

// decode reads the objects of a box. What names an object is made safe to print; the
// rest of it is sent as it is.
func decode(list []box.Object) ([]*Object, error) {
	out := make([]*Object, 0, len(list))
	for _, b := range list {
		o := &Object{Unstructured: &unstructured.Unstructured{}, Source: b.Source, Hook: b.Hook, CRD: b.CRD}
		if err := json.Unmarshal(b.JSON, &o.Object); err != nil {
			return nil, fmt.Errorf("%s: the sandbox sent what is not JSON", b.Source)
		}
		const longest = 300 // a name has 253 bytes at most
		o.SetAPIVersion(sanitize.Line(o.GetAPIVersion(), longest))
		o.SetKind(sanitize.Line(o.GetKind(), longest))
		for _, field := range []string{"name", "generateName", "namespace"} {
			if text, ok, _ := unstructured.NestedString(o.Object, "metadata", field); ok {
				_ = unstructured.SetNestedField(o.Object, sanitize.Line(text, longest), "metadata", field)
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// resolve fills in references and namespaces. A definition of the chart itself
// serves its kind too.
func resolve(objects []*Object, kinds map[served]kind, namespace string) {
	own := map[served]kind{}
	for _, o := range objects {
		if o.GetKind() != "CustomResourceDefinition" {
			continue
		}
		group, _, _ := unstructured.NestedString(o.Object, "spec", "group")
		plural, _, _ := unstructured.NestedString(o.Object, "spec", "names", "plural")
		name, _, _ := unstructured.NestedString(o.Object, "spec", "names", "kind")
		scope, _, _ := unstructured.NestedString(o.Object, "spec", "scope")
		versions, _, _ := unstructured.NestedSlice(o.Object, "spec", "versions")
		for _, v := range versions {
			if m, ok := v.(map[string]any); ok {
				own[served{fmt.Sprintf("%s/%v", group, m["name"]), name}] = kind{plural, scope == "Namespaced"}
			}
		}
	}
	for _, o := range objects {
		key := served{o.GetAPIVersion(), o.GetKind()}
		k, ok := kinds[key]
		if !ok {
			k, ok = own[key]
		}
		o.Resource = k.resource
		name := o.GetName()
		if name == "" {
			name = o.GetGenerateName()
		}
		o.Ref = model.Ref{Kind: careenrelease.KindOf(o.GetAPIVersion(), o.GetKind()), Name: name}
		namespaced := k.namespaced
		if info, builtin := model.Info(o.Ref.Kind); !ok && builtin {
			namespaced = info.Namespaced
		}
		if namespaced || !ok && o.GetNamespace() != "" {
			if o.GetNamespace() == "" {
				o.SetNamespace(namespace)
			}
			o.Ref.Namespace = o.GetNamespace()
			if o.real != nil && o.real.GetNamespace() == "" {
				o.real.SetNamespace(namespace)
			}
		}
	}
}
