package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// planPage is the page of a plan with what makes, applies and proves it behind it.
type planPage struct {
	*views.PlanPage
	m       *model
	choices []alternative
	inputs  repair.Inputs
	plan    *repair.Plan // nil while there is none to be applied
	undoOf  string       // the journal entry that the plan takes back
	after   *afterwards  // nil where nothing follows it
}

// stopGrace is how long the end of the program waits for a write under way.
const stopGrace = 30 * time.Second

// slot is that of all that a plan does: one thing at a time.
const slot = "plan"

// Start plans the chosen alternative.
func (p *planPage) Start() views.Request {
	p.Begin(views.Planning)
	p.plan = nil
	choice, in := p.choices[p.Chosen()], p.inputs
	return views.Fetch{
		Slot: slot,
		Read: func(ctx context.Context, show func(func() views.Request)) {
			plan, err := choice.make(ctx, in)
			show(func() views.Request { p.planned(plan, err); return nil })
		},
		Fail: p.crashed,
	}
}

// Do answers an action.
func (p *planPage) Do(a keymap.Action) views.Request {
	switch a {
	case keymap.Apply:
		return p.consent()
	case keymap.TakeBack:
		return views.PlanUndo{Entry: p.Entry()}
	case keymap.Other:
		p.Next()
		p.inputs = repair.Inputs{}
		return p.Start()
	case keymap.Back:
		if p.Phase() == views.Applying {
			p.m.interrupt(p)
			return views.Say{Text: "stopping before the next step"}
		}
	}
	return p.PlanPage.Do(a)
}

// consent asks for whatever the plan needs typed, one thing after the other, and then
// applies it.
func (p *planPage) consent() views.Request {
	if p.plan == nil {
		return nil
	}
	for _, ask := range p.plan.Asks {
		if _, given := p.inputs.Values[ask]; given {
			continue
		}
		p.m.prompt = typing(p, fmt.Sprintf("value of %s in %s", ask.Key, ask.Ref.Name), true, func(text string) views.Request {
			if p.inputs.Values == nil {
				p.inputs.Values = map[repair.Ask]string{}
			}
			p.inputs.Values[ask] = text
			for _, other := range p.plan.Asks {
				if _, given := p.inputs.Values[other]; !given {
					return p.consent()
				}
			}
			return p.Start() // once more, with the values
		})
		return nil
	}
	if p.plan.Journal.Missing == "" {
		return p.confirm(repair.Consent{})
	}
	p.m.prompt = typing(p, "this cannot be undone: type yes to apply it anyway", false, func(text string) views.Request {
		if text != "yes" {
			return views.Say{Text: "not applied"}
		}
		return p.confirm(repair.Consent{WithoutUndo: true})
	})
	return nil
}

// asks is what consent asks to be typed first; empty for nothing.
func (p *planPage) asks() string {
	for _, ask := range p.plan.Asks {
		if _, given := p.inputs.Values[ask]; !given {
			return "a value"
		}
	}
	switch {
	case p.plan.Journal.Missing != "":
		return "yes"
	case p.plan.Confirm != "":
		return "the name"
	}
	return ""
}

// confirm asks for the name that a destructive plan needs typed.
func (p *planPage) confirm(c repair.Consent) views.Request {
	if p.plan.Confirm == "" {
		return p.apply(c)
	}
	p.m.prompt = typing(p, p.plan.ConfirmReason()+": type "+p.plan.Confirm+" to apply it", false, func(text string) views.Request {
		if text != p.plan.Confirm {
			p.confirm(c) // it is asked for until it is right, or given up
			return views.Say{Text: "that is not " + p.plan.Confirm + ": type it again, or esc"}
		}
		c.Confirm = text
		return p.apply(c)
	})
	return nil
}

// apply applies the plan and proves it, and goes on with that when the page is left.
func (p *planPage) apply(c repair.Consent) views.Request {
	p.Begin(views.Applying)
	plan, mender, latest, after := p.plan, p.m.opts.Mender, p.m.latest.Load, p.after
	planned := latest()
	p.undoOf = plan.UndoOf
	if after != nil {
		latest = nil
	}
	p.plan = nil
	return views.Fetch{
		Slot: slot, Outlives: true, Fail: p.crashed,
		Read: func(ctx context.Context, show func(func() views.Request)) {
			tell := func(pr repair.Progress) {
				if !pr.Done && pr.Text != "" {
					show(func() views.Request { p.progress(pr); return nil })
				}
			}
			result, err := mender.Apply(ctx, plan, c, tell)
			show(func() views.Request { p.applied(result, err); return nil })
			if err != nil || result == nil {
				return
			}
			if after == nil {
				show(func() views.Request { p.m.env.Resolved.Mended(planned, plan.Proof.Findings, plan.Title); return nil })
			}
			outcome, failed := mender.Verify(ctx, result, latest, tell) // what is shown above may still read err
			show(func() views.Request { return p.proved(outcome, failed) })
			if after != nil {
				after.run(ctx, plan.Proof.Findings, show, func(l styled.Line) { p.Tell(styled.Para{Body: l}) })
			}
		},
	}
}

func (p *planPage) crashed(err error) {
	p.Begin(views.Ended)
	p.Tell(styled.P(styled.Bad, err.Error()))
}

func (p *planPage) planned(plan *repair.Plan, err error) {
	if err != nil {
		p.Begin(views.Ended)
		p.Tell(refusal(err)...)
		return
	}
	p.plan = plan
	p.Plan(views.Sheet{
		Text: plan.Text(), Commands: strings.Join(plan.Commands(), "\n"), Blocked: strings.Join(plan.Blocked(), " "), Asks: p.asks(),
	})
	if len(plan.Asks) > 0 && len(p.inputs.Values) > 0 {
		p.m.message = fmt.Sprintf("the values are in the plan; %s applies it", p.m.keys.Key(keymap.Apply))
	}
}

func (p *planPage) applied(result *repair.Result, err error) {
	p.m.message = ""
	if result != nil && (err == nil || len(result.Done) > 0 || result.Unsure > 0) {
		p.m.takenBack(p.undoOf)
		p.Applied(result.Entry)
	}
	switch {
	case result == nil:
	case err == nil:
		p.Tell(result.Rest()...) // of each write was told when it was made
	default:
		p.Tell(result.Text()...)
	}
	if err == nil {
		p.Stepped()
		p.Begin(views.Proving)
		return
	}
	p.Begin(views.Ended)
	if result == nil {
		p.Tell(refusal(err)...)
	}
}

// proved says what became of the plan, where the page was left as a message.
func (p *planPage) proved(outcome repair.Outcome, err error) views.Request {
	p.Begin(views.Ended)
	p.Stand(outcome.Text()...)
	if err != nil {
		p.Tell(styled.P(styled.Bad, err.Error()))
	}
	switch {
	case p.m.planIn():
		return nil
	case outcome.Confirmed:
		return views.Say{Text: "the plan was applied and proved"}
	}
	return views.Say{Text: fmt.Sprintf("the plan was applied, but is not confirmed: %s shows it in the journal", p.m.keys.Key(keymap.Journal))}
}

// progress tells of a write, and in the place of what it was before how the proof stands.
func (p *planPage) progress(pr repair.Progress) {
	switch said := styled.P(styled.Muted, pr.Text); {
	case p.Phase() == views.Proving:
		p.Stand(said)
	case pr.Write > 0:
		p.Step(pr.Write, pr.Of, pr.Text)
	default:
		p.Tell(said)
	}
}

// refusal says why nothing is written, and where two states disagree, how.
func refusal(err error) []styled.Para {
	out := []styled.Para{{Body: styled.Line{styled.T(styled.Bad, "Refused: "), styled.T(styled.Normal, err.Error())}}}
	var r *repair.Refusal
	if errors.As(err, &r) {
		out = append(out, styled.Lines(2, r.Difference)...)
	}
	return out
}
