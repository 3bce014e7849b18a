package widget

import "github.com/careen-tui/careen/internal/styled"

// Pager shows a long text of which only the lines on the screen are wrapped: ten
// thousand lines scroll as fifty.
type Pager struct {
	n      int
	line   func(i int) styled.Line
	top    int // the first line shown
	skip   int // rows of it that are above the screen
	bottom int // the last line shown
	end    bool
	width  int
	height int
	cut    bool // long lines are cut, not wrapped
	hang   int  // blanks before what of a line is wrapped; 0 for a little more than it begins with
}

// NewPager makes an empty pager.
func NewPager() *Pager { return &Pager{height: 10, width: 80} }

// Set swaps the text. Where the pager stood stays, counted from the first line; a
// pager that stands at the end stays there.
func (p *Pager) Set(n int, line func(i int) styled.Line) { p.n, p.line = n, line }

// Shift says that lines went away at the beginning of the text.
func (p *Pager) Shift(gone int) {
	if p.top -= gone; p.top < 0 {
		p.top, p.skip = 0, 0
	}
}

// Follow keeps the pager at the end while text is added.
func (p *Pager) Follow(on bool) { p.end = on }

// Following reports whether the pager stays at the end.
func (p *Pager) Following() bool { return p.end }

// Cutting says whether long lines are cut rather than wrapped.
func (p *Pager) Cutting(on bool) {
	p.cut, p.skip = on, 0
}

// Hang says in which column the text of the lines begins, behind keys or names.
func (p *Pager) Hang(column int) { p.hang = column }

// IsCutting reports whether long lines are cut.
func (p *Pager) IsCutting() bool { return p.cut }

// Lines is the number of lines of the text.
func (p *Pager) Lines() int { return p.n }

// Top is the first line shown.
func (p *Pager) Top() int { return p.top }

// Show scrolls so that a line is the first.
func (p *Pager) Show(i int) {
	p.top, p.skip, p.end = min(max(i, 0), max(p.n-1, 0)), 0, false
	p.clamp()
}

// Move scrolls by n rows.
func (p *Pager) Move(n int) {
	for ; n > 0; n-- {
		if p.skip+1 < len(p.wrap(p.top)) {
			p.skip++
		} else if p.top+1 < p.n {
			p.top, p.skip = p.top+1, 0
		}
	}
	for ; n < 0; n++ {
		p.end = false
		if p.skip > 0 {
			p.skip--
		} else if p.top > 0 {
			p.top--
			p.skip = len(p.wrap(p.top)) - 1
		}
	}
	p.clamp()
}

// Turn scrolls by n pages.
func (p *Pager) Turn(n int) { p.Move(n * max(p.height-1, 1)) }

// Ends goes to the beginning, or to the end.
func (p *Pager) Ends(last bool) {
	p.top, p.skip = 0, 0
	if last {
		p.top, p.skip = p.last()
	}
	p.end = p.end && last
}

// last is where the pager stands when the end of the text is at the bottom.
func (p *Pager) last() (top, skip int) {
	rows := 0
	for i := p.n - 1; i >= 0; i-- {
		rows += len(p.wrap(i))
		if rows >= p.height {
			return i, rows - p.height
		}
	}
	return 0, 0
}

func (p *Pager) clamp() {
	top, skip := p.last()
	if p.top > top || p.top == top && p.skip > skip {
		p.top, p.skip = top, skip
	}
}

func (p *Pager) wrap(i int) []styled.Line {
	if i < 0 || i >= p.n || p.width <= 0 {
		return nil
	}
	l := p.line(i)
	if p.cut {
		return []styled.Line{l} // drawing cuts it
	}
	if p.hang > 0 && len(l) > 1 {
		return Wrap(l, p.width, min(p.hang, p.width/2))
	}
	lead := 0
	if len(l) > 0 {
		for lead < len(l[0].Text) && l[0].Text[lead] == ' ' {
			lead++
		}
	}
	return Wrap(l, p.width, min(lead+2, p.width/2))
}

// Span is the first and the last line of the text on the screen, from 1, and the number of
// lines, as they were drawn last.
func (p *Pager) Span() (from, to, of int) { return p.top + 1, p.bottom + 1, p.n }

// Draw returns exactly h lines of w cells.
func (p *Pager) Draw(th *Theme, w, h int) []string {
	if w <= 0 || h <= 0 {
		return Fill(nil, max(w, 0), h)
	}
	p.width, p.height = max(w-gutter, 1), h
	if p.end {
		p.top, p.skip = p.last()
	}
	p.clamp()
	out := make([]string, 0, h)
	for i := p.top; i < p.n && len(out) < h; i++ {
		rows := p.wrap(i)
		if i == p.top {
			rows = rows[min(p.skip, len(rows)):]
		}
		for _, r := range rows {
			if len(out) < h {
				p.bottom = i
				out = append(out, DrawLine(th, append(styled.Of(styled.Normal, " "), r...), w, Plain))
			}
		}
	}
	return Fill(out, w, h)
}
