package tui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/views"
)

// Mender plans, applies, proves and takes back fixes; *repair.Mender is the one.
type Mender interface {
	Plan(ctx context.Context, report *engine.Report, f *finding.Finding, fix string, in repair.Inputs) (*repair.Plan, error)
	PlanMany(ctx context.Context, report *engine.Report, choices []repair.Choice, in repair.Inputs) (*repair.Plan, error)
	PlanRollback(ctx context.Context, report *engine.Report, rel cluster.Ref, revision int) (*repair.Plan, error)
	PlanUninstall(ctx context.Context, report *engine.Report, rel cluster.Ref) (*repair.Plan, error)
	PlanTask(ctx context.Context, report *engine.Report, ref cluster.Ref, task repair.Task, typed string) (*repair.Plan, error)
	UndoPlan(ctx context.Context, id string) (*repair.Plan, error)
	FinishPlan(ctx context.Context, report *engine.Report, id string) (*repair.Plan, error)
	Apply(ctx context.Context, p *repair.Plan, consent repair.Consent, tell func(repair.Progress)) (*repair.Result, error)
	Verify(ctx context.Context, r *repair.Result, latest func() *engine.Report, tell func(repair.Progress)) (repair.Outcome, error)
	Entries(ctx context.Context) (repair.Journal, error)
	Prove(ctx context.Context, id string, latest func() *engine.Report) (repair.Outcome, error)
}

// alternative is one plan that can be made.
type alternative struct {
	title string
	make  func(ctx context.Context, in repair.Inputs) (*repair.Plan, error)
}

// openPlan opens the page of a plan with its alternatives, the first of which is
// planned.
func (m *model) openPlan(subject string, choices ...alternative) tea.Cmd {
	return m.pushPlan(subject, choices, nil)
}

// pushPlan is openPlan for a plan after which something is to be done; nil for nothing.
func (m *model) pushPlan(subject string, choices []alternative, after *afterwards) tea.Cmd {
	titles := make([]string, len(choices))
	for i := range choices {
		titles[i] = choices[i].title
	}
	return m.push(&planPage{PlanPage: views.NewPlanPage(m.env, subject, titles), m: m, choices: choices, after: after})
}

// planFindings opens the plan of findings: the alternatives of one, or the first fix
// of each of several.
func (m *model) planFindings(list []*finding.Finding) tea.Cmd {
	if m.opts.Mender == nil {
		return m.push(views.NewFixPage(m.env, list, m.env.NoPlan))
	}
	subject, choices := m.alternatives(list, m.latest.Load)
	return m.openPlan(subject, choices...)
}

// alternatives are the plans of findings of a report, and what names these.
func (m *model) alternatives(list []*finding.Finding, report func() *engine.Report) (subject string, choices []alternative) {
	if len(list) == 1 {
		f := list[0]
		for i, fix := range f.Plans() {
			title := fix.Title
			if i >= len(f.Fixes) {
				title = "Prevention: " + title
			}
			choices = append(choices, alternative{title, func(ctx context.Context, in repair.Inputs) (*repair.Plan, error) {
				return m.opts.Mender.Plan(ctx, report(), f, fix.ID, in)
			}})
		}
		return f.Subject.String(), choices
	}
	var chosen []repair.Choice
	for _, f := range list {
		if len(f.Fixes) > 0 {
			chosen = append(chosen, repair.Choice{Finding: f})
		}
	}
	title := fmt.Sprintf("%d of %d marked findings", len(chosen), len(list))
	return title, []alternative{{title, func(ctx context.Context, in repair.Inputs) (*repair.Plan, error) {
		return m.opts.Mender.PlanMany(ctx, report(), chosen, in)
	}}}
}

func (m *model) planRollback(r views.PlanRollback) tea.Cmd {
	report := m.latest.Load
	return m.openPlan(r.Release.String(), alternative{fmt.Sprintf("Roll back to revision %d", r.Revision), func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
		return m.opts.Mender.PlanRollback(ctx, report(), r.Release, r.Revision)
	}})
}

func (m *model) planUninstall(r views.PlanUninstall) tea.Cmd {
	report := m.latest.Load
	return m.openPlan(r.Release.String(), alternative{"Uninstall", func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
		return m.opts.Mender.PlanUninstall(ctx, report(), r.Release)
	}})
}

func (m *model) planUndo(r views.PlanUndo) tea.Cmd {
	choices := []alternative{{"Undo it", func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
		return m.opts.Mender.UndoPlan(ctx, r.Entry)
	}}}
	if r.Rest {
		report := m.latest.Load
		choices = append(choices, alternative{"Finish it", func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
			return m.opts.Mender.FinishPlan(ctx, report(), r.Entry)
		}})
	}
	return m.openPlan("undo of "+r.Entry, choices...)
}

// takenBack tells the pages of what was applied that it was taken back.
func (m *model) takenBack(entry string) {
	for _, p := range m.pages {
		if plan, ok := p.Pane.(*planPage); ok && entry != "" && plan.Entry() == entry {
			plan.TakenBack()
		}
	}
}

// planIn reports whether a page of a plan is open that is in one of these phases.
func (m *model) planIn(phases ...views.Phase) bool {
	for _, p := range m.pages {
		if plan, ok := p.Pane.(*planPage); ok && (len(phases) == 0 || slices.Contains(phases, plan.Phase())) {
			return true
		}
	}
	return false
}
