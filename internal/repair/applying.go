package repair

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// number is the number in the journal entry of the plan's write n.
func (p *Plan) number(n int) int {
	if p.numbers != nil {
		return p.numbers[n-1]
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
	did := Did{At: a.now().UTC().Truncate(time.Second), UID: w.uid()}
	if got != nil {
		did.UID, did.ResourceVersion = string(got.GetUID()), got.GetResourceVersion()
		a.uids[w.key()], a.versions[w.key()] = did.UID, did.ResourceVersion
	}
	if err := a.at(fmt.Sprintf("after write %d", n)); err != nil {
		return err
	}
	if a.kept {
		number := a.plan.number(n)
		if err := a.note(whole, a.plan.entry, stepped(number, did)); err != nil {
			return &Refusal{Reason: "The write was done, but not noted: " + a.plan.scrub.said(err) + ".", Err: err}
		}
		a.plan.entry.Progress[number] = did
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
		if w.Verb.byHelm() || unreachable(err) {
			a.result.Unsure = a.position(w)
		}
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
