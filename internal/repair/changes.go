package repair

import (
	"maps"
	"reflect"
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// change is one path at which two objects differ. Maps are compared key by key,
// lists and the removal of a whole map as one value.
type change struct {
	path          []string
	before, after any  // nil where absent
	had, has      bool // whether the path was, and is, there
}

// changesBetween lists the differences from a to b, in order of path. Either may
// be nil.
func changesBetween(a, b map[string]any) []change {
	var out []change
	walkChanges(nil, a, b, &out)
	return out
}

func walkChanges(at []string, a, b map[string]any, out *[]change) {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		av, had := a[k]
		bv, has := b[k]
		if had && has && same(av, bv) {
			continue
		}
		path := append(slices.Clip(at), k)
		am, aMap := av.(map[string]any)
		bm, bMap := bv.(map[string]any)
		switch {
		case (aMap || !had) && bMap && len(am)+len(bm) > 0:
			walkChanges(path, am, bm, out)
		default:
			*out = append(*out, change{path, av, bv, had, has})
		}
	}
}

// same compares JSON values; whole numbers are equal whatever their Go type.
func same(a, b any) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	switch x := a.(type) {
	case int64, float64:
		return number(a) == number(b) && isNumber(b)
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k, v := range x {
			w, there := y[k]
			if !there || !same(v, w) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, same)
	}
	return false
}

func isNumber(v any) bool {
	switch v.(type) {
	case int64, float64:
		return true
	}
	return false
}

func number(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// mergePatch is the JSON merge patch (RFC 7396) that makes the changes.
func mergePatch(list []change) map[string]any {
	out := map[string]any{}
	for _, c := range list {
		into := out
		for _, name := range c.path[:len(c.path)-1] {
			next, ok := into[name].(map[string]any)
			if !ok {
				next = map[string]any{}
				into[name] = next
			}
			into = next
		}
		into[c.path[len(c.path)-1]] = c.after
	}
	return out
}

// applyChanges makes the changes in object, which it owns.
func applyChanges(object map[string]any, list []change) {
	for _, c := range list {
		into := object
		for _, name := range c.path[:len(c.path)-1] {
			next, ok := into[name].(map[string]any)
			if !ok {
				next = map[string]any{}
				into[name] = next
			}
			into = next
		}
		if last := c.path[len(c.path)-1]; c.has {
			into[last] = c.after
		} else {
			delete(into, last)
		}
	}
}

// reversed is what takes the changes back.
func reversed(list []change) []change {
	out := make([]change, len(list))
	for i, c := range list {
		out[i] = change{c.path, c.after, c.before, c.has, c.had}
	}
	return out
}

// valueAt follows a path of map keys and, within lists, of decimal indices.
func valueAt(value any, path []string) (v any, found bool) {
	for _, name := range path {
		switch in := value.(type) {
		case map[string]any:
			if value, found = in[name]; !found {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			value = in[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// volatile are the paths that the server and its controllers move by themselves.
var volatile = [][]string{
	{"status"},
	{"metadata", "managedFields"},
	{"metadata", "resourceVersion"},
	{"metadata", "generation"},
}

// content is an object without what moves by itself.
func content(u *unstructured.Unstructured) map[string]any {
	if u == nil {
		return nil
	}
	out := maps.Clone(u.Object)
	delete(out, "status")
	if meta, ok := out["metadata"].(map[string]any); ok {
		meta = maps.Clone(meta)
		for _, p := range volatile {
			if len(p) == 2 {
				delete(meta, p[1])
			}
		}
		out["metadata"] = meta
	}
	return out
}

// changes are what a write does, status and the server's own fields aside.
func (w *Write) changes() []change { return changesBetween(content(w.Before), content(w.After)) }
