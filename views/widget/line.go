package widget

import (
	"strings"

	"github.com/careen-tui/careen/internal/styled"
)

// LineWidth is the number of cells that a line takes.
func LineWidth(l styled.Line) int {
	n := 0
	for _, s := range l {
		n += Width(Clean(s.Text))
	}
	return n
}

// DrawLine returns exactly w cells: cut with a mark where the line is longer, padded
// where it is shorter. Neighbouring spans of one role share one escape sequence.
func DrawLine(t *Theme, l styled.Line, w int, state State) string {
	if w <= 0 {
		return ""
	}
	var b, run strings.Builder
	role := styled.Normal
	put := func(r styled.Role, s string) {
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
			s.Role = styled.Normal // a blank has no colour, and costs no sequence
		}
		n := Width(text)
		if n > left || (n == left && i < len(l)-1 && LineWidth(l[i+1:]) > 0) {
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
		put(styled.Normal, blanks(left))
	}
	b.WriteString(t.Paint(role, state, run.String()))
	return b.String()
}

// Spread puts left at the beginning and right at the end of w cells. Left is cut
// to make room; where less than a third of the line would be left of it, right is
// given up.
func Spread(t *Theme, left, right styled.Line, w int) styled.Line {
	lw, rw := LineWidth(left), LineWidth(right)
	switch {
	case rw == 0:
		return left
	case lw+rw+2 <= w:
		return append(append(append(styled.Line{}, left...), styled.Span{Text: blanks(w - lw - rw)}), right...)
	case w-rw-2 < w/3:
		return left
	}
	out := CutLine(t, left, w-rw-2)
	return append(append(out, styled.Span{Text: blanks(w - rw - LineWidth(out))}), right...)
}

// CutLine shortens a line to at most w cells, cleaned, with the theme's mark at its
// end where something had to go.
func CutLine(t *Theme, l styled.Line, w int) styled.Line {
	if LineWidth(l) <= w {
		return append(styled.Line{}, l...)
	}
	var out styled.Line
	left := w
	for _, s := range l {
		text := Clean(s.Text)
		if n := Width(text); n < left {
			out = append(out, styled.T(s.Role, text))
			left -= n
			continue
		}
		return append(out, styled.T(s.Role, Cut(text+t.Cut+" ", left, t.Cut)))
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
