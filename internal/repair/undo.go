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
// applied from here that can be. The error is ErrUnknownEntry or a *Refusal.
func (m *Mender) UndoPlan(ctx context.Context, id string) (*Plan, error) {
	entry, err := m.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := m.usable(ctx, entry); err != nil {
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
		expander: &expander{view: v, report: &engine.Report{Snapshot: &model.Snapshot{}}, stamp: m.now(), whole: !entry.Own},
		entry:    entry,
	}
	for _, i := range undoOrder(entry.Writes, done) {
		u.step++
		u.by = entry.Writes[i].By
		if err := u.takeBack(ctx, i+1, entry.Writes[i]); err != nil {
			return nil, asRefusal(err)
		}
	}
	if err := u.disown(done); err != nil {
		return nil, err
	}
	if len(u.writes) == 0 {
		return nil, refuse("There is nothing to take back: the cluster is as it was before entry %s. %s", entry.ID, strings.Join(u.notes, " "))
	}
	p := m.newPlan(ctx, v)
	p.Title, p.Risk, p.Writes, p.Notes = "Undo: "+entry.Title, undoRisk(u.writes), u.writes, u.notes
	p.Undo, p.UndoOf, p.undone = []string{"the objects as they are now"}, entry.ID, entry
	p.Proof, p.Journal = Proof{Within: proofWithin}, JournalPlan{Namespace: entry.Namespace}
	p.Notes = append(p.Notes, "What controllers made meanwhile, pods and PVCs for example, is left alone.")
	if err := p.complete(m); err != nil {
		return nil, err
	}
	if err := m.preview(ctx, v, p); err != nil || entry.Own {
		return p, err
	}
	return p, p.askConsent(entry)
}

// usable refuses an entry that is closed, that someone works on, or that cannot be
// trusted; and finds where its objects are served, whatever it says itself.
func (m *Mender) usable(ctx context.Context, e *Entry) error {
	switch {
	case e.Problem != "":
		return refuse("Journal entry %s in namespace %s cannot be used: %s.", e.ID, e.Namespace, e.Problem)
	case e.State == Undone:
		return refuse("Entry %s was taken back already.", e.ID)
	case e.State == Closed:
		return refuse("Entry %s was refused before its first step, so there is nothing of it: %s", e.ID, e.Reason)
	}
	if err := e.beingApplied(m.serverNow()); err != nil {
		return err
	}
	for i, w := range e.Writes {
		if err := m.locate(w); err != nil {
			return refuse("Journal entry %s in namespace %s cannot be used: its write %d is not one of careen's: %s.", e.ID, e.Namespace, i+1, err)
		}
	}
	if e.Own {
		return nil
	}
	return m.ofStranger(ctx, e)
}

// locate finds where a write's object is served, from its kind alone.
func (m *Mender) locate(w *Write) error {
	if w.Verb.byHelm() {
		return nil // always in the Secrets or ConfigMaps of its release
	}
	p, ref, err := m.placeOfObject(w.object())
	switch {
	case err != nil:
		return err
	case ref != w.Ref, p.GroupVersionResource != w.Resource, p.namespaced != (w.Ref.Namespace != ""):
		return fmt.Errorf("%w: the server serves a %s as %s", errDisagrees, w.Ref.Kind, p.GroupResource())
	}
	w.Resource = p.GroupVersionResource
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
