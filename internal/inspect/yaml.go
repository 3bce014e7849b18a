package inspect

import (
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// YAML is an object as the server has it, without its managed fields, masked.
func YAML(ref model.Ref, u *unstructured.Unstructured, read time.Time) *Document {
	object := u.Object
	if meta, ok := object["metadata"].(map[string]any); ok {
		delete(meta, "managedFields")
	}
	shown, masked := mask.Object(object, mask.Options{})
	d := &Document{
		Ref: ref, UID: sanitize.Line(string(u.GetUID()), 64), ResourceVersion: sanitize.Line(u.GetResourceVersion(), 64), Read: read, Masked: masked,
	}
	d.Lines, d.Left = yamlLines(printed(shown))
	return d
}

// order is how the parts of an object are printed; those not named come between.
var order = []string{"apiVersion", "kind", "metadata", "type", "spec", "data", "stringData"}

// printed is an object as YAML: what it is, then what it should be, then how it is.
func printed(object map[string]any) string {
	out := ""
	part := func(key string) {
		v, ok := object[key]
		if !ok {
			return
		}
		out += mask.YAML(map[string]any{key: v})
	}
	rest := map[string]any{}
	for k, v := range object {
		rest[k] = v
	}
	for _, k := range append(order, "status") {
		delete(rest, k)
	}
	for _, k := range order {
		part(k)
	}
	if len(rest) > 0 {
		out += mask.YAML(rest)
	}
	part("status")
	return out
}

func same(a, b any) bool { return reflect.DeepEqual(a, b) }
