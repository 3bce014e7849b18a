package mask

import (
	"strconv"
	"strings"
	"unicode"

	"sigs.k8s.io/yaml"
)

// YAML is a part of an object as text. What YAML cannot hold, as somebody's control
// characters, is written with a backslash, so that one odd annotation hides nothing else.
func YAML(v map[string]any) string {
	b, err := yaml.Marshal(v)
	if err != nil {
		b, err = yaml.Marshal(printable(v))
	}
	if err != nil {
		return "(not printable)\n"
	}
	return string(b)
}

// printable is a value whose texts have an escape in the place of every rune that is not
// printed.
func printable(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[escaped(k)] = printable(x)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = printable(x)
		}
		return out
	case string:
		return escaped(v)
	}
	return v
}

func escaped(s string) string {
	seen := func(r rune) bool { return unicode.IsPrint(r) || r == '\n' || r == '\t' }
	if !strings.ContainsFunc(s, func(r rune) bool { return !seen(r) }) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if seen(r) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
	}
	return b.String()
}
