package views

import (
	"context"
	"time"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// JournalRow is one applied plan.
type JournalRow struct {
	ID, State, Namespace, Title, By string
	Problem                         string // why it cannot be used; or what is to be done about it
	At                              time.Time
	Role                            styled.Role // of its state
	Usable                          bool
	Rest                            bool // it was interrupted, and its rest can be planned
}

// JournalList is the journal as it was read.
type JournalList struct {
	Rows  []JournalRow
	Notes []string // what the rows do not say: what is not shown, what could not be read
}

// journalPage is the page of what was applied.
type journalPage struct {
	choice[JournalRow, string]
	loaded[JournalList]
	read func(context.Context) (JournalList, error)
}

// NewJournal makes the page; read reads the journal.
func NewJournal(env *Env, read func(context.Context) (JournalList, error)) Pane {
	p := &journalPage{choice: choice[JournalRow, string]{env: env}, read: read}
	p.table = widget.NewTable(widget.Spec[JournalRow, string]{
		Header: true,
		Key:    func(r JournalRow) string { return r.ID },
		Columns: []widget.Column[JournalRow]{
			{Title: "state", Min: 11, Max: 11, Cell: func(r JournalRow) styled.Span { return styled.T(r.Role, r.State) }},
			{Title: "applied", Min: 32, Grow: true, Cell: func(r JournalRow) styled.Span { return styled.T(styled.Normal, r.Title) }},
			{Title: "namespace", Min: 8, Max: 24, Keep: 2, Middle: true, Cell: func(r JournalRow) styled.Span { return styled.T(styled.Muted, r.Namespace) }},
			{Title: "by", Min: 12, Max: 24, Keep: 1, Middle: true, Cell: func(r JournalRow) styled.Span { return styled.T(styled.Muted, r.By) }},
			{Title: "age", Min: 3, Keep: 3, Right: true, Cell: func(r JournalRow) styled.Span { return styled.T(styled.Muted, env.Age(r.At)) }},
		},
		Under: func(r JournalRow) []styled.Line {
			if r.Problem == "" {
				return nil
			}
			return []styled.Line{{styled.T(styled.Muted, "   "+env.Theme.Last), styled.T(r.Role, r.Problem)}}
		},
	})
	return p
}

// Start reads the journal.
func (p *journalPage) Start() Request {
	return p.fetch("journal", p.read, func() Request {
		p.table.SetItems(p.value.Rows)
		return nil
	})
}

// Load has nothing to take over: the journal is read when it is opened.
func (p *journalPage) Load() {}

// Title counts the entries.
func (p *journalPage) Title() (title, right styled.Line) {
	title = styled.Of(styled.Strong, "Journal")
	if p.has {
		title = append(title, styled.T(styled.Muted, " "+text.Count(p.table.Len())))
	}
	return title, backHint()
}

// Offers lists what the journal answers.
func (p *journalPage) Offers() []keymap.Offer {
	undo := keymap.Offer{Action: keymap.Open, Label: "plan undo"}
	none := ""
	switch r, ok := p.table.Selected(); {
	case !ok:
		undo.Disabled, none = "nothing is selected", "nothing is selected"
	case !r.Usable:
		undo.Disabled = "this entry cannot be undone: " + first(r.Problem, r.State)
	}
	return p.offers(undo, keymap.Offer{Action: keymap.Copy, Disabled: none}, keymap.Offer{Action: keymap.Reload})
}

// Do answers an action.
func (p *journalPage) Do(a keymap.Action) Request {
	r, ok := p.table.Selected()
	switch {
	case a == keymap.Reload:
		return p.Start()
	case ok && a == keymap.Open:
		return PlanUndo{r.ID, r.Rest}
	case ok && a == keymap.Copy:
		return Copy{"the entry's id", r.ID}
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *journalPage) Draw(w, h int, focused bool) []string {
	th := p.env.Theme
	var notes []styled.Line
	for _, n := range p.value.Notes {
		notes = append(notes, styled.Of(styled.Medium, n))
	}
	switch status := p.status("the journal"); {
	case !p.has:
		return drawText(th, status, w, h)
	case p.table.Len() == 0:
		return drawText(th, append([]styled.Line{styled.L("Nothing was applied here with careen, as far as can be read.")}, notes...), w, h)
	default:
		notes = append(status, notes...)
	}
	below := drawText(th, notes, w, min(len(notes), h/3))
	return append(p.draw("entry", w, h-len(below), focused), below...)
}
