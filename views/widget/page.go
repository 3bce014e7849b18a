package widget

import "strings"

// Para is a paragraph of a page: wrapped at the width of the page.
type Para[K comparable] struct {
	Left  Line
	Right Line // at the end of the line, or below it where there is no room
	Value Line // after Left, which is its label; below it where beside it would be a gutter
	Below int  // cells before a Value that stands below its label
	Hang  int  // cells before every line but the first, and before Right below
	Cut   bool // cut off rather than wrapped
	Stop  bool // it can be selected, and is known by Key
	Key   K
}

// Page is text to read and scroll. Paragraphs that are stops can be selected.
type Page[K comparable] struct {
	paras  []Para[K]
	lines  []pageLine
	starts []int // first line of each paragraph, and the number of lines
	theme  *Theme
	width  int
	height int
	top    int
	cursor int // paragraph, or -1
	key    K
	picked bool
}

type pageLine struct {
	line Line
	para int
}

// NewPage makes an empty page.
func NewPage[K comparable]() *Page[K] { return &Page[K]{cursor: -1, height: 10} }

// Set swaps the text. The selection stays on its key, and the page where it was.
func (p *Page[K]) Set(paras []Para[K]) {
	p.paras, p.width = paras, -1
	p.cursor = -1
	if !p.picked {
		return
	}
	for i := range paras {
		if paras[i].Stop && paras[i].Key == p.key {
			p.cursor = i
			return
		}
	}
}

// Reset goes back to the top, with nothing selected.
func (p *Page[K]) Reset() { p.top, p.cursor, p.picked = 0, -1, false }

// Selected is the key of the selected paragraph.
func (p *Page[K]) Selected() (key K, ok bool) {
	if p.cursor < 0 {
		return key, false
	}
	return p.key, true
}

// Select selects the paragraph of that key, and shows it.
func (p *Page[K]) Select(key K) {
	for i := range p.paras {
		if p.paras[i].Stop && p.paras[i].Key == key {
			p.pick(i)
			return
		}
	}
}

// Pick selects the paragraph that was drawn at a line, counted from 0; it tells
// whether there is one that can be selected.
func (p *Page[K]) Pick(line int) bool {
	at := p.top + line
	if line < 0 || line >= p.height || at >= len(p.lines) || !p.paras[p.lines[at].para].Stop {
		return false
	}
	p.pick(p.lines[at].para)
	return true
}

func (p *Page[K]) pick(i int) {
	p.cursor, p.key, p.picked = i, p.paras[i].Key, true
	if i+1 < len(p.starts) {
		p.show(p.starts[i], p.starts[i+1])
	}
}

func (p *Page[K]) show(from, to int) {
	if to > p.top+p.height {
		p.top = to - p.height
	}
	if from < p.top {
		p.top = from
	}
}

// Move goes to the next stop, down or up; where that is further than a page away,
// or where there is none, it scrolls by a line.
func (p *Page[K]) Move(n int) {
	step := 1
	if n < 0 {
		step = -1
	}
	for range max(n, -n) {
		p.step(step)
	}
}

func (p *Page[K]) step(by int) {
	at := p.cursor
	if at < 0 && by < 0 {
		at = len(p.paras)
	}
	for i := at + by; i >= 0 && i < len(p.paras); i += by {
		if !p.paras[i].Stop {
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

// first tells whether no stop stands above i: what is above can then be read only
// by scrolling to it.
func (p *Page[K]) first(i int) bool {
	for j := range i {
		if p.paras[j].Stop {
			return false
		}
	}
	return len(p.starts) > i+1 && p.starts[i+1] <= p.height
}

// Scroll moves the text by n lines.
func (p *Page[K]) Scroll(n int) { p.top += n; p.clamp() }

// Turn moves by n pages.
func (p *Page[K]) Turn(n int) { p.Scroll(n * max(p.height-1, 1)) }

// Ends goes to the beginning, or to the end.
func (p *Page[K]) Ends(last bool) {
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
		if p.paras[j].Stop {
			p.cursor, p.key, p.picked = j, p.paras[j].Key, true
			return
		}
	}
}

func (p *Page[K]) clamp() { p.top = min(max(p.top, 0), max(len(p.lines)-p.height, 0)) }

func (p *Page[K]) wrap(th *Theme, w int) {
	if p.width == w && p.theme == th {
		return
	}
	p.width, p.theme = w, th
	p.lines, p.starts = p.lines[:0], p.starts[:0]
	room := w - gutter
	for i, para := range p.paras {
		p.starts = append(p.starts, len(p.lines))
		if len(para.Value) > 0 {
			for _, l := range para.labelled(room) {
				p.lines = append(p.lines, pageLine{l, i})
			}
			continue
		}
		switch fits := para.Left.Width()+para.Right.Width()+2 <= room; {
		case para.Cut || (fits && len(para.Right) > 0):
			p.lines = append(p.lines, pageLine{Spread(th, para.Left, para.Right, room), i})
			continue
		default:
			for _, l := range Wrap(para.Left, room, para.Hang) {
				p.lines = append(p.lines, pageLine{l, i})
			}
		}
		if len(para.Right) > 0 {
			line := append(Line{{blanks(para.Hang), Normal}}, para.Right...)
			p.lines = append(p.lines, pageLine{line, i})
		}
	}
	p.starts = append(p.starts, len(p.lines))
}

// gutterless is the least room in which a value is wrapped beside its label.
const gutterless = 40

// labelled writes a label and its value within w cells.
func (p Para[K]) labelled(w int) []Line {
	whole := append(append(Line{}, p.Left...), p.Value...)
	if whole.Width() <= w || w-max(p.Hang, p.Left.Width()) >= gutterless {
		return Wrap(whole, w, p.Hang)
	}
	label := append(Line{}, p.Left...)
	if n := len(label); n > 0 {
		label[n-1].Text = strings.TrimRight(label[n-1].Text, " ")
	}
	value := append(Line{{blanks(p.Below), Normal}}, p.Value...)
	return append(Wrap(label, w, p.Below), Wrap(value, w, p.Below)...)
}

// Draw returns exactly h lines of w cells.
func (p *Page[K]) Draw(th *Theme, w, h int, focused bool) []string {
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
		out = append(out, append(Line{{sign, Accent}}, l.line...).Draw(th, w, state))
	}
	return Fill(out, w, h)
}

// More tells how many lines stand below what was drawn last.
func (p *Page[K]) More() int { return max(len(p.lines)-p.top-p.height, 0) }
