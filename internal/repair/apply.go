package repair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Progress is one step of Apply or Verify, for whoever waits.
type Progress struct {
	Write, Of int // the write it is about, from 1; 0 while proving
	Text      string
	Done      bool
}

// Result is what Apply did.
type Result struct {
	Entry   string // the journal entry; empty where none was written
	Done    []int  // the writes that were done, from 1
	NotDone []int
	Notes   []string
	Err     error // why it stopped; nil where every write is done
	At      time.Time

	plan *Plan
}

// Lines says what was done and what was not.
func (r *Result) Lines() []Line {
	var out []Line
	for _, n := range r.Done {
		w := r.plan.Writes[n-1]
		out = append(out, labelled(Good, "done", "%d %s %s", n, w.Verb, w.Ref))
	}
	for _, n := range r.NotDone {
		w := r.plan.Writes[n-1]
		out = append(out, labelled(Bad, "not done", "%d %s %s", n, w.Verb, w.Ref))
	}
	for _, n := range r.Notes {
		out = append(out, labelled(Note, "note", "%s", n))
	}
	if r.Err != nil {
		out = append(out, labelled(Bad, "stopped", "%s", r.Err))
		var refusal *Refusal
		if errors.As(r.Err, &refusal) {
			for _, l := range refusal.Difference {
				out = append(out, Line{l.Role, "    " + l.Text})
			}
		}
		if len(r.Done) > 0 && r.Entry != "" {
			out = append(out, labelled(Note, "next", "careen undo %s takes back what was done; careen undo %s --finish does the rest", r.Entry, r.Entry))
		}
	}
	return out
}

// Apply does what the plan says. It stops at the first conflict, refusal or
// cancellation; the error then is that of the result, which says what was done. A
// cancelled ctx stops it between two writes, never within one.
func (m *Mender) Apply(ctx context.Context, p *Plan, consent Consent, tell func(Progress)) (*Result, error) {
	m.applying.Lock()
	defer m.applying.Unlock()
	r := &Result{plan: p}
	if tell == nil {
		tell = func(Progress) {}
	}
	a := &applying{Mender: m, plan: p, result: r, tell: tell, uids: map[key]string{}, versions: map[key]string{}}
	r.Err = a.run(ctx, consent)
	r.At = m.options.Now()
	for i := range p.Writes {
		if !slices.Contains(r.Done, i+1) {
			r.NotDone = append(r.NotDone, i+1)
		}
	}
	return r, r.Err
}

type applying struct {
	*Mender
	plan     *Plan
	result   *Result
	tell     func(Progress)
	uids     map[key]string // of objects that this plan made
	versions map[key]string // that this plan's own writes left
	kept     bool           // the journal entry is in the cluster
}

func (a *applying) run(ctx context.Context, consent Consent) error {
	if err := a.admit(consent); err != nil {
		return err
	}
	a.plan.started = true
	if err := a.unchanged(ctx); err != nil {
		return err
	}
	if err := a.journal(ctx, consent); err != nil {
		return err
	}
	if err := a.resume(ctx); err != nil {
		return err
	}
	for i, w := range a.plan.Writes {
		if err := ctx.Err(); err != nil {
			return refuse("It was interrupted before write %d, between two writes.", i+1)
		}
		if err := a.at(fmt.Sprintf("before write %d", i+1)); err != nil {
			return err
		}
		if err := a.write(ctx, i+1, w); err != nil {
			return err
		}
	}
	if !a.kept {
		return nil
	}
	return a.settle(context.WithoutCancel(ctx))
}

// admit refuses what need not be tried.
func (a *applying) admit(consent Consent) error {
	p := a.plan
	if p.started {
		return refuse("This plan was applied before; plan again.")
	}
	if blocked := p.Blocked(); len(blocked) > 0 {
		return refuse("%s", strings.Join(blocked, " "))
	}
	if len(p.Asks) > 0 {
		return refuse("The value of %s in %s was not given.", p.Asks[0].Key, p.Asks[0].Ref)
	}
	if p.Confirm != "" && consent.Confirm != p.Confirm {
		return refuse("This is destructive: it wants the name %q typed.", p.Confirm)
	}
	if p.Journal.Missing != "" && !consent.WithoutUndo {
		return refuse("%s may not %s, so this could not be undone. Applying it all the same needs an explicit yes to that.", p.Identity, p.Journal.Missing)
	}
	return nil
}

// unchanged compares every object with what the plan showed, before anything is
// written.
func (a *applying) unchanged(ctx context.Context) error {
	for _, w := range a.plan.Writes {
		if w.DependsOn > 0 {
			continue
		}
		if _, err := a.current(ctx, w); err != nil && !errors.Is(err, errDone) {
			return err
		}
	}
	return nil
}

// journal writes the entry, or goes on without where that was agreed to.
func (a *applying) journal(ctx context.Context, consent Consent) error {
	if a.plan.Finishes != "" {
		a.kept, a.result.Entry = true, a.plan.Finishes
		return nil
	}
	if a.plan.Journal.Missing != "" && consent.WithoutUndo {
		a.result.Notes = append(a.result.Notes, "no journal entry was written: this cannot be undone")
		return nil
	}
	if err := a.at("before the journal"); err != nil {
		return err
	}
	a.tell(Progress{Of: len(a.plan.Writes), Text: "keeping what is needed to undo it"})
	if err := a.keep(ctx, a.plan.entry); err != nil {
		return &Refusal{Reason: "The journal entry could not be written, so nothing was: " + a.plan.scrub.said(err) + ".", Err: err}
	}
	a.kept, a.result.Entry = true, a.plan.entry.ID
	return a.at("after the journal")
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
	if w := a.plan.resumed; w != nil {
		uid := e.Progress[a.number(0, w)].UID
		if uid == "" {
			uid = w.uid()
		}
		return a.wait(ctx, 0, w, uid)
	}
	return nil
}

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
	if w.Verb == Rollback {
		err = a.rollBack(ctx, w)
	} else {
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
