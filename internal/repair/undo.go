package repair

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// UndoPlan plans to take back what was done of an entry; the empty id is the newest
// that can be. The error is ErrUnknownEntry or a *Refusal.
func (m *Mender) UndoPlan(ctx context.Context, id string) (*Plan, error) {
	entry, err := m.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := m.usable(entry, id != ""); err != nil {
		return nil, err
	}
	done, err := m.doneWrites(ctx, entry)
	if err != nil {
		return nil, asRefusal(err)
	}
	if err := m.halfway(ctx, entry, done); err != nil {
		return nil, asRefusal(err)
	}
	if !slices.Contains(done, true) {
		return nil, refuse("Nothing of entry %s was written, so there is nothing to take back.", entry.ID)
	}
	v := newView(m)
	u := &undoing{
		expander: &expander{view: v, report: &engine.Report{Snapshot: &model.Snapshot{}}, stamp: m.options.Now()},
		entry:    entry,
	}
	for _, i := range undoOrder(entry.Writes, done) {
		u.step++
		if err := u.takeBack(ctx, i+1, entry.Writes[i]); err != nil {
			return nil, asRefusal(err)
		}
	}
	if len(u.writes) == 0 {
		return nil, refuse("There is nothing to take back: the cluster is as it was before entry %s. %s", entry.ID, strings.Join(u.notes, " "))
	}
	p := &Plan{
		Title: "Undo: " + entry.Title, Risk: undoRisk(u.writes), Writes: u.writes, Notes: u.notes,
		Undo: []string{"the objects as they are now"}, UndoOf: entry.ID,
		Proof:    Proof{Within: proofWithin},
		Journal:  JournalPlan{Namespace: entry.Namespace},
		Identity: m.identity(ctx), readOnly: m.readOnly, scrub: v.scrub, undone: entry,
	}
	p.Notes = append(p.Notes, "What controllers made meanwhile, pods and claims for example, stays theirs.")
	if !m.log.knows(entry.ID) {
		p.Notes = append(p.Notes, fmt.Sprintf("Entry %s was not applied from this host; it names %s.", entry.ID, entry.By))
	}
	p.entry = m.newEntry(p)
	return p, m.preview(ctx, v, p)
}

// usable refuses an entry that cannot be trusted, or not without having been named:
// whoever may write Secrets in one namespace could have left it there for others to
// apply elsewhere.
func (m *Mender) usable(e *Entry, named bool) error {
	switch {
	case e.Problem != "":
		return refuse("Journal entry %s in namespace %s cannot be used: %s.", e.ID, e.Namespace, e.Problem)
	case e.State == Undone:
		return refuse("Entry %s was taken back already.", e.ID)
	}
	if named || m.log.knows(e.ID) {
		return nil
	}
	for _, w := range e.Writes {
		if w.Ref.Namespace != e.Namespace && w.Ref.Kind != model.KindVolume {
			return refuse("The newest entry, %s in namespace %s, was not applied from this host and reaches beyond its namespace (%s): name it to take it back.", e.ID, e.Namespace, w.Ref)
		}
	}
	return nil
}

// undoOrder lists the done writes in the order in which they are taken back: the
// last first, but restarts after everything else, so that they start on what was
// restored.
func undoOrder(writes []*Write, done []bool) []int {
	var first, restarts []int
	for i := len(writes) - 1; i >= 0; i-- {
		switch w := writes[i]; {
		case !done[i]:
		case w.restarts():
			restarts = append(restarts, i)
		default:
			first = append(first, i)
		}
	}
	return append(first, restarts...)
}

func undoRisk(writes []*Write) finding.Risk {
	risk := finding.Safe
	for _, w := range writes {
		if w.Verb == Delete || w.Verb == Rollback || w.Wait.For != "" && w.Wait.For != Bound {
			risk = finding.Disruptive
		}
	}
	return risk
}
