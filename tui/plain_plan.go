package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// mendOne plans a fix of a finding.
func (p *plain) mendOne(f *finding.Finding, fix string) error {
	if p.opts.Mender == nil {
		p.page(views.NewFixPage(p.env, []*finding.Finding{f}, "nothing that could apply it is connected"))
		return nil
	}
	return p.plan(func(ctx context.Context, in repair.Inputs) (*repair.Plan, error) {
		return p.opts.Mender.Plan(ctx, p.latest.Load(), f, fix, in)
	})
}

// plan shows a plan, asks for what it wants typed, applies and proves it.
func (p *plain) plan(plan func(context.Context, repair.Inputs) (*repair.Plan, error)) error {
	return p.planned(plan, p.newest.Load)
}

// planned is plan, proved by the reports of latest; by the plan's checks alone where that
// is nil.
func (p *plain) planned(plan func(context.Context, repair.Inputs) (*repair.Plan, error), latest func() *engine.Report) error {
	in := repair.Inputs{}
	for {
		p.say("Planning: the objects are read again, and the server is asked to try.")
		made, err := plan(p.ctx, in)
		if err != nil {
			p.refused(err)
			return p.ctx.Err()
		}
		p.say("\n%s", styled.Plain(made.Text()))
		if why := made.Blocked(); len(why) > 0 {
			p.say("It cannot be applied: %s", strings.Join(why, " "))
			return nil
		}
		if len(made.Asks) == 0 || in.Values != nil {
			return p.consented(made, latest)
		}
		in.Values = map[repair.Ask]string{}
		for _, a := range made.Asks {
			p.say("The value of key %s in %s is wanted; it is not shown while you type. An empty one goes back.", a.Key, a.Ref)
			text, err := p.in.secret(p.ctx, p.out)
			if err != nil {
				return err
			}
			if text == "" {
				return nil
			}
			in.Values[a] = text
		}
	}
}

// consented asks whether to apply a plan, and does.
func (p *plain) consented(plan *repair.Plan, latest func() *engine.Report) error {
	c := repair.Consent{}
	if plan.Journal.Missing != "" {
		text, err := p.ask("It could not be undone. Type yes to apply it all the same; anything else goes back.")
		if err != nil {
			return err
		}
		if c.WithoutUndo = text == "yes"; !c.WithoutUndo {
			p.say("Not applied.")
			return nil
		}
	}
	what, want := "y applies it; anything else goes back.", "y"
	if plan.Confirm != "" {
		what, want = fmt.Sprintf("Type %s to apply it, since %s; anything else goes back.", plan.Confirm, plan.ConfirmReason()), plan.Confirm
	}
	text, err := p.ask(what)
	if err != nil {
		return err
	}
	if text != want {
		p.say("Not applied.")
		return nil
	}
	if plan.Confirm != "" {
		c.Confirm = text
	}
	return p.apply(plan, c, latest)
}

func (p *plain) apply(plan *repair.Plan, c repair.Consent, latest func() *engine.Report) error {
	tell := func(pr repair.Progress) {
		switch {
		case pr.Done || pr.Text == "":
		case pr.Write > 0:
			p.say("Step %d of %d: %s", pr.Write, pr.Of, pr.Text)
		default:
			p.say("%s", pr.Text)
		}
	}
	result, err := p.opts.Mender.Apply(p.ctx, plan, c, tell)
	if result != nil {
		p.say("%s", strings.TrimSuffix(styled.Plain(result.Text()), "\n"))
	}
	if err != nil {
		p.refused(err)
		return p.ctx.Err()
	}
	outcome, err := p.opts.Mender.Verify(p.ctx, result, latest, tell)
	p.say("%s", strings.TrimSuffix(styled.Plain(outcome.Text()), "\n"))
	if result.Entry != "" {
		p.say("%s lists it, and plans its undo.", p.keyOf(keymap.Journal))
	}
	if err != nil {
		p.refused(err)
	}
	return p.ctx.Err()
}

func (p *plain) refused(err error) {
	p.say("Refused: %s", err)
	var r *repair.Refusal
	if errors.As(err, &r) {
		for _, l := range r.Difference {
			p.say("  %s", l)
		}
	}
}

// history lists the journal and takes back what is chosen.
func (p *plain) history() error {
	if p.opts.Mender == nil {
		p.say("There is no journal here: nothing that could apply a fix is connected.")
		return nil
	}
	for {
		j, err := p.opts.Mender.Entries(p.ctx)
		if err != nil {
			p.refused(err)
			return p.ctx.Err()
		}
		if len(j.Entries) == 0 {
			p.say("The journal is empty: nothing was applied, or it was pruned.")
		}
		for i, e := range j.Entries {
			row := journalRow(e, j.Now)
			age, _ := text.Steps(j.Now.Sub(e.At))
			p.say("%d. %s, %s, %s ago by %s, in %s. %s", i+1, e.Title, row.State, age, e.By, e.Namespace, row.Problem)
		}
		for _, n := range j.Notes() {
			p.say("%s.", n)
		}
		text, err := p.ask("A number plans to take that back, b goes back.")
		if err != nil {
			return err
		}
		n, ok := pick(text, len(j.Entries))
		if !ok {
			if text != "" {
				p.say("%q is not one of the choices.", text)
			}
			continue
		}
		if err := inside(p.takeBack(j.Entries[n], j.Now)); err != nil {
			return err
		}
	}
}

// takeBack plans the undo of an entry, or the rest of one that was interrupted.
func (p *plain) takeBack(e *repair.Entry, now time.Time) error {
	plan := p.opts.Mender.UndoPlan
	if e.Standing(now).Rest {
		text, err := p.ask("It was interrupted. 1 takes it back, 2 finishes it.")
		if err != nil {
			return err
		}
		if text == "2" {
			plan = func(ctx context.Context, id string) (*repair.Plan, error) {
				return p.opts.Mender.FinishPlan(ctx, p.newest.Load(), id)
			}
		}
	}
	return p.plan(func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) { return plan(ctx, e.ID) })
}
