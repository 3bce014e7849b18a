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

// effective reports whether the cluster shows a write's effect.
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
	case Disown:
		if live == nil {
			return false, nil
		}
		_, changed, err := givenBack(w.After.GetManagedFields(), live, w.Fields)
		return !changed, err
	case Update, Patch, Rollback, Uninstall:
	}
	return live != nil && holds(live, w.changes(), sideAfter), nil
}

// resume takes over from an entry that is being finished: what its writes left, and
// the wait that was cut short.
func (a *applying) resume(ctx context.Context) error {
	if a.plan.Finishes == "" {
		return nil
	}
	e := a.plan.entry
	for n, did := range e.Progress {
		a.uids[e.Writes[n-1].key()] = did.UID
	}
	w := a.plan.resumed
	if w == nil {
		return nil
	}
	uid := w.uid()
	for n, did := range e.Progress {
		if e.Writes[n-1] == w && did.UID != "" {
			uid = did.UID
		}
	}
	if err := a.wait(ctx, 0, w, uid); err != nil {
		return fmt.Errorf("what was done before: %w", err)
	}
	return nil
}
