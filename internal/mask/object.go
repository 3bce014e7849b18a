package mask

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Profile says how much of an object is shown.
type Profile uint8

const (
	// Reading masks by name and by shape: for the operator who looks at an object.
	Reading Profile = iota
	// Plan masks all values of the environment and foreign annotations as well: for
	// what is pasted elsewhere. Data that a change leaves alone is not shown at all.
	Plan
)

// notShown stands in a plan for data that is the same on both sides.
const notShown = "(unchanged, not shown)"

// recordPrefix begins the names of the Secrets and ConfigMaps in which Helm keeps
// releases.
const recordPrefix = "sh.helm.release.v1."

// Options say how an object is masked.
type Options struct {
	Profile Profile
	Other   map[string]any // the same object on the other side of a comparison, if there is one
	Changed string         // stands for a value that differs there; empty for Hidden
	Shown   [][]string     // paths of which a plan shows the value, since it writes it itself
	Values  *Values        // further values to hide wherever they stand
}

// Object returns a copy of a Kubernetes object with its credentials masked, and how
// many values were. Object is as JSON decodes it.
func Object(object map[string]any, o Options) (out map[string]any, masked int) {
	if object == nil {
		return nil, 0
	}
	if o.Changed == "" {
		o.Changed = Hidden
	}
	m := &masker{Options: o}
	out, _ = copied(object).(map[string]any)
	kind, _ := out["kind"].(string)
	meta, _ := out["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	m.secret = isSecret(out)
	m.opaque = m.secret || kind == "ConfigMap" && strings.HasPrefix(name, recordPrefix)
	m.walk(nil, out, o.Other, o.Other != nil, false)
	return out, m.count
}

func isSecret(object map[string]any) bool {
	version, _ := object["apiVersion"].(string)
	return object["kind"] == "Secret" && (version == "v1" || version == "")
}

type masker struct {
	Options
	secret bool // the object is a Secret
	opaque bool // and so is what it holds
	count  int
}

func (m *masker) hide(v, other any, both bool) string {
	m.count++
	if both && !reflect.DeepEqual(v, other) {
		return m.Changed
	}
	return Hidden
}

// walk masks what stands at a path, in place where it holds more. below says that it
// stands in a field that is named for a credential.
func (m *masker) walk(at []string, v, other any, both, below bool) any {
	if m.isShown(at) {
		return m.told(v)
	}
	switch x := v.(type) {
	case map[string]any:
		theirs, _ := other.(map[string]any)
		m.object(at, x, theirs, both, below)
		return x
	case []any:
		theirs, _ := other.([]any)
		m.list(at, x, theirs, both, below)
		return x
	case string:
		if below && !isHidden(x) && !isHarmless(x, field{}) {
			return m.hide(x, other, both)
		}
		return m.text(x, other, both)
	case bool, nil:
		return v
	}
	if below { // a number
		return m.hide(v, other, both)
	}
	return v
}

func (m *masker) object(at []string, x, theirs map[string]any, both, below bool) {
	m.variable(at, x, theirs, both)
	m.arguments(x, theirs, both)
	held := isSecret(x) || m.opaque && len(at) == 0 // a Secret within another object, too
	for key, value := range x {
		path := append(slices.Clip(at), key)
		theirValue, there := theirs[key]
		switch {
		case held && (key == "data" || key == "stringData"), key == "binaryData" && len(at) == 0:
			m.values(value, theirValue, both)
		case m.isShown(path):
			x[key] = m.told(value)
		case len(path) > 1 && key == "annotations" && at[len(at)-1] == "metadata":
			m.annotations(path, value, theirValue, both)
		case m.Profile == Plan && len(at) == 1 && at[0] == "data" && both && there && reflect.DeepEqual(value, theirValue):
			x[key] = notShown
		default:
			x[key] = m.walk(path, value, theirValue, both, below && !isInnocent(key) || holds(key, value))
		}
	}
}

func (m *masker) list(at []string, x, theirs []any, both, below bool) {
	if !below {
		m.flags(nil, x, theirs, both)
	}
	for i, value := range x {
		var theirValue any
		if i < len(theirs) {
			theirValue = theirs[i]
		}
		x[i] = m.walk(append(slices.Clip(at), strconv.Itoa(i)), value, theirValue, both, below)
	}
}

// holds reports whether a field of that name and value holds a credential.
func holds(key string, value any) bool {
	what := sortOf(key)
	if what == none || isInnocent(key) {
		return false
	}
	counted := strings.HasSuffix(strings.ToLower(key), "s")
	switch v := value.(type) {
	case string:
		return !isHarmless(v, field{kind: what, counted: counted}) && (what != license || len(v) >= longLicense)
	case []any:
		return !(what == secret && counted && namesObjects(v)) // imagePullSecrets: [a, b]
	case map[string]any:
		return true
	}
	return !counted || what == password
}

func namesObjects(list []any) bool {
	for _, v := range list {
		if s, ok := v.(string); ok && !isObjectName(s) {
			return false
		}
	}
	return true
}

// values masks each value of a field that holds nothing else.
func (m *masker) values(v, other any, both bool) {
	data, _ := v.(map[string]any)
	theirs, _ := other.(map[string]any)
	for key, value := range data {
		if !isHidden(value) {
			data[key] = m.hide(value, theirs[key], both)
		}
	}
}

// isShown reports whether a plan writes the value at path, or one above it, itself.
// Of a Secret only metadata is ever shown.
func (m *masker) isShown(path []string) bool {
	return len(path) > 0 && slices.ContainsFunc(m.Shown, func(s []string) bool {
		if m.secret {
			return path[0] == "metadata" && slices.Equal(s, path)
		}
		return len(s) <= len(path) && slices.Equal(s, path[:len(s)])
	})
}

// told is a value that a plan writes itself: what looks like a credential within is
// masked nevertheless.
func (m *masker) told(v any) any {
	switch x := v.(type) {
	case string:
		return m.Values.Text(Text(x))
	case map[string]any:
		for key, value := range x {
			x[key] = m.told(value)
		}
	case []any:
		for i, value := range x {
			x[i] = m.told(value)
		}
	}
	return v
}

// text masks what looks like a credential within text, and the values that are known.
func (m *masker) text(s string, other any, both bool) string {
	if isHidden(s) {
		return s
	}
	return m.partly(s, m.Values.Text(confirmed(s, Text(s))), other, both)
}

// partly is a text of which a part is masked. Where that hides a difference, it says so.
func (m *masker) partly(s, masked string, other any, both bool) string {
	if masked == s {
		return s
	}
	m.count++
	if both && !reflect.DeepEqual(s, other) {
		return masked + " " + m.Changed
	}
	return masked
}

func isHidden(v any) bool {
	s, ok := v.(string)
	return ok && (strings.HasPrefix(s, begun) || s == notShown)
}

func copied(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, e := range x {
			out[k] = copied(e)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = copied(e)
		}
		return out
	}
	return v
}
