package views

import (
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// body is how a page draws what it shows: paragraphs that can be selected, or lines
// that can be filtered.
type body interface {
	draw(th *widget.Theme, head []styled.Line, w, h int, focused bool) []string
	// moved answers the actions of movement, and reports whether a was one.
	moved(a keymap.Action) bool
	at() (stop, bool)
	canFilter() bool
	// Click selects what is drawn at a line, where it can be selected.
	Click(line int) bool
	// Filter shows only lines that hold a text; "" shows all.
	Filter(text string)
	Filtered() string
	// Place is the first line on the screen and the number of lines; 0 for paragraphs.
	Place() (at, of int)
}

// paragraphs is a body of paragraphs, written again whenever it is drawn.
type paragraphs struct {
	*widget.Page
	write func() []styled.Para
}

func newParagraphs(write func() []styled.Para) *paragraphs {
	return &paragraphs{widget.NewPage(), write}
}

func (b *paragraphs) draw(th *widget.Theme, head []styled.Line, w, h int, focused bool) []string {
	list := b.write()
	if len(head) > 0 {
		list = slices.Concat(styled.Lines(0, head), []styled.Para{styled.Blank()}, list)
	}
	b.Set(list)
	return b.Draw(th, w, h, focused)
}

func (b *paragraphs) moved(a keymap.Action) bool { return moved(a, b.Move, b.Turn, b.Ends) }
func (b *paragraphs) at() (stop, bool)           { return selected(b.Page) }
func (b *paragraphs) canFilter() bool            { return false }
func (b *paragraphs) Click(line int) bool        { return b.Pick(line) }
func (b *paragraphs) Filter(string)              {}
func (b *paragraphs) Filtered() string           { return "" }
func (b *paragraphs) Place() (at, of int)        { return 0, 0 }

// lines is a body of lines, of which only those on the screen are wrapped.
type lines struct {
	*widget.Pager
	all    []styled.Line
	notes  []styled.Line // above the first line
	empty  string        // said where there are no lines
	shown  []int         // those that match the filter; nil for all
	filter string
}

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

// show applies the filter.
func (b *lines) show() {
	b.shown = nil
	if b.filter == "" {
		b.Set(len(b.all), func(i int) styled.Line { return b.all[i] })
		return
	}
	b.shown = []int{}
	want := strings.ToLower(b.filter)
	for i, l := range b.all {
		if strings.Contains(strings.ToLower(l.String()), want) {
			b.shown = append(b.shown, i)
		}
	}
	b.Set(len(b.shown), func(i int) styled.Line { return b.all[b.shown[i]] })
}

func (b *lines) draw(th *widget.Theme, head []styled.Line, w, h int, _ bool) []string {
	switch {
	case len(head) == 0 && len(b.all) == 0 && b.empty != "":
		head = append(head, styled.Of(styled.Muted, b.empty))
	case b.filter != "" && len(b.shown) == 0:
		head = append(head, styled.Of(styled.Muted, "No line contains "+b.filter+"."))
	case b.filter == "" && b.Top() == 0:
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
func (b *lines) canFilter() bool            { return true }
func (b *lines) Click(int) bool             { return false }

// Filter goes to the first line that is left.
func (b *lines) Filter(text string) {
	if text == b.filter {
		return
	}
	b.filter = text
	b.show()
	b.Show(0)
}

func (b *lines) Filtered() string { return b.filter }

func (b *lines) Place() (at, of int) { return min(b.Top()+1, b.Lines()), b.Lines() }
