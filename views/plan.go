package views

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Phase is how far a plan has come.
type Phase uint8

// The phases. A plan that was refused has ended.
const (
	Planning Phase = iota
	Planned
	Applying
	Proving
	Ended
)

// Sheet is a plan as text, and whether it can be applied as it stands.
type Sheet struct {
	Text     []styled.Para
	Blocked  string // why it cannot be applied; empty where it can
	Commands string // the plan as commands to be copied
	Asks     string // what has to be typed for it to be applied: "the name"; empty for nothing
}

// PlanPage shows what fixes would do, and what becomes of it. What it shows is
// given to it; it knows no cluster.
type PlanPage struct {
	env          *Env
	page         *widget.Page
	subject      string
	alternatives []string
	chosen       int
	phase        Phase
	sheet        Sheet
	head         []styled.Para // above all: how the proof stands, then how it ended
	outcome      []styled.Para // above the plan: progress, results, refusals
	step         int           // of these the step under way, from 1; 0 for none
	entry        string        // the journal entry that can take back what was applied
	noUndo       string        // why there is none
}

// NewPlanPage makes the page of a plan about a subject, of which there are
// alternatives by these titles.
func NewPlanPage(env *Env, subject string, alternatives []string) *PlanPage {
	return &PlanPage{env: env, subject: subject, alternatives: alternatives, page: widget.NewPage()}
}

// Begin takes the page to a phase that begins: planning drops what it showed.
func (p *PlanPage) Begin(phase Phase) {
	p.phase = phase
	switch phase {
	case Planning:
		p.sheet, p.head, p.outcome = Sheet{}, nil, nil
		p.entry, p.noUndo, p.step = "", "", 0
		p.page.Reset()
	case Applying:
		p.head, p.outcome, p.step = nil, nil, 0
		p.page.Reset()
	case Planned, Proving, Ended:
	}
}

// Phase is how far the plan has come.
func (p *PlanPage) Phase() Phase { return p.phase }

// Plan shows a plan that was made.
func (p *PlanPage) Plan(s Sheet) { p.sheet, p.phase = s, Planned }

// Tell adds progress or a result above the plan.
func (p *PlanPage) Tell(list ...styled.Para) { p.outcome = append(p.outcome, list...) }

// Step says that a step begins, so that the one before it was done.
func (p *PlanPage) Step(n, of int, text string) {
	p.Stepped()
	p.Tell(styled.Para{Label: styled.Of(styled.Accent, fmt.Sprintf("  %d/%d", n, of)), Column: 7, Body: styled.L(text)})
	p.step = len(p.outcome)
}

// Stepped says that the step under way was done.
func (p *PlanPage) Stepped() {
	if p.step > 0 {
		l := p.outcome[p.step-1].Label
		p.outcome[p.step-1].Label = styled.Of(styled.Good, p.env.Theme.Done+l.String()[1:])
	}
	p.step = 0
}

// Stand says how the proof stands, or how it ended, in the place of what was said of it
// before.
func (p *PlanPage) Stand(list ...styled.Para) { p.head = list }

// Applied says which journal entry can take back what was applied; empty for none.
func (p *PlanPage) Applied(entry string) {
	p.entry = entry
	if entry == "" {
		p.noUndo = "no undo of it was saved"
	}
}

// Entry is the journal entry that can take back what was applied; empty where none can.
func (p *PlanPage) Entry() string { return p.entry }

// TakenBack says that what was applied was taken back: how it was proved holds no more.
func (p *PlanPage) TakenBack() {
	p.entry, p.noUndo = "", "it was undone already"
	p.head = []styled.Para{styled.P(styled.Medium, "This was undone. Below is how it had been applied.")}
}

// undo is the offer to take back what was applied, once it has ended.
func (p *PlanPage) undo() keymap.Offer {
	o := keymap.Offer{Action: keymap.TakeBack}
	switch {
	case p.phase == Applying:
		o.Disabled = "it is being applied"
	case p.phase == Proving:
		o.Disabled = "it is being proved"
	case p.phase != Ended:
		o.Disabled = "nothing was applied yet"
	case p.noUndo != "":
		o.Disabled = p.noUndo
	case p.entry == "":
		o.Disabled = "nothing was applied"
	case p.env.ReadOnly:
		o.Disabled = "read-only mode: nothing is written"
	}
	return o
}

// Chosen is the alternative that is planned.
func (p *PlanPage) Chosen() int { return p.chosen }

// Next chooses the next alternative.
func (p *PlanPage) Next() { p.chosen = (p.chosen + 1) % max(len(p.alternatives), 1) }

// Load has nothing to take over: a plan is of the moment it was made.
func (p *PlanPage) Load() {}

// Scope is that of a plan.
func (p *PlanPage) Scope() keymap.Scope { return keymap.InPlan }

// Title names what is fixed.
func (p *PlanPage) Title() (title, right styled.Line) {
	title = styled.Line{styled.T(styled.Strong, "Plan"), styled.T(styled.Muted, "  "+p.subject)}
	if n := len(p.alternatives); n > 1 {
		right = styled.Line{styled.T(styled.Muted, fmt.Sprintf("%d of %d", p.chosen+1, n))}
	}
	return title, right
}

// Offers lists what the plan answers in its phase.
func (p *PlanPage) Offers() []keymap.Offer {
	apply := keymap.Offer{Action: keymap.Apply}
	other := keymap.Offer{Action: keymap.Other}
	back := keymap.Offer{Action: keymap.Back}
	copying := keymap.Offer{Action: keymap.Copy, Label: "copy as commands"}
	switch p.phase {
	case Planning:
		apply.Disabled = "the plan is being made"
	case Planned:
		apply.Disabled = p.sheet.Blocked
		if p.sheet.Asks != "" {
			apply.Label = "apply (asks for " + p.sheet.Asks + ")"
		}
	case Applying:
		apply.Disabled, other.Disabled = "it is being applied", "it is being applied"
		back.Label = "stop"
	case Proving:
		apply.Disabled, other.Disabled = "it was applied, and is being proved", "it was applied, and is being proved"
	case Ended:
		apply.Disabled = "it has ended: go back, and plan again"
	}
	if len(p.alternatives) < 2 && other.Disabled == "" {
		other.Disabled = "there is no alternative"
	}
	if p.sheet.Commands == "" {
		copying.Disabled = "there is no plan to copy"
	}
	return append([]keymap.Offer{
		apply, other, p.undo(), copying, back,
	}, movement...)
}

// Do answers what needs nothing from a cluster.
func (p *PlanPage) Do(a keymap.Action) Request {
	if moved(a, p.page.Scroll, p.page.Turn, p.page.Ends) {
		return nil
	}
	switch a {
	case keymap.Copy:
		return Copy{"the plan as commands", p.sheet.Commands}
	case keymap.Back:
		return Close{}
	}
	return nil
}

// Span is what of the plan is on the screen.
func (p *PlanPage) Span() (from, to, of int) { return p.page.Span() }

// Draw returns exactly h lines of w cells.
func (p *PlanPage) Draw(w, h int, focused bool) []string {
	p.page.Set(p.paras())
	return p.page.Draw(p.env.Theme, w, h, focused)
}

func (p *PlanPage) paras() []styled.Para {
	out := slices.Concat(p.head, p.outcome)
	if len(out) > 0 {
		out = append(out, styled.Blank())
	}
	if p.phase == Planning {
		name := ""
		if p.chosen < len(p.alternatives) {
			name = p.alternatives[p.chosen]
		}
		return append(out, styled.Heading(name),
			styled.P(styled.Muted, "Reading the objects, asking the server what it would do "+p.env.Theme.Cut))
	}
	if len(out) > 0 && len(p.sheet.Text) > 0 {
		out = append(out, styled.Heading("What was planned"))
	}
	return append(out, p.sheet.Text...)
}
