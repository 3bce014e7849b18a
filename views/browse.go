package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// browse is what the panes of rows have in common. A pane embeds it and fills in
// what is its own.
type browse[T any, K comparable] struct {
	env     *Env
	info    PaneInfo
	table   *widget.Table[T, K]
	subject func(T) Subject
	total   func() int         // rows there are, whether shown or not
	hidden  func() styled.Line // why the scope hides them all
	following
}

// following is whether the detail follows a pane.
type following struct{ on bool }

// Follow says whether the detail follows the pane.
func (f *following) Follow(on bool) { f.on = on }

// at is how the selected row is drawn.
func (f *following) at(focused bool) widget.State {
	switch {
	case focused:
		return widget.Focused
	case f.on:
		return widget.Picked
	}
	return widget.Plain
}

func (b *browse[T, K]) Scope() keymap.Scope { return keymap.InList }

func (b *browse[T, K]) Title() (title, right styled.Line) {
	title = styled.Line{styled.T(styled.Strong, b.info.Title)}
	total, shown := b.total(), b.table.Shown()
	if b.env.Report != nil && (total > 0 || b.env.knows(b.info.Kinds...).whole()) {
		count := text.Count(total)
		if shown != total {
			count = fmt.Sprintf("%s of %s", text.Count(shown), count)
		}
		title = append(title, styled.T(styled.Muted, " "+count))
	}
	if f := b.table.Filtered(); f != "" {
		title = append(title, styled.T(styled.Accent, "  /"+f))
	}
	if n := len(b.table.Marked()); n > 0 {
		title = append(title, styled.T(styled.Accent, fmt.Sprintf("  %d marked", n)))
	}
	if s := b.table.SortedBy(); s != "" {
		right = styled.Line{styled.T(styled.Muted, "by "+s)}
	}
	return title, right
}

// take swaps the rows, or where they are the same sorts and filters them again if
// that could come out differently.
func (b *browse[T, K]) take(rows []T, changed bool) {
	if changed {
		b.table.SetItems(rows)
	} else {
		b.table.Refresh()
	}
	if !b.table.Held() && b.env.Report != nil && b.env.knows(b.info.Kinds...).whole() {
		b.table.Hold()
	}
}

func (b *browse[T, K]) Selected() Subject {
	if it, ok := b.table.Selected(); ok {
		return b.subject(it)
	}
	return Subject{}
}

// Columns shows these columns, in this order.
func (b *browse[T, K]) Columns(titles []string) error { return b.table.Choose(titles) }

// ColumnNames are those that there are.
func (b *browse[T, K]) ColumnNames() []string { return b.table.Columns() }

// Click selects the row drawn at a line.
func (b *browse[T, K]) Click(line int) bool { return b.table.Pick(line) }

func (b *browse[T, K]) Filter(text string)  { b.table.Filter(text) }
func (b *browse[T, K]) Filtered() string    { return b.table.Filtered() }
func (b *browse[T, K]) Place() (at, of int) { return b.table.Place(), b.table.Shown() }

// browseOffers are the actions that every pane of rows answers.
func (b *browse[T, K]) offers(first ...keymap.Offer) []keymap.Offer {
	none := ""
	if b.table.Shown() == 0 {
		none = "nothing is selected"
	}
	marked := len(b.table.Marked())
	sub := b.Selected()
	graph := none
	if none == "" && sub.Ref.IsZero() {
		graph = "the selection names no object"
	}
	clearing := keymap.Offer{Action: keymap.Back, Label: "clear filter"}
	switch {
	case b.table.Filtered() != "":
	case marked > 0:
		clearing.Label = "clear marks"
	default:
		clearing.Disabled = "there is nothing to go back to"
	}
	copying := keymap.Offer{Action: keymap.Copy, Disabled: none}
	if marked > 0 {
		copying.Disabled, copying.Label = "", fmt.Sprintf("copy %d marked", marked)
	}
	return slices.Concat([]keymap.Offer{{Action: keymap.Open, Disabled: none}}, first, []keymap.Offer{
		clearing,
		{Action: keymap.Graph, Disabled: graph},
		{Action: keymap.Filter},
		copying,
		{Action: keymap.Sort},
		{Action: keymap.Mark, Disabled: none},
		{Action: keymap.MarkAll, Disabled: none},
	}, moving(none))
}

// do answers the actions that every pane of rows answers; ok is false for others.
func (b *browse[T, K]) do(a keymap.Action) (r Request, ok bool) {
	if moved(a, b.table.Move, b.table.Page, b.table.Ends) {
		return nil, true
	}
	switch a {
	case keymap.Sort:
		b.table.SortNext()
	case keymap.Mark:
		b.table.Mark()
	case keymap.MarkAll:
		b.table.MarkAll()
	case keymap.Back:
		if b.table.Filtered() == "" {
			b.table.ClearMarks()
		}
		b.table.Filter("")
	case keymap.Open:
		b.table.Hold()
		return Open{b.Selected()}, true
	case keymap.Graph:
		return Around{b.Selected().Ref}, true
	case keymap.Copy:
		return b.copies(), true
	default:
		return nil, false
	}
	return nil, true
}

// copies copies what names the marked rows, one a line, or the selected one.
func (b *browse[T, K]) copies() Request {
	names := func(it T) (what, text string) {
		s := b.subject(it)
		if s.Finding != "" {
			return "the finding's id", string(s.Finding)
		}
		return "the name", s.Ref.Path()
	}
	var lines []string
	for _, it := range b.table.Marked() {
		_, text := names(it)
		lines = append(lines, text)
	}
	if len(lines) > 0 {
		return Copy{fmt.Sprintf("%d marked", len(lines)), strings.Join(lines, "\n")}
	}
	it, ok := b.table.Selected()
	if !ok {
		return nil
	}
	what, text := names(it)
	return Copy{what, text}
}

// Draw draws the rows, or why there are none, and below them what is not known.
func (b *browse[T, K]) Draw(w, h int, focused bool) []string {
	know := b.env.knows(b.info.Kinds...)
	if b.table.Shown() == 0 {
		var also styled.Line
		if b.hidden != nil && b.total() > 0 {
			also = b.hidden()
		}
		return drawText(b.env.Theme, b.env.blank(know, b.info.Noun, b.total(), b.table.Filtered(), also), w, h)
	}
	var note []string
	if gaps := know.gaps(); len(gaps) > 0 && h >= 4 {
		l := styled.Line{styled.T(styled.Normal, " "), gaps[0]}
		if len(gaps) > 1 {
			l = append(l, styled.T(styled.Muted, fmt.Sprintf("  and %d more", len(gaps)-1)))
		}
		note = []string{widget.DrawLine(b.env.Theme, l, w, widget.Plain)}
	}
	return append(b.table.Draw(b.env.Theme, w, h-len(note), b.at(focused)), note...)
}

// drawText wraps lines into a pane of w by h cells.
func drawText(th *widget.Theme, lines []styled.Line, w, h int) []string {
	var out []string
	for _, l := range lines {
		for _, part := range widget.Wrap(l, w-2, 0) {
			out = append(out, widget.DrawLine(th, append(styled.Of(styled.Normal, " "), part...), w, widget.Plain))
		}
	}
	return widget.Fill(out, w, h)
}
