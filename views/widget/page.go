package widget

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/styled"
)

// Page is text to read and scroll. Paragraphs that have a key can be selected.
type Page struct {
	paras  []styled.Para
	lines  []pageLine
	starts []int // first line of each paragraph, and the number of lines
	theme  *Theme
	width  int
	height int
	top    int
	cursor int // paragraph, or -1
	key    any // of the selection; nil for none
}

type pageLine struct {
	line styled.Line
	para int
}

// NewPage makes an empty page.
func NewPage() *Page { return &Page{cursor: -1, height: 10} }

// Set swaps the text. The selection stays on its key, and the page where it was.
func (p *Page) Set(paras []styled.Para) {
	p.paras, p.width = paras, -1
	p.cursor = p.find(p.key)
}

// find is the paragraph of that key; -1 where there is none.
func (p *Page) find(key any) int {
	if key == nil {
		return -1
	}
	return slices.IndexFunc(p.paras, func(q styled.Para) bool { return q.Key == key })
}

// Reset goes back to the top, with nothing selected.
func (p *Page) Reset() { p.top, p.cursor, p.key = 0, -1, nil }

// Selected is the key of the selected paragraph; nil where none is.
func (p *Page) Selected() any {
	if p.cursor < 0 {
		return nil
	}
	return p.key
}

// Select selects the paragraph of that key, and shows it.
func (p *Page) Select(key any) {
	if i := p.find(key); i >= 0 {
		p.pick(i)
	}
}

// Nth selects the nth of the paragraphs that can be selected, from 1; it reports whether
// there is one.
func (p *Page) Nth(n int) bool {
	for i := range p.paras {
		if p.paras[i].Key == nil {
			continue
		}
		if n--; n == 0 {
			p.pick(i)
			return true
		}
	}
	return false
}

// Pick selects the paragraph that was drawn at a line, counted from 0; it
// reports whether there is one that can be selected.
func (p *Page) Pick(line int) bool {
	at := p.top + line
	if line < 0 || line >= p.height || at >= len(p.lines) || p.paras[p.lines[at].para].Key == nil {
		return false
	}
	p.pick(p.lines[at].para)
	return true
}

func (p *Page) pick(i int) {
	p.cursor, p.key = i, p.paras[i].Key
	if i+1 < len(p.starts) {
		p.show(p.starts[i], p.starts[i+1])
	}
}

func (p *Page) show(from, to int) {
	if to > p.top+p.height {
		p.top = to - p.height
	}
	if from < p.top {
		p.top = from
	}
}

// Move goes to the next paragraph that can be selected, down or up; where that is further than a page away,
// or where there is none, it scrolls by a line.
func (p *Page) Move(n int) {
	step := 1
	if n < 0 {
		step = -1
	}
	for range max(n, -n) {
		p.step(step)
	}
}

func (p *Page) step(by int) {
	at := p.cursor
	if at < 0 && by < 0 {
		at = len(p.paras)
	}
	for i := at + by; i >= 0 && i < len(p.paras); i += by {
		if p.paras[i].Key == nil {
			continue
		}
		if len(p.starts) > i+1 && (p.starts[i+1] > p.top+p.height+3 || p.starts[i] < p.top-3) && p.cursor >= 0 {
			break
		}
		p.pick(i)
		if by < 0 && p.first(i) {
			p.top = 0
		}
		return
	}
	p.Scroll(by)
}

// first reports whether nothing above i can be selected: what is above can then be
// read only by scrolling to it.
func (p *Page) first(i int) bool {
	for j := range i {
		if p.paras[j].Key != nil {
			return false
		}
	}
	return len(p.starts) > i+1 && p.starts[i+1] <= p.height
}

// Scroll moves the text by n lines.
func (p *Page) Scroll(n int) { p.top += n; p.clamp() }

// Turn moves by n pages.
func (p *Page) Turn(n int) { p.Scroll(n * max(p.height-1, 1)) }

// Ends goes to the beginning, or to the end.
func (p *Page) Ends(last bool) {
	p.top = 0
	if last {
		p.top = len(p.lines)
	}
	p.clamp()
	for i := range p.paras {
		j := i
		if last {
			j = len(p.paras) - 1 - i
		}
		if p.paras[j].Key != nil {
			p.cursor, p.key = j, p.paras[j].Key
			return
		}
	}
}

func (p *Page) clamp() { p.top = min(max(p.top, 0), max(len(p.lines)-p.height, 0)) }

// Span is the first and the last line on the screen, from 1, and the number of lines, as
// they were drawn last.
func (p *Page) Span() (from, to, of int) {
	return p.top + 1, min(p.top+p.height, len(p.lines)), len(p.lines)
}

func (p *Page) wrap(th *Theme, w int) {
	if p.width == w && p.theme == th {
		return
	}
	p.width, p.theme = w, th
	p.lines, p.starts = p.lines[:0], p.starts[:0]
	n := 0
	for i, para := range p.paras {
		p.starts = append(p.starts, len(p.lines))
		if th.Numbered && para.Key != nil {
			n++
			para = numbered(para, n)
		}
		for _, l := range wrapPara(th, para, w-gutter) {
			p.lines = append(p.lines, pageLine{l, i})
		}
	}
	p.starts = append(p.starts, len(p.lines))
}

// Draw returns exactly h lines of w cells.
func (p *Page) Draw(th *Theme, w, h int, focused bool) []string {
	if w <= 0 || h <= 0 {
		return Fill(nil, max(w, 0), h)
	}
	p.wrap(th, w)
	p.height = h
	p.clamp()
	out := make([]string, 0, h)
	for _, l := range p.lines[p.top:min(p.top+h, len(p.lines))] {
		state, sign := Plain, " "
		if focused && l.para == p.cursor {
			state, sign = Focused, th.Pick
		}
		out = append(out, DrawLine(th, append(styled.Of(styled.Accent, sign), l.line...), w, state))
	}
	return Fill(out, w, h)
}

// numbered is a paragraph with its number before it.
func numbered(p styled.Para, n int) styled.Para {
	number := styled.T(styled.Accent, fmt.Sprintf("%d. ", n))
	if len(p.Label) > 0 {
		p.Label = append(styled.Line{number}, p.Label...)
		p.Column += Width(number.Text)
		return p
	}
	p.Body = append(styled.Line{number}, p.Body...)
	return p
}
