package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

// Mender plans, applies, proves and takes back fixes; *repair.Mender is the one.
type Mender interface {
	Plan(ctx context.Context, report *engine.Report, f *finding.Finding, fix string, in repair.Inputs) (*repair.Plan, error)
	PlanMany(ctx context.Context, report *engine.Report, choices []repair.Choice, in repair.Inputs) (*repair.Plan, error)
	UndoPlan(ctx context.Context, id string) (*repair.Plan, error)
	FinishPlan(ctx context.Context, id string) (*repair.Plan, error)
	Apply(ctx context.Context, p *repair.Plan, consent repair.Consent, tell func(repair.Progress)) (*repair.Result, error)
	Verify(ctx context.Context, r *repair.Result, latest func() *engine.Report, tell func(repair.Progress)) (repair.Outcome, error)
	Entries(ctx context.Context) (repair.Journal, error)
}

// alternative is one plan that can be made.
type alternative struct {
	title string
	make  func(ctx context.Context, in repair.Inputs) (*repair.Plan, error)
}

// mending is the page of a plan with the machinery behind it.
type mending struct {
	*views.PlanPage
	m       *model
	choices []alternative
	inputs  repair.Inputs
	plan    *repair.Plan
	job     int // the work whose replies count
	stop    context.CancelFunc
}

type (
	planMsg struct {
		job  int
		plan *repair.Plan
		err  error
	}
	toldMsg struct {
		job      int
		progress repair.Progress
	}
	appliedMsg struct {
		job    int
		result *repair.Result
		err    error
	}
	provedMsg struct {
		job     int
		outcome repair.Outcome
		err     error
	}
)

// mend opens the plan of findings: the alternatives of one, or the first fix of
// each of several.
func (m *model) mend(list []*finding.Finding) tea.Cmd {
	report := m.latest.Load
	if len(list) == 1 {
		f := list[0]
		var choices []alternative
		for _, fix := range f.Fixes {
			choices = append(choices, alternative{fix.Title, func(ctx context.Context, in repair.Inputs) (*repair.Plan, error) {
				return m.opts.Mender.Plan(ctx, report(), f, fix.ID, in)
			}})
		}
		return m.openPlan(f.Subject.String(), choices)
	}
	var chosen []repair.Choice
	for _, f := range list {
		if len(f.Fixes) > 0 {
			chosen = append(chosen, repair.Choice{Finding: f})
		}
	}
	title := fmt.Sprintf("%d of %d marked findings", len(chosen), len(list))
	return m.openPlan(title, []alternative{{title, func(ctx context.Context, in repair.Inputs) (*repair.Plan, error) {
		return m.opts.Mender.PlanMany(ctx, report(), chosen, in)
	}}})
}

// openPlan opens the page of a plan with its alternatives, and begins to plan the
// first.
func (m *model) openPlan(subject string, choices []alternative) tea.Cmd {
	titles := make([]string, len(choices))
	for i := range choices {
		titles[i] = choices[i].title
	}
	p := &mending{PlanPage: views.NewPlanPage(m.env, subject, titles), m: m, choices: choices}
	m.push(p)
	return p.begin()
}

// begin plans the chosen alternative.
func (p *mending) begin() tea.Cmd {
	p.Begin(views.Planning)
	p.plan = nil
	choice, in := p.choices[p.Chosen()], p.inputs
	ctx := p.start()
	return p.m.work.run(ctx, p.job, func(ctx context.Context, job int, reply func(tea.Msg)) {
		plan, err := choice.make(ctx, in)
		reply(planMsg{job, plan, err})
	})
}

// start gives up what was under way and numbers what comes next.
func (p *mending) start() context.Context {
	if p.stop != nil {
		p.stop()
	}
	ctx, stop := context.WithCancel(p.m.ctx)
	p.stop = stop
	p.job = p.m.work.next()
	return ctx
}

// Act answers the actions that need the cluster.
func (p *mending) Act(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Apply:
		return p.consent(), true
	case keymap.Other:
		p.Next()
		p.inputs = repair.Inputs{}
		return p.begin(), true
	case keymap.Back:
		if p.Phase() == views.Applying {
			p.stop()
			p.m.message = "stopping before the next step"
			return nil, true
		}
		if p.Phase() == views.Planning {
			p.stop()
		}
	}
	return nil, false
}

// consent asks for whatever the plan wants typed, one thing after the other, and
// then applies it.
func (p *mending) consent() tea.Cmd {
	if p.plan == nil {
		return nil
	}
	for _, ask := range p.plan.Asks {
		if _, given := p.inputs.Values[ask]; given {
			continue
		}
		p.m.prompt = typing(fmt.Sprintf("value of %s in %s", ask.Key, ask.Ref.Name), true, func(text string) {
			if p.inputs.Values == nil {
				p.inputs.Values = map[repair.Ask]string{}
			}
			p.inputs.Values[ask] = text
			for _, other := range p.plan.Asks {
				if _, given := p.inputs.Values[other]; !given {
					p.m.prompted = p.consent()
					return
				}
			}
			p.m.prompted = p.begin() // anew, with the values
		})
		return nil
	}
	c := repair.Consent{}
	switch {
	case p.plan.Journal.Missing != "":
		p.m.prompt = typing("it could not be undone: type yes to apply it all the same", false, func(text string) {
			if text != "yes" {
				p.m.message = "not applied"
				return
			}
			c.WithoutUndo = true
			p.m.prompted = p.confirm(c)
		})
	default:
		return p.confirm(c)
	}
	return nil
}

func (p *mending) confirm(c repair.Consent) tea.Cmd {
	if p.plan.Confirm == "" {
		return p.apply(c)
	}
	p.m.prompt = typing("this destroys: type "+p.plan.Confirm+" to apply it", false, func(text string) {
		if text != p.plan.Confirm {
			p.m.message = "not applied: that is not " + p.plan.Confirm
			return
		}
		c.Confirm = text
		p.m.prompted = p.apply(c)
	})
	return nil
}

// apply applies the plan and proves it. What is told on the way comes as messages,
// one at a time.
func (p *mending) apply(c repair.Consent) tea.Cmd {
	p.Begin(views.Applying)
	plan, mender, latest := p.plan, p.m.opts.Mender, p.m.latest.Load
	p.plan = nil
	ctx := p.start()
	return p.m.work.run(ctx, p.job, func(ctx context.Context, job int, reply func(tea.Msg)) {
		tell := func(pr repair.Progress) { reply(toldMsg{job, pr}) }
		result, err := mender.Apply(ctx, plan, c, tell)
		reply(appliedMsg{job, result, err})
		if err != nil || result == nil {
			return
		}
		outcome, err := mender.Verify(ctx, result, latest, tell)
		reply(provedMsg{job, outcome, err})
	})
}

// planOpen tells whether a page waits for what becomes of a plan.
func (m *model) planOpen() bool {
	for _, p := range m.pages {
		if _, ok := p.Pane.(*mending); ok {
			return true
		}
	}
	return false
}

// applying tells whether a plan is being applied.
func (m *model) applying() bool {
	for _, p := range m.pages {
		if plan, ok := p.Pane.(*mending); ok && plan.Phase() == views.Applying {
			return true
		}
	}
	return false
}

// Listen takes the replies to its own work.
func (p *mending) Listen(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case planMsg:
		if msg.job == p.job {
			p.planned(msg)
		}
	case toldMsg:
		if msg.job == p.job && !msg.progress.Done && msg.progress.Text != "" {
			p.Tell(progressLine(msg.progress))
		}
	case appliedMsg:
		if msg.job == p.job {
			p.applied(msg)
		}
	case failedMsg:
		if msg.job == p.job {
			p.Begin(views.Ended)
			p.Tell(widget.Line{widget.T(widget.Bad, msg.err.Error())})
		}
	case provedMsg:
		if msg.job == p.job {
			p.Begin(views.Ended)
			p.Tell(lines(msg.outcome.Lines())...)
			if msg.err != nil {
				p.Tell(widget.Line{widget.T(widget.Bad, msg.err.Error())})
			}
		}
	}
	return nil
}

func (p *mending) planned(msg planMsg) {
	if msg.err != nil {
		p.Begin(views.Ended)
		p.Tell(refusal(msg.err)...)
		return
	}
	p.plan = msg.plan
	p.Plan(views.Sheet{
		Lines: lines(msg.plan.Lines()), Commands: strings.Join(msg.plan.Commands(), "\n"), Blocked: strings.Join(msg.plan.Blocked(), " "),
	})
	if len(msg.plan.Asks) > 0 && len(p.inputs.Values) > 0 {
		p.m.message = "the values were taken over; y applies the plan"
	}
}

func (p *mending) applied(msg appliedMsg) {
	p.m.message = ""
	if msg.result != nil {
		p.Tell(lines(msg.result.Lines())...)
	}
	if msg.err == nil {
		p.Begin(views.Proving)
		return
	}
	p.Begin(views.Ended)
	if msg.result == nil {
		p.Tell(refusal(msg.err)...)
	}
}

func progressLine(pr repair.Progress) widget.Line {
	if pr.Write > 0 {
		return widget.Line{widget.T(widget.Accent, fmt.Sprintf("%d/%d ", pr.Write, pr.Of)), widget.T(widget.Normal, pr.Text)}
	}
	return widget.Line{widget.T(widget.Muted, pr.Text)}
}

// refusal says why nothing is written, and where two states disagree, how.
func refusal(err error) []widget.Line {
	out := []widget.Line{{widget.T(widget.Bad, "Refused: "), widget.T(widget.Normal, err.Error())}}
	var r *repair.Refusal
	if errors.As(err, &r) {
		for _, l := range r.Difference {
			out = append(out, widget.Line{widget.T(roleOf(l.Role), "  "+l.Text)})
		}
	}
	return out
}

func lines(list []repair.Line) []widget.Line {
	out := make([]widget.Line, 0, len(list))
	for _, l := range list {
		role := roleOf(l.Role)
		label, rest := cutLabel(l.Text)
		switch {
		case label == "":
			out = append(out, widget.Line{widget.T(role, l.Text)})
		case l.Role == repair.Label:
			out = append(out, widget.Line{widget.T(widget.Muted, label), widget.T(widget.Normal, rest)})
		default:
			out = append(out, widget.Line{widget.T(role, label), widget.T(role, rest)})
		}
	}
	return out
}

// cutLabel splits a line after its left column of ten cells, which holds one word,
// or nothing where the line above goes on; a line without that column has no label.
func cutLabel(s string) (label, rest string) {
	const column = 10
	if len(s) <= column || s[column] == ' ' || s[column-1] != ' ' {
		return "", s
	}
	word := strings.TrimRight(s[:column], " ")
	if strings.Contains(word, " ") {
		return "", s
	}
	return s[:column], s[column:]
}

func roleOf(r repair.Role) widget.Role {
	switch r {
	case repair.Title, repair.Head:
		return widget.Strong
	case repair.Added, repair.Good:
		return widget.Good
	case repair.Removed, repair.Bad:
		return widget.Bad
	case repair.Context, repair.Hunk, repair.Note:
		return widget.Muted
	case repair.Plain, repair.Label:
	}
	return widget.Normal
}

// stopGrace is how long the end of the program waits for a write under way.
const stopGrace = 30 * time.Second
