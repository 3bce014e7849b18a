package repair

import (
	"context"
	"errors"
)

// close ends the work on the journal entry: applied where all was done, refused where
// nothing was, and else open, with the reason, for whoever finishes it or takes it back.
func (a *applying) close(ctx context.Context, err error) error {
	lease := a.beating.end()
	if a.killed {
		return err
	}
	e := a.plan.entry
	switch {
	case lease == "": // another careen took it over: what becomes of it is theirs to say
		return err
	case err == nil:
		return a.settle(ctx, lease)
	}
	n := noting{was: Open, lease: lease, drop: applyingNote, set: map[string]string{reasonNote: a.plan.scrub.said(err)}}
	if len(a.result.Done) == 0 && len(e.Progress) == 0 && a.result.Unsure == 0 {
		n.state = Closed
	}
	switch noteErr := a.note(ctx, e, n); {
	case noteErr != nil:
		a.result.Notes = append(a.result.Notes, "journal entry "+e.ID+" could not be closed: "+a.plan.scrub.said(noteErr))
	case n.state == Closed:
		a.result.Notes = append(a.result.Notes, "nothing was done, and journal entry "+e.ID+" is closed")
	}
	return err
}

// settle notes that every write is done, and for an undo that the entry is undone.
func (a *applying) settle(ctx context.Context, lease string) error {
	if err := a.note(ctx, a.plan.entry, noting{was: Open, lease: lease, state: Applied, drop: applyingNote}); err != nil {
		return &Refusal{Reason: "Every write was done, but " + a.plan.scrub.said(err) + ".", Err: err}
	}
	undone := a.plan.undone
	if undone == nil {
		return nil
	}
	err := a.note(ctx, undone, noting{state: Undone})
	if err == nil || errors.Is(err, errMoved) {
		err = a.logged(ctx, Operation{Verb: verbUndone, Object: "Secret " + undone.Namespace + "/" + secretName(undone.ID, 1), Entry: undone.ID, Result: "done"})
	}
	if err != nil {
		a.result.Notes = append(a.result.Notes, "entry "+undone.ID+" is undone, but could not be marked so: "+a.plan.scrub.said(err))
	}
	return nil
}
