package repair

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Applied lists, as a note tells them, the entries that fixed one of the findings or
// wrote to one of the objects, and what took those back. They stand in the journal's
// order. Entries that cannot be used tell nothing.
func (j Journal) Applied(findings []finding.ID, objects []model.Ref) (out []report.Applied) {
	about := func(e *Entry) bool {
		return slices.ContainsFunc(e.Findings, func(id finding.ID) bool { return slices.Contains(findings, id) }) ||
			slices.ContainsFunc(e.Writes, func(w *Write) bool { return slices.Contains(objects, w.Ref) })
	}
	chosen := map[string]bool{}
	for _, e := range j.Entries {
		if e.Problem == "" && about(e) {
			chosen[e.ID] = true
		}
	}
	for _, e := range j.Entries {
		if e.Problem == "" && (chosen[e.ID] || e.UndoOf != "" && chosen[e.UndoOf]) {
			out = append(out, j.noted(e))
		}
	}
	return out
}

func (j Journal) noted(e *Entry) report.Applied {
	s := e.Standing(j.Now)
	out := report.Applied{
		Entry: e.ID, Title: e.Title, At: e.At, By: e.By, Host: e.Host, Own: e.Own, Risk: e.Risk, State: s.State, Detail: s.Detail,
		Proof: safe(e.Proof.Text), Proved: e.State == Confirmed, UndoOf: e.UndoOf,
	}
	if s.Usable {
		out.Undo = "careen undo " + e.ID
	}
	for i, w := range e.Writes {
		step := fmt.Sprintf("%s %s: %s", w.Verb, w.Ref, w.Summary)
		if did, ok := e.Progress[i+1]; ok && !did.At.IsZero() {
			step += ", done " + did.At.UTC().Format("15:04:05Z")
		} else if e.State == Open {
			step += ", not done"
		}
		out.Steps = append(out.Steps, safe(step))
	}
	return out
}

// safe is a text of an entry, which may be a stranger's, without what looks like a
// credential.
func safe(s string) string { return mask.Text(sanitize.Line(s, maxMessage)) }
