package repair

import (
	"context"
	"fmt"
)

// doneWrites tells of each write of an entry whether it was done. What is noted in
// the entry counts; a kill may have come between a write and its note, so the first
// write that is not noted is looked for in the cluster.
func (m *Mender) doneWrites(ctx context.Context, e *Entry) ([]bool, error) {
	done := make([]bool, len(e.Writes))
	for i, w := range e.Writes {
		_, noted := e.Progress[i+1]
		done[i] = noted || e.State != Open
		if done[i] {
			continue
		}
		effective, err := m.effective(ctx, e, i+1, w)
		if err != nil {
			return nil, refuse("%s cannot be read to see how far entry %s came: %s.", w.Ref, e.ID, (*scrubber)(nil).said(err))
		}
		done[i] = effective
		break
	}
	return done, nil
}

// effective tells whether the cluster shows a write's effect.
func (m *Mender) effective(ctx context.Context, e *Entry, number int, w *Write) (bool, error) {
	if w.Verb == Rollback {
		list, err := m.revisions(ctx, driverOf(w), w.Ref)
		return err == nil && len(list) > 0 && list[0].number > w.Newest, err
	}
	if w.Verb == Uninstall {
		status, err := m.statusOf(ctx, w)
		return err == nil && (status == uninstalled || status == ""), err
	}
	live, err := m.get(ctx, w.Resource, w.Ref.Namespace, w.Ref.Name)
	if err != nil {
		return false, err
	}
	switch w.Verb {
	case Create:
		made := e.Progress[number].UID
		return live != nil && (made == "" || made == string(live.GetUID())) && w.ours(live), nil
	case Delete:
		return live == nil || live.GetUID() != w.Before.GetUID() || live.GetDeletionTimestamp() != nil, nil
	}
	return live != nil && holds(live, w.changes(), sideAfter), nil
}

// FinishPlan plans what an interrupted entry left undone. It is applied into the
// same entry.
func (m *Mender) FinishPlan(ctx context.Context, id string) (*Plan, error) {
	entry, err := m.Entry(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := m.usable(entry, id != ""); err != nil {
		return nil, err
	}
	if entry.State != Open {
		return nil, refuse("Every write of entry %s was done; there is nothing to finish.", entry.ID)
	}
	done, err := m.doneWrites(ctx, entry)
	if err != nil {
		return nil, asRefusal(err)
	}
	v := newView(m)
	p := &Plan{
		Title: "Finish: " + entry.Title, Risk: entry.Risk, Finishes: entry.ID, UndoOf: entry.UndoOf, Proof: entry.Proof,
		Undo:     []string{"the objects as they were before the first write"},
		Journal:  JournalPlan{Namespace: entry.Namespace},
		Identity: m.identity(ctx), readOnly: m.readOnly, scrub: v.scrub, entry: entry,
		done: map[int]bool{},
	}
	for i, w := range entry.Writes {
		v.scrub.learn(w.Before)
		v.scrub.learn(w.After)
		w.scrub = v.scrub
		if done[i] {
			p.done[i+1], p.resumed = true, w
			p.Notes = append(p.Notes, fmt.Sprintf("Done before: %s %s.", w.Verb, w.Ref))
			continue
		}
		p.Writes = append(p.Writes, w)
	}
	if entry.UndoOf != "" {
		if undone, err := m.Entry(ctx, entry.UndoOf); err == nil {
			p.undone = undone
		}
	}
	return p, m.preview(ctx, v, p)
}
