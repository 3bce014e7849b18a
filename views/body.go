package views

import (
	"slices"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// body is how a page draws what it shows: paragraphs that can be selected, or lines
// that can be searched.
type body interface {
	draw(th *widget.Theme, head []styled.Line, w, h int, focused bool) []string
	// moved answers the actions of movement, and reports whether a was one.
	moved(a keymap.Action) bool
	at() (stop, bool)
	canSearch() bool
	// Click selects what is drawn at a line, where it can be selected.
	Click(line int) bool
	// Nth selects the nth of what can be selected, from 1, and reports whether there is one.
	Nth(n int) bool
	// Filter looks for a text; "" ends the search.
	Filter(text string)
	Filtered() string
	// found is what the title says of a search; nil where there is none.
	found() styled.Line
	// next goes to the next match, or to the one before; toggle shows the lines that match
	// alone, or all again.
	next(by int)
	toggle()
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
func (b *paragraphs) canSearch() bool            { return false }
func (b *paragraphs) Click(line int) bool        { return b.Pick(line) }
func (b *paragraphs) Filter(string)              {}
func (b *paragraphs) Filtered() string           { return "" }
func (b *paragraphs) found() styled.Line         { return nil }
func (b *paragraphs) next(int)                   {}
func (b *paragraphs) toggle()                    {}
func (b *paragraphs) Place() (at, of int)        { return 0, 0 }
