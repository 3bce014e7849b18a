package text

import (
	"slices"
	"testing"
)

func TestAWordOfAShellStaysOne(t *testing.T) {
	for s, want := range map[string]string{
		"": "''", "a:b/C/d": "a:b/C/d", "a b": "'a b'", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "#slot": "'#slot'", "a\nb": "'a\nb'", "ä": "'ä'",
	} {
		if got := ShellWord(s); got != want {
			t.Errorf("%q is written %s, want %s", s, got, want)
		}
	}
}

// TestWordsOfALine holds that a line is split as a shell splits it, and that what ShellWord
// writes is read as it was.
func TestWordsOfALine(t *testing.T) {
	for line, want := range map[string][]string{
		"web ./chart":                       {"web", "./chart"},
		"  web   ./chart  ":                 {"web", "./chart"},
		`web "./my chart" --set 'a=b c'`:    {"web", "./my chart", "--set", "a=b c"},
		`web ./my\ chart --set-string a=""`: {"web", "./my chart", "--set-string", "a="},
		`web ''`:                            {"web", ""},
		"":                                  nil,
		`a "b\c" "\"d\\" 'e\f'`:             {"a", `b\c`, `"d\`, `e\f`},
		"$HOME `x` ; a":                     {"$HOME", "`x`", ";", "a"},
	} {
		if got, err := ShellWords(line); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v; want %q", line, got, err, want)
		}
	}
	for _, line := range []string{`web "./chart`, `web './chart`, `web ./chart\`} {
		if got, err := ShellWords(line); err == nil {
			t.Errorf("%q: %q", line, got)
		}
	}
	for _, s := range []string{"", "a b", "it's", `"`, `\`, "a\tb", "#x", "ä"} {
		if got, err := ShellWords("x " + ShellWord(s)); err != nil || !slices.Equal(got, []string{"x", s}) {
			t.Errorf("%q comes back as %q, %v", s, got, err)
		}
	}
}
