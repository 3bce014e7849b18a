package repair

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/styled"
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
	Unsure  int // the write of which nobody knows whether the server did it; 0 for none
	Notes   []string
	Err     error // why it stopped; nil where every write is done
	At      time.Time

	plan *Plan
}

// Text says what was done and what was not.
func (r *Result) Text() []styled.Para {
	var out []styled.Para
	for _, n := range r.Done {
		w := r.plan.Writes[n-1]
		out = append(out, labelled(styled.Good, "done", "%d %s %s", n, w.Verb, w.Ref))
	}
	return append(out, r.Rest()...)
}

// Rest is Text without the writes that were done, for those who were told of each.
func (r *Result) Rest() []styled.Para {
	var out []styled.Para
	if r.Unsure > 0 {
		w := r.plan.Writes[r.Unsure-1]
		out = append(out, labelled(styled.Bad, "not known", "%d %s %s: it may have been done", r.Unsure, w.Verb, w.Ref))
	}
	for _, n := range r.NotDone {
		w := r.plan.Writes[n-1]
		out = append(out, labelled(styled.Bad, "not done", "%d %s %s", n, w.Verb, w.Ref))
	}
	for _, n := range r.Notes {
		out = append(out, labelled(styled.Muted, "note", "%s", n))
	}
	switch {
	case r.Err != nil:
		out = append(out, labelled(styled.Bad, "stopped", "%s", r.Err))
		var refusal *Refusal
		if errors.As(r.Err, &refusal) {
			out = append(out, styled.Lines(4, refusal.Difference)...)
		}
		if (len(r.Done) > 0 || r.Unsure > 0) && r.Entry != "" {
			out = append(out, labelled(styled.Muted, "next", "careen undo %s takes back what was done; careen undo %s --finish does the rest", r.Entry, r.Entry))
		}
	case r.Entry != "":
		out = append(out, labelled(styled.Muted, "journal", "entry %s; careen undo %s takes it back", r.Entry, r.Entry))
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
		if !slices.Contains(r.Done, i+1) && i+1 != r.Unsure {
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
	beating  *heartbeat     // while it is
	killed   bool           // by a test
}

func (a *applying) run(ctx context.Context, consent Consent) (err error) {
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
	if a.kept {
		a.beating = a.beat(ctx, a.plan.entry)
		defer func() { err = a.close(context.WithoutCancel(ctx), err) }()
	}
	if err := a.at("after the journal"); err != nil {
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
		if err := a.beating.holds(ctx); err != nil {
			return err
		}
		if err := a.write(ctx, i+1, w); err != nil {
			return err
		}
	}
	return a.at("before settling")
}

// at is a place where a test may end Apply as a kill would.
func (a *applying) at(point string) error {
	err := a.Mender.at(point)
	a.killed = a.killed || err != nil
	return err
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
		return refuse("Nothing was applied: %s, so the name %q has to be typed.", p.ConfirmReason(), p.Confirm)
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
		if err := a.takeOver(ctx, a.plan.entry, a.newLease(ctx)); err != nil {
			return asRefusal(err)
		}
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
	lease := a.newLease(ctx)
	if undone := a.plan.undone; undone != nil && undone.State == Open {
		if err := a.takeOver(ctx, undone, lease); err != nil {
			return asRefusal(err)
		}
	}
	e := a.plan.entry
	e.Lease, e.Live = lease, true
	e.Lease.raw = lease.text()
	if err := a.keep(ctx, e); err != nil {
		return &Refusal{Reason: "The journal entry could not be written, so nothing was: " + a.plan.scrub.said(err) + ".", Err: err}
	}
	a.kept, a.result.Entry = true, e.ID
	return nil
}
