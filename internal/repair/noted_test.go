package repair

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

func TestANoteTellsOfTheEntriesThatAreAboutIt(t *testing.T) {
	const id finding.ID = "a:shop/C/d"
	ref := model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "made"}
	entry := func(name string, change func(*Entry)) *Entry {
		e := entryOfTwo("x")
		e.ID, e.Own, e.State, e.Writes = name, true, Confirmed, e.Writes[1:] // of namespace depot
		change(e)
		return e
	}
	j := Journal{Now: moment, Entries: []*Entry{
		entry("undo", func(e *Entry) { e.UndoOf, e.State = "by-finding", Applied }),
		entry("by-object", func(e *Entry) {
			e.Writes = entryOfTwo("x").Writes[:1]
			e.Writes[0].Summary, e.State, e.Own = "password=hunter2hunter2\x1b[31m", Open, false
		}),
		entry("by-finding", func(e *Entry) {
			e.Findings, e.State, e.Proof.Text = []finding.ID{id}, Undone, "it is gone"
			e.Progress = map[int]Did{1: {At: moment}}
		}),
		entry("elsewhere", func(*Entry) {}),
		entry("unusable", func(e *Entry) { e.Findings, e.Problem = []finding.ID{id}, "its parts are missing" }),
	}}
	var got []string
	list := j.Applied([]finding.ID{id}, []model.Ref{ref})
	for _, a := range list {
		got = append(got, a.Entry)
	}
	if strings.Join(got, " ") != "undo by-object by-finding" {
		t.Fatalf("told are %q", got)
	}
	if a := list[0]; a.UndoOf != "by-finding" || a.Undo != "careen undo undo" || a.Proved {
		t.Errorf("the undo: %+v", a)
	}
	if a := list[1]; a.Own || strings.Contains(a.Steps[0], "hunter2") || strings.Contains(a.Steps[0], "\x1b") || !strings.HasSuffix(a.Steps[0], "not done") {
		t.Errorf("a stranger's: %+v", a)
	}
	if a := list[2]; a.Undo != "" || a.Proof != "it is gone" || !strings.Contains(a.Steps[0], "done "+moment.UTC().Format("15:04:05Z")) {
		t.Errorf("the fix: %+v", a)
	}
	if len(j.Applied(nil, nil)) > 0 {
		t.Error("a note of nothing tells of something")
	}
}
