package mcp

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/report"
)

func TestWordsAreQuotedForAShell(t *testing.T) {
	for word, want := range map[string]string{
		"release-stuck:review/Release/web": "release-stuck:review/Release/web", "a#b": "'a#b'", "": "''", "it's": `'it'\''s'`, "$(x)": "'$(x)'", "*": "'*'",
	} {
		if got := quoted(word); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

func TestAnAnswerPastItsBoundIsRefused(t *testing.T) {
	if err := tooLarge(&FindingsOut{}); err != nil {
		t.Error(err)
	}
	out := &GraphOut{Head: Head{Unread: []string{strings.Repeat("x", maxAnswer)}}}
	if err := tooLarge(out); err == nil || !strings.Contains(err.Error(), "ask for less") {
		t.Errorf("%v", err)
	}
}

func TestTextsAreHarmlessAndBounded(t *testing.T) {
	f := brief(report.Finding{
		Summary: "a\x1b[31mb\u202e", Evidence: make([]report.Evidence, 500), Causes: append(bounded(nil), "x"),
		Fixes: []report.Fix{{Steps: make([]report.Step, 500), Note: strings.Repeat("y", 10*maxText)}},
	})
	if f.Summary != "ab" || len(f.Evidence) != maxEvidence || len(f.Fixes[0].Steps) != maxSteps || len(f.Fixes[0].Note) > maxText || len(f.Causes) != 1 {
		t.Errorf("%q, %d facts, %d steps", f.Summary, len(f.Evidence), len(f.Fixes[0].Steps))
	}
}

func TestLimits(t *testing.T) {
	for asked, want := range map[int]int{0: 50, 1: 1, 99: 99, 1000: 100} {
		if got, err := atMost(asked, 50, 100, "limit"); err != nil || got != want {
			t.Errorf("%d: %d, %v", asked, got, err)
		}
	}
	if _, err := atMost(-1, 50, 100, "limit"); err == nil {
		t.Error("a negative limit")
	}
}
