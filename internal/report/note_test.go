package report

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/timeline"
)

// applications are what a journal may tell: a fix that was proved, its undo by somebody
// else, and one that stopped in the middle.
func applications() []Applied {
	at := time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC)
	return []Applied{
		{
			Entry: "c3", Title: "Mark revision 1 deployed", At: at.Add(2 * time.Hour), By: "ana@corp", Host: "laptop", Own: true, Risk: finding.Safe, State: "confirmed",
			Proof: "the record and its label read deployed", Proved: true, Undo: "careen undo c3",
			Steps: []string{"update Secret review/x: status pending-install -> deployed, done 17:00:01Z"},
		},
		{
			Entry: "b2", Title: "Mark revision 1 failed <b>", At: at.Add(time.Hour), By: "@everyone", Risk: finding.Disruptive, State: "interrupted",
			Detail: "1 of 2 steps were done", Proof: "it reads failed", Undo: "careen undo b2", Steps: []string{"update a", "patch b, not done"},
		},
		{Entry: "a1", Title: "Take back: x", At: at, By: "ana@corp", Own: true, Risk: finding.Safe, State: "undone", UndoOf: "00"},
	}
}

func TestNotes(t *testing.T) {
	chain := sample()
	chain.At = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	chain.Symptoms = map[finding.ID][]finding.ID{chain.Findings[1].ID(): {chain.Findings[0].ID()}}
	around := drawn()
	f := around.Findings[0]
	around.Symptoms = map[finding.ID][]finding.ID{f.ID(): {around.Findings[1].ID()}}
	line := timeline.Make(timeline.Input{
		Snapshot: around.Snapshot, Graph: around.Graph, About: f.Subject, Finding: f,
		Events: []inspect.Event{{About: f.Subject, Warning: true, Reason: "FailedCreate", Message: hostile, Count: 12, First: around.At.Add(-time.Hour), Last: around.At}},
	})
	for name, in := range map[string]Incident{
		"fixed":   {ID: chain.Findings[0].ID(), Look: chain, Applied: applications(), Version: "v0.0.0", Unread: []string{"the journal: shop: <b> may not list secrets"}},
		"cause":   {ID: chain.Findings[1].ID(), Look: chain, Taken: "SNAPSHOT  2026-01-02 15:04:05Z  3h old"},
		"hostile": {ID: f.ID(), Look: around, Lately: line},
		"gone":    {ID: "release-stuck:review/Release/other", Look: chain, Applied: applications()[:1]},
	} {
		golden.Equal(t, filepath.Join("testdata", name+".note.md"), Note(in))
	}
}

func TestANoteCannotBeBrokenOutOf(t *testing.T) {
	r := drawn()
	for _, f := range r.Findings {
		text := Note(Incident{ID: f.ID(), Look: r, Lately: timeLine(r, f), Applied: []Applied{{
			Title: hostile, By: hostile, Host: hostile, State: "applied", Detail: hostile, Proof: hostile, Steps: []string{hostile}, Undo: "careen undo " + hostile, Entry: hostile,
		}}, Unread: []string{hostile + "\n# more"}, Taken: hostile})
		outside := codeSpan.ReplaceAllString(text, "")
		for _, bad := range []string{"<script", "<img", "</title", "\n# more", "=//evil", "(//evil"} {
			if strings.Contains(outside, bad) {
				t.Errorf("the note of %s holds %q:\n%s", f.Probe, bad, outside)
			}
		}
	}
}

func TestANoteIsBounded(t *testing.T) {
	r := drawn()
	f := *r.Findings[0]
	r.Findings[0] = &f
	r.Symptoms = map[finding.ID][]finding.ID{}
	for i := range 2000 {
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "p", Value: strings.Repeat("long ", 2000)})
		s := *r.Findings[1]
		s.Subject.Name = fmt.Sprint(i)
		r.Findings = append(r.Findings, &s)
		r.Symptoms[f.ID()] = append(r.Symptoms[f.ID()], s.ID())
	}
	in := Incident{ID: f.ID(), Look: r}
	for range 500 {
		a := applications()[0]
		a.Steps = make([]string, 500)
		in.Applied = append(in.Applied, a)
	}
	text := Note(in)
	if len(text) > 100_000 || strings.Count(text, "Left out here: ") < 3 || !strings.Contains(text, "- and 1980 more\n") {
		t.Errorf("%d bytes", len(text))
	}
}
