package inspect

import (
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

// Beside compares what a release declares of an object with what is live: declared
// fields only, since the rest are defaults, status, or somebody else's. live is nil
// where the object is not there, and secrets are further values that may stand nowhere.
func (d *Difference) Beside(ref model.Ref, declared, live map[string]any, secrets *mask.Values) {
	if live == nil {
		d.Parts = append(d.Parts, Part{Ref: ref, What: Missing})
		return
	}
	declared = decoded(declared)
	want := runtime.DeepCopyJSON(declared)
	delete(want, "status")
	if meta, ok := want["metadata"].(map[string]any); ok {
		delete(meta, "creationTimestamp")
		if _, named := meta["namespace"]; !named {
			delete(meta, "namespace")
		}
	}
	delete(want, "apiVersion") // the same object is served under several
	have, _ := projected(want, live, false).(map[string]any)
	kind := want["kind"]
	have["kind"] = kind
	d.part(ref, withVersion(want, declared), withVersion(have, declared), secrets)
}

// withVersion puts back the version, by which masking knows a Secret.
func withVersion(object, from map[string]any) map[string]any {
	if v, ok := from["apiVersion"]; ok {
		object["apiVersion"] = v
	}
	return object
}

// projected is the part of live that declared speaks of, in declared's own words
// where both mean the same. amount tells that scalars are quantities.
func projected(declared, live any, amount bool) any {
	switch want := declared.(type) {
	case map[string]any:
		have, ok := live.(map[string]any)
		if !ok {
			return live
		}
		out := map[string]any{}
		for k, w := range want {
			h, there := have[k]
			switch {
			case !there && empty(w):
				out[k] = w
			case there:
				out[k] = projected(w, h, amount || amounts[k])
			}
		}
		return out
	case []any:
		have, ok := live.([]any)
		if !ok {
			return live
		}
		return projectedList(want, have, amount)
	}
	if alike(declared, live, amount) {
		return declared
	}
	return live
}

// amounts are fields whose scalars are quantities.
var amounts = map[string]bool{"requests": true, "limits": true, "capacity": true, "storage": true, "sizeLimit": true, "hard": true, "divisor": true}

// empty is what the server drops.
func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case bool:
		return !x
	case map[string]any:
		return len(x) == 0
	case []any:
		return len(x) == 0
	}
	return false
}

// keysOf are fields by which elements of a list are told apart, the first that all
// elements have counts (the merge keys of the API's own lists).
var keysOf = []string{"name", "containerPort", "port", "mountPath", "key", "type", "ip", "host", "path"}

func projectedList(want, have []any, amount bool) []any {
	key := commonKey(want, have)
	out := make([]any, 0, len(have))
	if key == "" {
		for i, h := range have {
			if i < len(want) {
				h = projected(want[i], h, amount)
			}
			out = append(out, h)
		}
		return out
	}
	used := make([]bool, len(have))
	for _, w := range want {
		for i, h := range have {
			if !used[i] && alike(w.(map[string]any)[key], h.(map[string]any)[key], false) {
				used[i] = true
				out = append(out, projected(w, h, amount))
				break
			}
		}
	}
	for i, h := range have {
		if !used[i] {
			out = append(out, h)
		}
	}
	return out
}

// commonKey is the field that tells the elements of both lists apart, if one does.
func commonKey(lists ...[]any) string {
	for _, key := range keysOf {
		if slices.IndexFunc(lists, func(list []any) bool { return !tells(list, key) }) < 0 {
			return key
		}
	}
	return ""
}

func tells(list []any, key string) bool {
	seen := map[string]bool{}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok || m[key] == nil {
			return false
		}
		id := fmt.Sprint(m[key])
		if key == "port" || key == "containerPort" {
			id += fmt.Sprint(m["protocol"])
		}
		if seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

// alike reports whether two scalars mean the same.
func alike(a, b any, amount bool) bool {
	if same(a, b) || empty(a) && empty(b) {
		return true
	}
	if x, ok := number(a); ok {
		if y, ok := number(b); ok && x == y {
			return true
		}
	}
	if !amount {
		return false
	}
	x, errX := resource.ParseQuantity(fmt.Sprint(a))
	y, errY := resource.ParseQuantity(fmt.Sprint(b))
	return errX == nil && errY == nil && x.Cmp(y) == 0
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	}
	return 0, false
}
