package preflight

import (
	"reflect"
	"strconv"
)

// hidden stands in a list of changes for what depends on a Secret.
const hidden = "(masked)"

// public reports of a field of the object as Helm would send it whether its path and
// its value may be shown: neither depends on a Secret that the chart looks up.
func (o *Object) public(path []string, value any) (pathToo, valueToo bool) {
	if o.real == nil {
		return true, true
	}
	at := any(o.Object)
	for _, step := range path {
		var ok bool
		if at, ok = below(at, step); !ok {
			return false, false
		}
	}
	return true, reflect.DeepEqual(number(at), number(value))
}

// below is a field of a map, or an element of a list.
func below(v any, step string) (any, bool) {
	switch v := v.(type) {
	case map[string]any:
		value, ok := v[step]
		return value, ok
	case []any:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}
