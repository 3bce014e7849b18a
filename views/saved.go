package views

import (
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// SavedFilter is a text to filter a pane by, under a name.
type SavedFilter struct{ Name, Text string }

// savedFilters is the list from which one is chosen.
type savedFilters struct{ choice[SavedFilter, string] }

// NewSavedFilters makes the list.
func NewSavedFilters(env *Env, list []SavedFilter) Pane {
	p := &savedFilters{choice[SavedFilter, string]{env: env}}
	p.table = widget.NewTable(widget.Spec[SavedFilter, string]{
		Key:   func(f SavedFilter) string { return f.Name },
		Match: func(f SavedFilter) string { return f.Name + " " + f.Text },
		Columns: []widget.Column[SavedFilter]{
			{Title: "name", Min: 10, Max: 30, Cell: func(f SavedFilter) styled.Span { return styled.T(styled.Strong, f.Name) }},
			{Title: "filter", Min: 10, Grow: true, Cell: func(f SavedFilter) styled.Span { return styled.T(styled.Accent, "/"+f.Text) }},
		},
	})
	p.table.SetItems(list)
	return p
}

// Load has nothing to take over: the list is of the configuration file.
func (p *savedFilters) Load() {}

// Title names the list.
func (p *savedFilters) Title() (title, right styled.Line) {
	return styled.Of(styled.Strong, "Saved filters"), styled.Of(styled.Muted, "enter filters the pane")
}

// Offers lists what a choice answers.
func (p *savedFilters) Offers() []keymap.Offer {
	use := keymap.Offer{Action: keymap.Open, Label: "filter by it"}
	if p.table.Shown() == 0 {
		use.Disabled = "nothing is selected"
	}
	return p.offers(use)
}

// Do answers an action.
func (p *savedFilters) Do(a keymap.Action) Request {
	if f, ok := p.table.Selected(); ok && a == keymap.Open {
		return FilterBy{f.Text}
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *savedFilters) Draw(w, h int, focused bool) []string { return p.draw("filter", w, h, focused) }
