package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
)

// plannedOf keeps what a step is, to be compared with what its fix is later.
func plannedOf(choice int, s finding.Step) plannedStep {
	b, _ := json.Marshal(struct { //nolint:errchkjson // a step is data
		Ref    any
		Change finding.Change
	}{s.Ref, s.Change})
	return plannedStep{choice, finding.NameOf(s.Change), digest(b)}
}

// FinishPlan plans what an interrupted entry left undone, against the present: nothing
// is repeated from the entry unless it is still what its fix would do. It is applied
// into the same entry.
func (m *Mender) FinishPlan(ctx context.Context, report *engine.Report, id string) (*Plan, error) {
	e, err := m.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := m.usable(ctx, e); err != nil {
		return nil, err
	}
	switch {
	case e.State != Open:
		return nil, refuse("Every write of entry %s was done; there is nothing to finish.", e.ID)
	case !e.Own:
		return nil, refuse("Entry %s was not applied from here: only whoever applied it finishes it. Take it back with careen undo %s, or plan the fix again with careen fix.", e.ID, e.ID)
	}
	done, err := m.doneWrites(ctx, e)
	if err != nil {
		return nil, asRefusal(err)
	}
	if !slices.Contains(done, true) {
		return nil, refuse("Nothing of entry %s was done, so there is nothing to finish: careen fix plans it again.", e.ID)
	}
	if slices.Contains(done, false) {
		if err := m.stillMeant(ctx, report, e, done); err != nil {
			return nil, err
		}
	}
	v := newView(m)
	p := m.newPlan(ctx, v)
	p.Title, p.Risk, p.Finishes, p.UndoOf, p.Proof, p.entry = "Finish: "+e.Title, e.Risk, e.ID, e.UndoOf, e.Proof, e
	p.Undo, p.Journal = []string{"the objects as they were before the first write"}, JournalPlan{Namespace: e.Namespace}
	if err := m.rest(ctx, v, p, done); err != nil {
		return nil, asRefusal(err)
	}
	if e.UndoOf != "" {
		if undone, err := m.Entry(ctx, e.UndoOf); err == nil {
			p.undone = undone
		}
	}
	return p, m.preview(ctx, v, p)
}

// stillMeant refuses to finish an entry whose fix is no longer called for. A finding must
// still be there, with a fix of the same steps, or be gone because of what was done, which
// then must still stand.
func (m *Mender) stillMeant(ctx context.Context, report *engine.Report, e *Entry, done []bool) error {
	for i, w := range e.Writes {
		if !done[i] || w.Passing || e.overwritten(i, done) {
			continue
		}
		ok, err := m.effective(ctx, e, i+1, w)
		if err != nil {
			return refuse("%s cannot be read: %s.", w.Ref, (*scrubber)(nil).said(err))
		}
		if !ok {
			return &Refusal{Reason: fmt.Sprintf("What write %d of entry %s did to %s does not stand any more, so the rest is not done: careen undo %s takes back what does.", i+1, e.ID, w.Ref, e.ID), Conflict: true}
		}
	}
	for n, id := range e.Findings {
		if report == nil || n >= len(e.Fixes) {
			return refuse("It is not known whether %s is still found, so entry %s is not finished.", id, e.ID)
		}
		f := report.Find(id)
		if f == nil {
			if left := findingsLeft(report, []finding.ID{id}); len(left) > 0 {
				return refuse("It is not known whether %s is still found, so entry %s is not finished: %s.", id, e.ID, left[0])
			}
			if !begun(e, n, done) {
				return refuse("%s is gone, and not by entry %s, so the rest is not done: careen undo %s takes back what was.", id, e.ID, e.ID)
			}
			continue
		}
		if fix, err := fixOf(f, e.Fixes[n]); err != nil || !e.plannedAll(n, fix) {
			return refuse("%s has another fix by now than the one that entry %s began: careen undo %s takes back what was done, careen fix plans it again.", id, e.ID, e.ID)
		}
	}
	return nil
}

// overwritten reports whether a later write of the entry, done as well, is on the same
// object.
func (e *Entry) overwritten(i int, done []bool) bool {
	for later := i + 1; later < len(e.Writes); later++ {
		if done[later] && e.Writes[later].key() == e.Writes[i].key() {
			return true
		}
	}
	return false
}

// begun reports whether a write of a choice was done.
func begun(e *Entry, choice int, done []bool) bool {
	for i, w := range e.Writes {
		if w.Choice == choice && done[i] {
			return true
		}
	}
	return false
}

// plannedAll reports whether every step of a fix is one that the entry planned.
func (e *Entry) plannedAll(choice int, fix *finding.Fix) bool {
	for _, s := range fix.Steps {
		if !slices.Contains(e.Steps, plannedOf(choice, s)) {
			return false
		}
	}
	return true
}

// rest adds to the plan what was not done, on the objects as they are now.
func (m *Mender) rest(ctx context.Context, v *view, p *Plan, done []bool) error {
	numbers := map[int]int{} // of the entry to the plan's, from 1
	for i, w := range p.entry.Writes {
		v.scrub.learn(w.Before)
		v.scrub.learn(w.After)
		if done[i] {
			p.resumed = w
			p.Notes = append(p.Notes, fmt.Sprintf("Done before: %s %s.", w.Verb, w.Ref))
			continue
		}
		now := *w
		now.DependsOn = numbers[w.DependsOn]
		if w.DependsOn == 0 || done[w.DependsOn-1] {
			if err := v.onto(ctx, p.entry, &now); err != nil {
				return err
			}
		}
		p.Writes = append(p.Writes, &now)
		p.numbers = append(p.numbers, i+1)
		numbers[i+1] = len(p.Writes)
	}
	return nil
}

// onto makes a write that of the object as it is now.
func (v *view) onto(ctx context.Context, e *Entry, w *Write) error {
	if w.Verb.byHelm() || w.Verb == Create {
		return nil // compared when it is applied
	}
	live, err := v.get(ctx, w.Resource, w.Ref.Namespace, w.Ref.Name)
	if err != nil {
		return refuse("%s cannot be read: %s.", w.Ref, v.scrub.said(err))
	}
	if w.Verb == Delete && w.Passing && (live == nil || live.GetUID() != w.Before.GetUID()) {
		return nil // its controller made another
	}
	made := ""
	for n, did := range e.Progress {
		if e.Writes[n-1].Verb == Create && e.Writes[n-1].key() == w.key() {
			made = did.UID
		}
	}
	switch {
	case live == nil:
		return &Refusal{Reason: fmt.Sprintf("%s was deleted since entry %s was begun.", w.Ref, e.ID), Conflict: true}
	case made != "" && made != string(live.GetUID()), made == "" && w.uid() != "" && w.uid() != string(live.GetUID()):
		return &Refusal{Reason: fmt.Sprintf("%s is not the object that entry %s was begun on: it was deleted and created again.", w.Ref, e.ID), Conflict: true}
	case w.Verb == Delete && !sameContent(w.Before, live), !holds(live, w.changes(), sideBefore):
		return &Refusal{
			Reason:   fmt.Sprintf("%s was changed by %s since entry %s was begun.", w.Ref, changedBy(w.Before, live), e.ID),
			Conflict: true, Difference: v.scrub.diff(w.Before, live, w.shown),
		}
	}
	switch after := live.DeepCopy(); w.Verb {
	case Update, Patch:
		applyChanges(after.Object, deepCopied(w.changes()))
		w.After = after
	case Disown:
		after.SetManagedFields(w.After.GetManagedFields())
		w.After = after
	case Create, Delete, Rollback, Uninstall: // change no field of what is there
	}
	w.Before = live
	return nil
}
