package text

import (
	"slices"
	"testing"
)

func TestSimilarWords(t *testing.T) {
	commands := []string{"audit", "fix", "forecast", "graph", "journal", "preflight", "probes", "undo"}
	for word, want := range map[string][]string{
		"adit":      {"audit"},
		"auidt":     {"audit"},
		"Audit":     {"audit"},
		"preflite":  nil,
		"prefligth": {"preflight"},
		"fxi":       nil,
		"fx":        {"fix"},
		"fore":      {"forecast"},
		"probe":     {"probes"},
		"audit":     nil,
		"x":         nil,
		"":          nil,
	} {
		if got := Similar(word, commands, 3); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	if got := Similar("web", []string{"wed", "wet", "wee", "we"}, 2); !slices.Equal(got, []string{"we", "wed"}) {
		t.Errorf("the nearest are %q", got)
	}
	if got := Similar("key", []string{"keys", "keys"}, 2); !slices.Equal(got, []string{"keys"}) {
		t.Errorf("a word stands twice: %q", got)
	}
}

func TestDidYouMean(t *testing.T) {
	for word, want := range map[string]string{"sarfi": `; did you mean "sarif"?`, "nothing": "", "jsno": `; did you mean "json" or "jsonl"?`} {
		if got := DidYouMean(word, []string{"json", "jsonl", "sarif"}); got != want {
			t.Errorf("%q: %q", word, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"kitten", "sitting", 3}, {"node", "ndoe", 2}} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d", c.a, c.b, got)
		}
	}
}

func TestNearestToAPattern(t *testing.T) {
	list := []string{"prod-eu", "prod-us", "stage", "arn:aws:eks:eu-1:1:cluster/prod"}
	for pattern, want := range map[string][]string{
		"prd-*":   {"prod-eu", "prod-us"},
		"*/prd":   {"arn:aws:eks:eu-1:1:cluster/prod", "prod-eu"},
		"STAGE-?": {"stage", "prod-eu"},
		"":        {"stage", "prod-eu"},
	} {
		if got := Nearest(pattern, list, 2); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", pattern, got, want)
		}
	}
	if got := Nearest("*", nil, 3); len(got) != 0 {
		t.Errorf("of an empty list: %q", got)
	}
	for pattern, want := range map[string]int{"*": 0, "a*": 0, "b*": 1, "?bc": 0, "a?c*": 0, "*x*": 1, "abcd": 1} {
		if got := patternDistance(pattern, "abc"); got != want {
			t.Errorf("%q: %d away from abc, want %d", pattern, got, want)
		}
	}
}
