package own

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzCompile holds that a rule is compiled or refused with the place of what is wrong,
// in words that can be printed, and that nothing an operator writes ends careen.
func FuzzCompile(f *testing.F) {
	for _, seed := range [][2]string{
		{"object.spec.replicas > 3", "'x' + object.metadata.name"},
		{"object.spec.template.spec.containers.exists(c, !has(c.resources.limits))", "plain words"},
		{"related('Pod', object.metadata.namespace, object.metadata.name) == null", "object.kind"},
		{"[1,2,3].all(a, [1,2,3].all(b, a < b))", "'{}'.format([1])"},
		{"object.spec.replicas >", "\x1b[2J"},
		{"((((((((((", "'"},
		{"true &&\n\tfalse", ""},
		{"'\u202e' == '\\u0000'", "\x00"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, when, message string) {
		if len(when)+len(message) > 512 {
			return
		}
		r := rule(when)
		r.Message = piece(message)
		_, err := Compile(r)
		if err == nil {
			return
		}
		if !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("no place: %s", err)
		}
		for _, c := range err.Error() {
			if unicode.IsControl(c) && c != '\n' && c != '\t' {
				t.Fatalf("not to be printed: %q", err)
			}
		}
	})
}
