package views

import (
	"time"

	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// JournalRow is one applied plan.
type JournalRow struct {
	ID, State, Namespace, Title, By string
	Problem                         string // why it cannot be used; or what is to be done about it
	At                              time.Time
	Role                            widget.Role // of its state
	Usable                          bool
}

// Journal is the page of what was applied.
type Journal struct {
	choice[JournalRow, string]
	unread []string
	err    error
	read   bool
}

// NewJournal makes the page, which waits to be given its rows.
func NewJournal(env *Env) *Journal {
	p := &Journal{choice: choice[JournalRow, string]{env: env}}
	p.table = widget.NewTable(widget.Spec[JournalRow, string]{
		Header: true,
		Key:    func(r JournalRow) string { return r.ID },
		Columns: []widget.Column[JournalRow]{
			{Title: "state", Min: 11, Max: 11, Cell: func(r JournalRow) widget.Span { return widget.T(r.Role, r.State) }},
			{Title: "applied", Min: 32, Grow: true, Cell: func(r JournalRow) widget.Span { return widget.T(widget.Normal, r.Title) }},
			{Title: "namespace", Min: 8, Max: 24, Keep: 2, Middle: true, Cell: func(r JournalRow) widget.Span { return widget.T(widget.Muted, r.Namespace) }},
			{Title: "by", Min: 12, Max: 24, Keep: 1, Middle: true, Cell: func(r JournalRow) widget.Span { return widget.T(widget.Muted, r.By) }},
			{Title: "age", Min: 3, Keep: 3, Right: true, Cell: func(r JournalRow) widget.Span { return widget.T(widget.Muted, env.Age(r.At)) }},
		},
		Under: func(r JournalRow) []widget.Line {
			if r.Problem == "" {
				return nil
			}
			return []widget.Line{{widget.T(widget.Muted, "   "+env.Theme.Last), widget.T(r.Role, r.Problem)}}
		},
	})
	return p
}

// Set shows what was read; err is why nothing was.
func (p *Journal) Set(rows []JournalRow, unread []string, err error) {
	p.unread, p.err, p.read = unread, err, true
	p.table.SetItems(rows)
}

// Selected is the selected row.
func (p *Journal) Selected() (JournalRow, bool) { return p.table.Selected() }

// Load has nothing to take over: the journal is read when it is opened.
func (p *Journal) Load() {}

// Title counts the entries.
func (p *Journal) Title() (title, right widget.Line) {
	title = widget.Line{widget.T(widget.Strong, "Journal")}
	if p.read && p.err == nil {
		title = append(title, widget.T(widget.Muted, " "+widget.Count(p.table.Len())))
	}
	return title, widget.Line{widget.T(widget.Accent, "esc"), widget.T(widget.Muted, " back")}
}

// Offers lists what the journal answers.
func (p *Journal) Offers() []keymap.Offer {
	undo := keymap.Offer{Action: keymap.Open, Label: "plan its undo"}
	none := ""
	switch r, ok := p.table.Selected(); {
	case !ok:
		undo.Disabled, none = "nothing is selected", "nothing is selected"
	case !r.Usable:
		undo.Disabled = "this entry cannot be taken back: " + first(r.Problem, r.State)
	}
	return p.offers(undo, keymap.Offer{Action: keymap.Copy, Disabled: none})
}

// Do answers an action.
func (p *Journal) Do(a keymap.Action) Request {
	if a != keymap.Copy {
		return p.choice.Do(a)
	}
	if r, ok := p.table.Selected(); ok {
		return Copy{"the entry's id", r.ID}
	}
	return nil
}

// Draw returns exactly h lines of w cells.
func (p *Journal) Draw(w, h int, focused bool) []string {
	th := p.env.Theme
	var notes []widget.Line
	for _, u := range p.unread {
		notes = append(notes, widget.Line{widget.T(widget.Medium, "Not looked in "+u)})
	}
	switch {
	case !p.read:
		return drawText(th, []widget.Line{widget.L("Reading the journal " + th.Cut)}, w, h)
	case p.err != nil:
		return drawText(th, []widget.Line{{widget.T(widget.Bad, "The journal cannot be read: "), widget.T(widget.Normal, p.err.Error())}}, w, h)
	case p.table.Len() == 0:
		return drawText(th, append([]widget.Line{widget.L("Nothing was applied here with careen, as far as can be read.")}, notes...), w, h)
	case p.table.Shown() == 0:
		return drawText(th, p.env.blank(knowledge{}, "entry", p.table.Len(), p.table.Filtered(), nil), w, h)
	}
	below := drawText(th, notes, w, min(len(notes), h/3))
	return append(p.table.Draw(th, w, h-len(below), pickState(focused)), below...)
}
