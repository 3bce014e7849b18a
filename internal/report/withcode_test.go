package report

import "testing"

// TestCodeStandsApartFromWords is that what stands between two commands keeps the blanks around it.
func TestCodeStandsApartFromWords(t *testing.T) {
	for in, want := range map[string]string{
		"see `a` and `b`, then `c`.": "see `a` and `b`, then `c`.",
		"`a` `b`":                    "`a` `b`",
		"words":                      "words",
	} {
		if got := withCode(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
