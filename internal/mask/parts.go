package mask

import (
	"encoding/json"
	"slices"
	"strings"
)

// variable masks the value of an entry with a name: of every variable of the
// environment in a plan, else of those that are named for a credential.
func (m *masker) variable(at []string, entry, theirs map[string]any, both bool) {
	name, named := entry["name"].(string)
	env := m.Profile == Plan && len(at) >= 2 && at[len(at)-2] == "env"
	value, there := entry["value"]
	if !there || isHidden(value) || m.isShown(append(slices.Clip(at), "value")) {
		return
	}
	if env || named && value != "" && holds(name, value) {
		entry["value"] = m.hide(value, theirs["value"], both)
	}
}

// arguments masks those of a program that its entry names beside them.
func (m *masker) arguments(entry, theirs map[string]any, both bool) {
	command, _ := entry["command"].([]any)
	args, _ := entry["args"].([]any)
	if len(command) > 0 && len(args) > 0 {
		their, _ := theirs["args"].([]any)
		m.flags(command, args, their, both)
	}
}

// flags masks in a list of words what stands behind flags that take a credential: it
// is read as the command line of a program, which stands in front of it.
func (m *masker) flags(command, args, theirs []any, both bool) {
	masked := commandLine(command, args)
	for i, value := range masked {
		raw := args[i].(string)
		if value == raw || isHidden(raw) {
			continue
		}
		var their any
		if i < len(theirs) {
			their = theirs[i]
		}
		if value == Hidden {
			args[i] = m.hide(raw, their, both)
		} else {
			args[i] = m.partly(raw, value, their, both)
		}
	}
}

// commandLine is the words of args with credentials masked, as far as they are known
// by the words before them; nil where args are no words.
func commandLine(command, args []any) []string {
	list := make([]string, 0, len(command)+len(args))
	for _, part := range [...][]any{command, args} {
		for _, v := range part {
			s, ok := v.(string)
			if !ok {
				return nil
			}
			list = append(list, s)
		}
	}
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, quoteJSON(s))
	}
	text := "[" + strings.Join(quoted, ",") + "]"
	masked := Text(text)
	if masked == text {
		return nil
	}
	var out []string
	if json.Unmarshal([]byte(masked), &out) != nil || len(out) != len(list) {
		out = list[:0]
		for _, s := range list {
			out = append(out, Text(s))
		}
	}
	return out[len(command):]
}

// annotations masks those that repeat an object, or that are named for a credential.
// A plan shows known ones only, and on a Secret nothing with a structure is shown.
func (m *masker) annotations(at []string, v, other any, both bool) {
	notes, _ := v.(map[string]any)
	theirs, _ := other.(map[string]any)
	for key, value := range notes {
		text, _ := value.(string)
		switch {
		case isHidden(value):
		case m.isShown(append(slices.Clip(at), key)):
			notes[key] = m.told(value)
		case m.Profile == Plan && !isTold(key), m.secret && !isTold(key) && strings.ContainsAny(text, "{}"), Annotation(key, text):
			notes[key] = m.hide(value, theirs[key], both)
		default:
			notes[key] = m.text(text, theirs[key], both)
		}
	}
}

// Annotation reports whether an annotation's value is hidden as a whole: it repeats the
// object, or is named for a credential and does not merely name a Secret.
func Annotation(key, value string) bool {
	if Repeats(key, value) {
		return true
	}
	key = key[strings.LastIndexByte(key, '/')+1:] // the rest is whose annotation it is
	return holds(key, value) && !pointsAt(key, value)
}

// pointsAt reports whether the value of a field that is named for a Secret is its name,
// or its path, or a list of names, rather than what it holds.
func pointsAt(key, value string) bool {
	list := split(key)
	if len(list) == 0 || value == "" || !isObjectName(strings.NewReplacer(" ", "", ",", "-").Replace(value)) {
		return false
	}
	last := list[len(list)-1]
	return last == "secret" || last == "secrets" || strings.Contains(value, "/") && slices.Contains(list, "secret")
}
