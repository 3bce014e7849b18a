package inspect

import (
	"regexp"
	"strings"

	"github.com/careen-tui/careen/internal/cluster/logtail"
	"github.com/careen-tui/careen/internal/model"
)

// What stands for a value that is not shown. Its length says nothing of the
// value's.
const (
	Hidden       = "(masked)"
	hiddenBefore = "(masked, before)"
	hiddenAfter  = "(masked, after)"
)

// repeats are annotations that hold a copy of the object, values included.
var repeats = map[string]bool{
	"kubectl.kubernetes.io/last-applied-configuration": true,
	"kapp.k14s.io/original":                            true,
	"kapp.k14s.io/original-diff":                       true,
	"kapp.k14s.io/original-diff-full":                  true,
	"objectset.rio.cattle.io/applied":                  true,
	"banzaicloud.com/last-applied":                     true,
}

var (
	credential = regexp.MustCompile(`(?i)pass(?:word|wd|phrase)|pwd|secret|token|api[_.-]?key|access[_.-]?key|private[_.-]?key|encryption[_.-]?key|signing[_.-]?key|credential|licen[cs]e|authorization|connection[_.-]?string|dsn$`)
	// pointer is the end of a name that says where a credential is, or of what kind.
	pointer = regexp.MustCompile(`(?i)(?:name|names|ref|path|file|type|mode|namespace|provider|manager|store|class|kind|policy|enabled|expiration|expirationseconds|ttl|audience|issuer|url|host|port|mount|dir|version|rotation)s?$`)
)

// LooksSecret tells whether a field, variable or key of that name is likely to
// hold a credential itself rather than say where one is.
func LooksSecret(name string) bool {
	return credential.MatchString(name) && !pointer.MatchString(name)
}

// masker replaces what may not be shown in an object, in place. other is the same
// object on the other side of a comparison, or nil; a value that differs there is
// marked with changed.
type masker struct {
	changed string
	count   int
	stream  logtail.Stream
}

// mask masks a copy of object.
func mask(object, other map[string]any, changed string) (out map[string]any, masked int) {
	m := &masker{changed: changed}
	out, _ = copied(object).(map[string]any)
	kind, _ := out["kind"].(string)
	version, _ := out["apiVersion"].(string)
	if kind == string(model.KindSecret) && (version == "v1" || version == "") {
		m.values(out, other, "data")
		m.values(out, other, "stringData")
	}
	if kind == string(model.KindConfigMap) && version == "v1" {
		if meta, _ := out["metadata"].(map[string]any); isRecordName(meta) {
			m.values(out, other, "data")
		}
		m.values(out, other, "binaryData")
	}
	m.walk(out, other, other != nil)
	return out, m.count
}

func isRecordName(meta map[string]any) bool {
	name, _ := meta["name"].(string)
	return strings.HasPrefix(name, model.RecordPrefix)
}

// values masks each value of a field that holds nothing else.
func (m *masker) values(object, other map[string]any, field string) {
	data, ok := object[field].(map[string]any)
	if !ok {
		return
	}
	theirs, _ := other[field].(map[string]any)
	for key, v := range data {
		data[key] = m.hide(v, theirs[key], other != nil)
	}
}

func (m *masker) hide(v, other any, both bool) string {
	m.count++
	if both && !same(v, other) {
		return m.changed
	}
	return Hidden
}

func (m *masker) walk(v, other any, both bool) any {
	switch x := v.(type) {
	case map[string]any:
		theirs, _ := other.(map[string]any)
		if name, ok := x["name"].(string); ok {
			if value, ok := x["value"].(string); ok && value != "" && LooksSecret(name) {
				x["value"] = m.hide(value, theirs["value"], both)
			}
		}
		for key, value := range x {
			x[key] = m.field(key, value, theirs[key], both)
		}
		return x
	case []any:
		theirs, _ := other.([]any)
		flag := false // the element before is a flag that takes a credential
		for i, value := range x {
			var their any
			if i < len(theirs) {
				their = theirs[i]
			}
			text, isText := value.(string)
			switch {
			case isText && flag && !strings.HasPrefix(text, "-"):
				x[i] = m.hide(text, their, both)
			default:
				x[i] = m.walk(value, their, both)
			}
			flag = isText && strings.HasPrefix(text, "-") && !strings.Contains(text, "=") && LooksSecret(text)
		}
		return x
	case string:
		return m.text(x, other, both)
	}
	return v
}

func (m *masker) field(key string, value, other any, both bool) any {
	text, ok := value.(string)
	if !ok || text == "" || isHidden(text) {
		return m.walk(value, other, both)
	}
	if repeats[key] || LooksSecret(key) {
		return m.hide(text, other, both)
	}
	return m.text(text, other, both)
}

// text masks what looks like a credential within text.
func (m *masker) text(s string, other any, both bool) string {
	if isHidden(s) {
		return s
	}
	changed := false
	var out strings.Builder
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			out.WriteByte('\n')
		}
		masked := m.stream.Mask(l)
		changed = changed || masked != l
		out.WriteString(masked)
	}
	m.stream = logtail.Stream{}
	if !changed {
		return s
	}
	m.count++
	if both && !same(s, other) {
		return out.String() + " " + m.changed
	}
	return out.String()
}

func isHidden(s string) bool { return s == Hidden || s == hiddenBefore || s == hiddenAfter }

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
