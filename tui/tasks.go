package tui

import (
	"context"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// actOffer says whether there is anything to ask for the selected object.
func (m *model) actOffer() keymap.Offer {
	offer := keymap.Offer{Action: keymap.Act}
	ref := m.subject().Ref
	switch {
	case ref.IsZero():
		offer.Disabled = "no object is selected"
	case len(m.env.CopyTasks(ref)) > 0: // copying a command writes nothing
	case m.env.NoPlan != "" && m.opts.Mender == nil:
		offer.Disabled = m.env.NoPlan
	case len(repair.Tasks(m.env.Report, ref)) == 0:
		offer.Disabled = fmt.Sprintf("there is nothing to do with a %s but to fix it: only workloads, pods of one and nodes are acted on", ref.Kind)
	}
	return offer
}

// openTasks lists what can be asked for the selected object.
func (m *model) openTasks() tea.Cmd {
	ref := m.subject().Ref
	var lines []views.TaskLine
	if m.opts.Mender != nil {
		for _, t := range repair.Tasks(m.env.Report, ref) {
			lines = append(lines, views.TaskLine{ID: t.ID, Title: t.Title, Note: t.Note})
		}
	}
	lines = append(lines, m.env.CopyTasks(ref)...)
	return m.push(views.NewTasks(m.env, ref, lines))
}

// planTask plans what was chosen from that list, and asks before for what has to be typed.
func (m *model) planTask(from views.Pane, r views.PlanTask) tea.Cmd {
	tasks := repair.Tasks(m.env.Report, r.Ref)
	i := slices.IndexFunc(tasks, func(t repair.Task) bool { return t.ID == r.ID })
	if i < 0 {
		m.message = fmt.Sprintf("%s changed meanwhile: look again", r.Ref)
		return nil
	}
	task := tasks[i]
	if task.Ask != "" && r.Typed == "" {
		m.prompt = typing(from, task.Ask, false, func(text string) views.Request {
			r.Typed = text
			return r
		})
		return nil
	}
	report := m.latest.Load
	return m.openPlan(r.Ref.String(), alternative{task.Title, func(ctx context.Context, _ repair.Inputs) (*repair.Plan, error) {
		return m.opts.Mender.PlanTask(ctx, report(), r.Ref, task, r.Typed)
	}})
}
