package repair

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// number is the write's number in the journal entry.
func (a *applying) number(n int, w *Write) int {
	for i, other := range a.plan.entry.Writes {
		if other == w {
			return i + 1
		}
	}
	return n
}

// write does one write, notes it in the journal, and waits.
func (a *applying) write(ctx context.Context, n int, w *Write) error {
	of := len(a.plan.Writes)
	a.tell(Progress{Write: n, Of: of, Text: fmt.Sprintf("%s %s", w.Verb, w.Ref)})
	whole := context.WithoutCancel(ctx) // a request is not torn; it has its own deadline
	got, err := a.insist(ctx, whole, w)
	if err != nil {
		return err
	}
	a.result.Done = append(a.result.Done, n)
	did := progress{At: a.options.Now().UTC().Truncate(time.Second), UID: w.uid()}
	if got != nil {
		did.UID, did.ResourceVersion = string(got.GetUID()), got.GetResourceVersion()
		a.uids[w.key()], a.versions[w.key()] = did.UID, did.ResourceVersion
	}
	if err := a.at(fmt.Sprintf("after write %d", n)); err != nil {
		return err
	}
	if a.kept {
		if err := a.mark(whole, a.plan.entry, "", a.number(n, w), did); err != nil {
			return &Refusal{Reason: "The write was done, but not noted: " + a.plan.scrub.said(err) + ".", Err: err}
		}
	}
	if err := a.at(fmt.Sprintf("before waiting %d", n)); err != nil {
		return err
	}
	return a.wait(ctx, n, w, did.UID)
}

// conflicts is how often a write is tried that only the status of its object kept
// from being made: a controller may write that several times a second.
const conflicts = 8

// insist reads the object again and makes the write, until the server accepts the
// version that was read, or someone did change the object.
func (a *applying) insist(ctx, whole context.Context, w *Write) (*unstructured.Unstructured, error) {
	for try := 1; ; try++ {
		live, err := a.current(ctx, w)
		if errors.Is(err, errDone) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		got, err := a.do(whole, w, live)
		if err == nil || !apierrors.IsConflict(err) || try == conflicts || ctx.Err() != nil {
			return got, err
		}
	}
}

// do makes the request, between two lines of the operator's log.
func (a *applying) do(ctx context.Context, w *Write, live *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	op := Operation{Verb: string(w.Verb), Object: w.Ref.String(), Entry: a.result.Entry, UID: w.uid(), Result: "begun"}
	if live != nil {
		op.UID, op.Before = string(live.GetUID()), live.GetResourceVersion()
	}
	if err := a.logged(ctx, op); err != nil {
		return nil, &Refusal{Reason: err.Error() + "; nothing is written without it.", Err: err}
	}
	var got *unstructured.Unstructured
	var err error
	switch w.Verb {
	case Rollback:
		err = a.rollBack(ctx, w)
	case Uninstall:
		err = a.runUninstall(w, false)
	default:
		got, err = a.send(ctx, w, live, nil)
	}
	op.Result = resultOf(err)
	if got != nil {
		op.UID, op.After = string(got.GetUID()), got.GetResourceVersion()
	}
	logErr := a.logged(ctx, op)
	if err != nil {
		return nil, a.explain(ctx, w, err)
	}
	if logErr != nil {
		a.result.Done = append(a.result.Done, a.position(w))
		return nil, &Refusal{Reason: "The write was done, but " + logErr.Error() + ".", Err: logErr}
	}
	return got, nil
}

func (a *applying) position(w *Write) int {
	for i, other := range a.plan.Writes {
		if other == w {
			return i + 1
		}
	}
	return 0
}

// settle notes that every write is done, and for an undo that the entry is undone.
func (a *applying) settle(ctx context.Context) error {
	if err := a.at("before settling"); err != nil {
		return err
	}
	if err := a.mark(ctx, a.plan.entry, Applied, 0, progress{}); err != nil {
		return &Refusal{Reason: "Every write was done, but " + a.plan.scrub.said(err) + ".", Err: err}
	}
	undone := a.plan.undone
	if undone == nil {
		return nil
	}
	if err := a.mark(ctx, undone, Undone, 0, progress{}); err != nil {
		a.result.Notes = append(a.result.Notes, "entry "+undone.ID+" is undone, but could not be marked so: "+a.plan.scrub.said(err))
	}
	return nil
}
