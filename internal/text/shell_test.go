package text

import "testing"

func TestAWordOfAShellStaysOne(t *testing.T) {
	for s, want := range map[string]string{
		"": "''", "a:b/C/d": "a:b/C/d", "a b": "'a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "#slot": "'#slot'", "a\nb": "'a\nb'", "ä": "'ä'",
	} {
		if got := ShellWord(s); got != want {
			t.Errorf("%q is written %s, want %s", s, got, want)
		}
	}
}
