package openreports

import "strings"

// maxLabel is the longest value of a label, in bytes.
const maxLabel = 63

// labels are those that have a value, made such that an API server stores them.
func labels(want map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range want {
		if v := labelValue(value); v != "" {
			out[name] = v
		}
	}
	return out
}

// labelValue makes a label's value of any text: letters, digits, '-', '_' and '.', the
// first and the last a letter or a digit.
func labelValue(s string) string {
	v := strings.Map(func(r rune) rune {
		if alphanumeric(r) || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '-'
	}, s)
	v = strings.TrimLeftFunc(v, func(r rune) bool { return !alphanumeric(r) })
	v = v[:min(len(v), maxLabel)]
	return strings.TrimRightFunc(v, func(r rune) bool { return !alphanumeric(r) })
}

func alphanumeric(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}
