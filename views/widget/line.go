package widget

import "strings"

// Span is text of one role.
type Span struct {
	Text string
	Role Role
}

// Line is what stands on one line of the screen.
type Line []Span

// T is a span.
func T(role Role, text string) Span { return Span{text, role} }

// L is a line of plain text.
func L(text string) Line { return Line{{text, Normal}} }

// Width is the number of cells that the line wants.
func (l Line) Width() int {
	n := 0
	for _, s := range l {
		n += Width(Clean(s.Text))
	}
	return n
}

// String is the text without its roles.
func (l Line) String() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Draw returns exactly w cells: cut with a mark where it is longer, padded where
// it is shorter. Neighbouring spans of one role share one escape sequence.
func (l Line) Draw(t *Theme, w int, state State) string {
	if w <= 0 {
		return ""
	}
	var b, run strings.Builder
	role := Normal
	put := func(r Role, s string) {
		if s == "" {
			return
		}
		if r != role && run.Len() > 0 {
			b.WriteString(t.Paint(role, state, run.String()))
			run.Reset()
		}
		role = r
		run.WriteString(s)
	}
	left := w
	for i, s := range l {
		text := Clean(s.Text)
		if state != Focused && strings.TrimLeft(text, " ") == "" {
			s.Role = Normal // a blank has no colour, and costs no sequence
		}
		n := Width(text)
		if n > left || (n == left && i < len(l)-1 && l[i+1:].Width() > 0) {
			cut := Cut(text+t.Cut, left, t.Cut)
			if Width(cut) > left {
				cut = Cut(text, left, "")
			}
			put(s.Role, cut)
			left -= Width(cut)
			break
		}
		put(s.Role, text)
		left -= n
	}
	if left > 0 {
		put(Normal, blanks(left))
	}
	b.WriteString(t.Paint(role, state, run.String()))
	return b.String()
}

// Spread puts left at the beginning and right at the end of w cells. Left is cut
// to make room; where less than a third of the line would be left of it, right is
// given up.
func Spread(t *Theme, left, right Line, w int) Line {
	rw := right.Width()
	lw := left.Width()
	switch {
	case rw == 0:
		return left
	case lw+rw+2 <= w:
		return append(append(append(Line{}, left...), Span{Text: blanks(w - lw - rw)}), right...)
	case w-rw-2 < w/3:
		return left
	}
	out := left.Cut(t, w-rw-2)
	return append(append(out, Span{Text: blanks(w - rw - out.Width())}), right...)
}

// Cut returns the line shortened to at most w cells, cleaned, with the theme's
// mark at its end where something had to go.
func (l Line) Cut(t *Theme, w int) Line {
	if l.Width() <= w {
		return append(Line{}, l...)
	}
	var out Line
	left := w
	for _, s := range l {
		text := Clean(s.Text)
		if n := Width(text); n < left {
			out = append(out, Span{text, s.Role})
			left -= n
			continue
		}
		return append(out, Span{Cut(text+t.Cut+" ", left, t.Cut), s.Role})
	}
	return out
}

// Join puts a separator between parts, leaving out empty ones.
func Join(sep Span, parts ...Line) Line {
	var out Line
	for _, p := range parts {
		if len(p) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, sep)
		}
		out = append(out, p...)
	}
	return out
}

// Fill makes exactly h lines of w cells of drawn lines: short ones are only ever
// added below, long lists are cut. Each given line must already be w cells.
func Fill(lines []string, w, h int) []string {
	if h <= 0 {
		return nil
	}
	if len(lines) > h {
		return lines[:h]
	}
	for len(lines) < h {
		lines = append(lines, blanks(w))
	}
	return lines
}
