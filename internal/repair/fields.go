package repair

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/careen-tui/careen/internal/finding"
)

// setField writes one field of an object: path elements are map keys, or decimal
// indices within a list, where the index behind the last appends. A nil value
// removes.
func setField(object map[string]any, f finding.FieldValue) error {
	if len(f.Path) == 0 {
		return fmt.Errorf("a change names no field")
	}
	value, err := plain(f.Value)
	if err != nil {
		return fmt.Errorf("writing %s: %w", dotted(f.Path), err)
	}
	_, err = setIn(object, f.Path, value)
	if err != nil {
		return fmt.Errorf("writing %s: %w", dotted(f.Path), err)
	}
	return nil
}

// setIn returns in with the value at path.
func setIn(in any, path []string, value any) (any, error) {
	if len(path) == 0 {
		return value, nil
	}
	name, leaf := path[0], len(path) == 1
	switch at := in.(type) {
	case map[string]any:
		if leaf && value == nil {
			delete(at, name)
			return at, nil
		}
		if _, there := at[name]; !there && value == nil {
			return at, nil
		}
		v, err := setIn(at[name], path[1:], value)
		if err != nil {
			return nil, err
		}
		at[name] = v
		return at, nil
	case []any:
		i, err := strconv.Atoi(name)
		switch {
		case err != nil || i < 0 || i > len(at) || i == len(at) && value == nil:
			return nil, fmt.Errorf("there is no element %s in a list of %d", name, len(at))
		case leaf && value == nil:
			return append(at[:i:i], at[i+1:]...), nil
		case i == len(at):
			at = append(at[:i:i], nil)
		}
		v, err := setIn(at[i], path[1:], value)
		if err != nil {
			return nil, err
		}
		at[i] = v
		return at, nil
	case nil:
		if name == "0" {
			return setIn([]any{}, path, value)
		}
		return setIn(map[string]any{}, path, value)
	default:
		return nil, fmt.Errorf("%s stands in neither an object nor a list", name)
	}
}

// plain turns a Go value into what JSON decoding would have made of it.
func plain(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = utiljson.Unmarshal(b, &out)
	return out, err
}

// dotted writes a path as kubectl's JSONPath would: a.b[0]["c.d/e"].
func dotted(path []string) string {
	var b strings.Builder
	for _, p := range path {
		switch _, err := strconv.Atoi(p); {
		case err == nil:
			b.WriteString("[" + p + "]")
		case strings.ContainsAny(p, "./[]\" "):
			b.WriteString(`["` + p + `"]`)
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(p)
		}
	}
	return b.String()
}

// parsePath is the inverse of dotted; a dot behind a backslash belongs to a name.
func parsePath(text string) []string {
	var out []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			out = append(out, word.String())
			word.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
		case c == '.':
			end()
		case c == '[':
			end()
			n := strings.IndexByte(text[i:], ']')
			if n < 0 {
				word.WriteByte(c)
				continue
			}
			out = append(out, strings.Trim(text[i+1:i+n], `"'`))
			i += n
		default:
			word.WriteByte(c)
		}
	}
	end()
	return out
}
