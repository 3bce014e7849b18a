package views

import (
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// TaskLine is one of the things that can be asked for an object.
type TaskLine struct{ ID, Title, Note string }

// Tasks is the list of what can be asked for an object without a finding. What is chosen
// is planned, and nothing is applied before its plan was seen.
type Tasks struct {
	choice[TaskLine, string]
	ref model.Ref
}

// NewTasks makes the list.
func NewTasks(env *Env, ref model.Ref, list []TaskLine) *Tasks {
	p := &Tasks{choice: choice[TaskLine, string]{env: env}, ref: ref}
	p.table = widget.NewTable(widget.Spec[TaskLine, string]{
		Key:   func(t TaskLine) string { return t.ID },
		Match: func(t TaskLine) string { return t.Title + " " + t.Note },
		Columns: []widget.Column[TaskLine]{
			{Title: "task", Min: 10, Cell: func(t TaskLine) styled.Span { return styled.T(styled.Strong, t.Title) }},
			{Title: "note", Min: 10, Grow: true, Cell: func(t TaskLine) styled.Span { return styled.T(styled.Muted, t.Note) }},
		},
	})
	p.table.SetItems(list)
	return p
}

// Load has nothing to take over: the list does not change under the cursor.
func (p *Tasks) Load() {}

// Title names the object.
func (p *Tasks) Title() (title, right styled.Line) {
	return append(styled.Of(styled.Strong, "What to do with "), refTitle(p.ref)...), styled.Of(styled.Muted, "enter plans it")
}

// Offers lists what a choice answers.
func (p *Tasks) Offers() []keymap.Offer {
	plan := keymap.Offer{Action: keymap.Open, Label: "plan it"}
	if p.table.Shown() == 0 {
		plan.Disabled = "nothing is selected"
	}
	return p.offers(plan)
}

// Do answers an action.
func (p *Tasks) Do(a keymap.Action) Request {
	if a == keymap.Open {
		if t, ok := p.table.Selected(); ok {
			return PlanTask{Ref: p.ref, ID: t.ID}
		}
		return nil
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *Tasks) Draw(w, h int, focused bool) []string { return p.draw("task", w, h, focused) }
