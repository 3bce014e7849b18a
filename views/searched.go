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

// lines is a body of lines, of which only those on the screen are wrapped. They can be
// searched: what matches is highlighted, and the lines around it stay, unless only those
// that match are asked for.
type lines struct {
	*widget.Pager
	all     []styled.Line
	notes   []styled.Line // above the first line
	empty   string        // said where there are no lines
	search  string        // in lower case
	matches []int         // lines that hold it
	match   int           // the one of those that was gone to
	only    bool          // no other lines are shown
}

// leading is how many lines stay above a match that is gone to.
const leading = 3

func newLines(empty string) *lines {
	b := &lines{Pager: widget.NewPager(), empty: empty}
	b.show()
	return b
}

// put swaps the lines.
func (b *lines) put(list []styled.Line) {
	b.all = list
	b.show()
}

// show finds the matches, and says which lines there are.
func (b *lines) show() {
	b.matches = b.matches[:0]
	if b.search != "" {
		for i, l := range b.all {
			if strings.Contains(strings.ToLower(l.String()), b.search) {
				b.matches = append(b.matches, i)
			}
		}
	}
	b.match = min(b.match, max(len(b.matches)-1, 0))
	if b.narrowed() {
		b.Set(len(b.matches), func(i int) styled.Line { return widget.Highlight(b.all[b.matches[i]], b.search) })
		return
	}
	b.Set(len(b.all), func(i int) styled.Line { return widget.Highlight(b.all[i], b.search) })
}

// narrowed reports whether only lines that match are shown.
func (b *lines) narrowed() bool { return b.only && b.search != "" }

func (b *lines) draw(th *widget.Theme, head []styled.Line, w, h int, _ bool) []string {
	switch {
	case len(head) == 0 && len(b.all) == 0 && b.empty != "":
		head = append(head, styled.Of(styled.Muted, b.empty))
	case b.search != "" && len(b.matches) == 0:
		head = append(head, styled.Of(styled.Muted, "No line contains "+b.search+"."))
	case b.search == "" && b.Top() == 0:
		head = slices.Concat(head, b.notes)
	}
	rows := 0
	for _, l := range head {
		rows += len(widget.Wrap(l, w-2, 0))
	}
	top := drawText(th, head, w, min(rows, max(h, 0)))
	return widget.Fill(append(top, b.Draw(th, w, max(h-len(top), 0))...), w, h)
}

func (b *lines) moved(a keymap.Action) bool { return moved(a, b.Move, b.Turn, b.Ends) }
func (b *lines) at() (stop, bool)           { return stop{}, false }
func (b *lines) canSearch() bool            { return true }
func (b *lines) Click(int) bool             { return false }
func (b *lines) Nth(int) bool               { return false }

// Filter looks for a text from the first line on the screen on.
func (b *lines) Filter(text string) {
	text = strings.ToLower(text)
	if text == b.search {
		return
	}
	top := b.line(b.Top())
	b.search = text
	b.show()
	b.match = 0
	if i := slices.IndexFunc(b.matches, func(line int) bool { return line >= top }); i > 0 {
		b.match = i
	}
	switch {
	case len(b.matches) > 0:
		b.turn()
	case b.search == "":
		b.Show(top)
	}
}

// line is the number of a line that is shown, among all.
func (b *lines) line(shown int) int {
	if b.narrowed() && shown < len(b.matches) {
		return b.matches[shown]
	}
	return shown
}

// turn scrolls to the match that was gone to.
func (b *lines) turn() {
	if b.narrowed() {
		b.Show(b.match)
		return
	}
	b.Show(b.matches[b.match] - leading)
}

// next goes to another match, around the end.
func (b *lines) next(by int) {
	if n := len(b.matches); n > 0 {
		b.match = (b.match + by + n) % n
		b.turn()
	}
}

// toggle shows the lines that match alone, or all again.
func (b *lines) toggle() {
	b.only = !b.only
	b.show()
	if len(b.matches) > 0 {
		b.turn()
	}
}

func (b *lines) Filtered() string { return b.search }

func (b *lines) found() styled.Line {
	if b.search == "" {
		return nil
	}
	said := "not found"
	if n := len(b.matches); n > 0 {
		said = fmt.Sprintf("%s of %s", text.Count(b.match+1), text.Count(n))
	}
	return styled.Line{styled.T(styled.Accent, "  /"+b.search), styled.T(styled.Muted, " "+said)}
}

func (b *lines) Place() (at, of int) { return min(b.Top()+1, b.Lines()), b.Lines() }

// searching are the offers of a page that can be searched.
func searching(b body) []keymap.Offer {
	why := ""
	if b.Filtered() == "" {
		why = "nothing is searched for: / begins"
	}
	wrap := keymap.Offer{Action: keymap.Wrap, Label: "cut long lines"}
	if l, ok := b.(*lines); ok && l.IsCutting() {
		wrap.Label = "wrap long lines"
	}
	return []keymap.Offer{
		wrap,
		{Action: keymap.Filter, Label: "search"},
		{Action: keymap.NextMatch, Disabled: why},
		{Action: keymap.PrevMatch, Disabled: why},
		{Action: keymap.OnlyMatches, Disabled: why},
	}
}

// searched answers the actions of a search, and reports whether a was one.
func searched(b body, a keymap.Action) bool {
	switch a {
	case keymap.NextMatch:
		b.next(1)
	case keymap.PrevMatch:
		b.next(-1)
	case keymap.OnlyMatches:
		b.toggle()
	case keymap.Wrap:
		if l, ok := b.(*lines); ok {
			l.Cutting(!l.IsCutting())
		}
	default:
		return false
	}
	return true
}
