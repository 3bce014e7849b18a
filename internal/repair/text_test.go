package repair

import (
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

// Text is lines of a diff as text.
func Text(list []styled.Line) string { return styled.Plain(styled.Lines(0, list)) }

// TestAWriteSaysInWordsWhatItDoes: what the journal calls a disown is read by operators.
func TestAWriteSaysInWordsWhatItDoes(t *testing.T) {
	w := &Write{Verb: Disown, Ref: model.Ref{Kind: model.KindConfigMap, Namespace: "shop", Name: "web"}}
	got := styled.Plain(w.text(2))
	if !strings.Contains(got, "2 restore field owners of ConfigMap shop/web") || strings.Contains(got, "disown") {
		t.Error(got)
	}
	if string(Disown) != "disown" {
		t.Error("journal entries hold the word")
	}
}

// TestAnOutcomeSaysFirstWhatWasAchieved: the word, then the proof.
func TestAnOutcomeSaysFirstWhatWasAchieved(t *testing.T) {
	fix := &Plan{Proof: Proof{Text: "the failure is gone", Findings: []finding.ID{"x"}}}
	undo := &Plan{UndoOf: "e", Proof: Proof{Findings: []finding.ID{"x"}}}
	task := &Plan{Proof: Proof{Text: "3 of 3 pods are ready"}}
	for want, o := range map[string]Outcome{
		"FIXED           proved after 1.2s: the failure is gone\n":       {Confirmed: true, After: 1234 * time.Millisecond, Word: fix.achieves(), What: fix.proves()},
		"UNDONE          proved at once: the objects are as they were\n": {Confirmed: true, After: time.Millisecond, Word: undo.achieves(), What: undo.proves()},
		"DONE            proved after 2s: 3 of 3 pods are ready\n":       {Confirmed: true, After: 2 * time.Second, Word: task.achieves(), What: task.proves()},
	} {
		if got := styled.Plain(o.Text()); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
