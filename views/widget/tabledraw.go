package widget

import (
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/styled"
)

// gutter is the cells before a row: the sign of the selection, or of a mark.
const gutter = 1

// margin is the cells after a row, so that it does not touch the rule beside it.
const margin = 1

// Draw returns exactly h lines of w cells. The selected row is drawn in the state
// at: Plain where nothing follows this selection.
func (t *Table[T, K]) Draw(th *Theme, w, h int, at State) []string {
	if w <= 0 || h <= 0 {
		return Fill(nil, max(w, 0), h)
	}
	if t.fitFor != w {
		t.fitFor = w
		clear(t.ideal)
		t.measure()
	}
	before := t.numberWidth(th)
	cols := t.layout(w - gutter - margin - before)
	out := make([]string, 0, h)
	t.drawn = t.drawn[:0]
	if t.spec.Header && h >= 4 {
		out = append(out, t.header(th, cols, w, before))
		t.drawn = append(t.drawn, -1)
		h--
	}
	t.height = h
	t.scroll.fit(len(t.view), h, func(v int) int { return t.heightOf(v) })
	lines := 0
	for v := t.scroll.top; v < len(t.view) && lines < h; v++ {
		it := t.items[t.view[v]]
		state := Plain
		if v == t.scroll.cursor {
			state = at
		}
		row := t.marked(t.row(th, it, cols, state))
		if th.Numbered {
			row = append(styled.Of(styled.Accent, Pad(strconv.Itoa(v+1)+".", before)), row...)
		}
		out = append(out, DrawLine(th, row, w, state))
		t.drawn = append(t.drawn, v)
		if lines++; t.spec.Under == nil {
			continue
		}
		for _, under := range t.spec.Under(it) {
			if lines == h {
				break
			}
			out = append(out, DrawLine(th, t.marked(under), w, Plain))
			t.drawn = append(t.drawn, v)
			lines++
		}
	}
	return Fill(out, w, cap(out))
}

// marked is a line in which the words of the filter stand out.
func (t *Table[T, K]) marked(l styled.Line) styled.Line {
	for _, word := range strings.Fields(strings.ToLower(t.filter)) {
		l = Highlight(l, word)
	}
	return l
}

// numberWidth is the cells of the numbers before the rows.
func (t *Table[T, K]) numberWidth(th *Theme) int {
	if !th.Numbered {
		return 0
	}
	return len(strconv.Itoa(len(t.view))) + len(". ")
}

func (t *Table[T, K]) heightOf(v int) int {
	if t.spec.Under == nil {
		return 1
	}
	return 1 + len(t.spec.Under(t.items[t.view[v]]))
}

func (t *Table[T, K]) row(th *Theme, it T, cols []int, state State) styled.Line {
	sign := " "
	switch {
	case t.marks[t.spec.Key(it)]:
		sign = th.Marked
	case state != Plain && !th.Numbered:
		sign = th.Pick
	case t.spec.Sign != nil:
		sign = t.spec.Sign(it)
	}
	l := styled.Of(styled.Accent, sign)
	indent := 0
	if t.spec.Indent != nil {
		indent = t.spec.Indent(it)
		l = append(l, styled.T(styled.Normal, blanks(indent)))
	}
	before := 0
	for c, width := range cols {
		if width == 0 {
			continue
		}
		l = append(l, styled.T(styled.Normal, blanks(before)))
		col := t.spec.Columns[c]
		before = col.gap()
		if indent > 0 && col.Grow {
			taken := min(indent, width-1)
			width, indent = width-taken, indent-taken
		}
		span := col.Cell(it)
		if col.Short != nil && Width(Clean(span.Text)) > width {
			span = col.Short(it)
		}
		l = append(l, styled.T(span.Role, fitCell(th, Clean(span.Text), width, col.Right, col.Middle)))
	}
	return l
}

func (t *Table[T, K]) header(th *Theme, cols []int, w, number int) string {
	l := styled.Of(styled.Normal, blanks(number+gutter))
	before := 0
	for c, width := range cols {
		if width == 0 {
			continue
		}
		l = append(l, styled.T(styled.Normal, blanks(before)))
		col := t.spec.Columns[c]
		before = col.gap()
		role := styled.Muted
		if c == t.sort {
			role = styled.Accent
		}
		l = append(l, styled.T(role, fitCell(th, col.Title, width, col.Right, false)))
	}
	return DrawLine(th, l, w, Plain)
}

func fitCell(th *Theme, s string, w int, right, middle bool) string {
	if middle {
		s = CutMiddle(s, w, th.Cut)
	} else {
		s = Cut(s, w, th.Cut)
	}
	if right {
		return blanks(w-Width(s)) + s
	}
	return Pad(s, w)
}

// step is what growing columns are rounded up to: a slightly longer name then
// moves nothing, and the columns after it stay near.
const step = 8

// layout gives each column its cells; 0 for one that is left out. The sum with
// gaps is at most w, unless columns that stay are wider than that.
func (t *Table[T, K]) layout(w int) []int {
	cols := make([]int, len(t.spec.Columns))
	for c := range cols {
		cols[c] = min(t.spec.Columns[c].Min, t.ideal[c])
		if cols[c] == 0 {
			cols[c] = min(1, t.ideal[c])
		}
	}
	left := w - t.total(cols)
	for left < 0 {
		worst := -1
		for c, col := range t.spec.Columns {
			if cols[c] > 0 && col.Keep > 0 && (worst < 0 || col.Keep < t.spec.Columns[worst].Keep) {
				worst = c
			}
		}
		if worst < 0 {
			break
		}
		cols[worst] = 0
		left = w - t.total(cols)
	}
	left = t.restore(cols, w, left)
	for turn := range turns {
		for gave := true; gave && left > 0; {
			gave = false
			for c, col := range t.spec.Columns {
				if left > 0 && col.turn() == turn && cols[c] > 0 && cols[c] < t.ideal[c] {
					cols[c]++
					left--
					gave = true
				}
			}
		}
	}
	for c, col := range t.spec.Columns {
		if left > 0 && col.Grow && cols[c] > 0 {
			more := min(left, (t.ideal[c]+step-1)/step*step-cols[c])
			cols[c] += more
			left -= more
		}
	}
	return cols
}

// turns are the rounds in which columns get what they want.
const turns = 3

// turn is the round of a column. Numbers and ages come first: they are short, and
// say nothing when they are cut.
func (c Column[T]) turn() int {
	switch {
	case c.Right:
		return 0
	case c.First:
		return 1
	}
	return 2
}

// restore brings back columns that were left out and fit after all, since one that
// went after them was wider.
func (t *Table[T, K]) restore(cols []int, w, left int) int {
	for keep := 9; keep > 0 && left > 0; keep-- {
		for c, col := range t.spec.Columns {
			if col.Keep != keep || cols[c] > 0 || t.ideal[c] == 0 {
				continue
			}
			cols[c] = max(min(col.Min, t.ideal[c]), 1)
			if n := w - t.total(cols); n >= 0 {
				left = n
				continue
			}
			cols[c] = 0
		}
	}
	return left
}

// total is the cells of the columns and of the gaps between them.
func (t *Table[T, K]) total(cols []int) int {
	n, before := 0, 0
	for c, width := range cols {
		if width > 0 {
			n += before + width
			before = t.spec.Columns[c].gap()
		}
	}
	return n
}

func (c Column[T]) gap() int {
	if c.Tight {
		return 1
	}
	return 2
}
