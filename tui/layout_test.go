package tui

import (
	"strings"
	"testing"
)

// drawing shows a layout with one character per cell: = for rules with titles,
// digits for the rows of a pane, | between the regions, d for the right region,
// H and F for header and footer.
func drawing(w, h int, s shape) string {
	l := arrange(w, h, s)
	grid := make([][]rune, h)
	for y := range grid {
		grid[y] = []rune(strings.Repeat(" ", w))
	}
	fill := func(b box, r rune) {
		for y := b.y; y < b.y+b.h; y++ {
			for x := b.x; x < b.x+b.w; x++ {
				if grid[y][x] != ' ' {
					r = 'X' // two things in one cell
				}
				grid[y][x] = r
			}
		}
	}
	if l.small {
		return "small"
	}
	fill(box{0, 0, w, 1}, 'H')
	fill(box{0, l.footer, w, 1}, 'F')
	for _, b := range l.bars {
		fill(b.box, '=')
		for n, p := range b.panes {
			grid[b.y][b.x+1+2*n] = rune('1' + p)
		}
	}
	for i, b := range l.bodies {
		fill(b, rune('1'+i))
	}
	fill(l.rule, '|')
	fill(l.title, '=')
	fill(l.right, 'd')
	var lines []string
	for _, row := range grid {
		line := string(row)
		// Ten cells stand for the line: all layouts are uniform along it.
		lines = append(lines, sample(line))
	}
	return strings.Join(lines, "\n")
}

// sample shortens runs of more than six equal cells to six.
func sample(line string) string {
	var b strings.Builder
	run, last := 0, rune(0)
	for _, r := range line {
		if r == last {
			run++
		} else {
			run, last = 1, r
		}
		if run <= 6 {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// five panes, of which the first is pinned.
var five = []bool{true, false, false, false, false}

func TestLayouts(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h int
		s    shape
		want string
	}{
		{"wide, findings", 120, 20, shape{pinned: five, active: 0, right: false}, `
HHHHHH
=1======|======
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
111111|dddddd
=2======|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
=3=4=5======|dddddd
FFFFFF`},
		{"wide, volumes", 120, 18, shape{pinned: five, active: 3, right: false}, `
HHHHHH
=1======|======
111111|dddddd
111111|dddddd
111111|dddddd
=2=3======|dddddd
=4======|dddddd
444444|dddddd
444444|dddddd
444444|dddddd
444444|dddddd
444444|dddddd
444444|dddddd
444444|dddddd
444444|dddddd
444444|dddddd
=5======|dddddd
FFFFFF`},
		{"wide and low: only the active pane is open", 100, 12, shape{pinned: five, active: 1, right: true}, `
HHHHHH
=1======|======
=2======|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
=3=4=5======|dddddd
FFFFFF`},
		{"narrow, a pane", 80, 10, shape{pinned: five, active: 2, right: false}, `
HHHHHH
=3======
333333
333333
333333
333333
333333
333333
333333
FFFFFF`},
		{"narrow, the detail", 99, 10, shape{pinned: five, active: 2, right: true}, `
HHHHHH
======
dddddd
dddddd
dddddd
dddddd
dddddd
dddddd
dddddd
FFFFFF`},
		{"wide, two pinned panes", 120, 16, shape{pinned: []bool{true, false, true, false}, active: 1}, `
HHHHHH
=1======|======
111111|dddddd
111111|dddddd
111111|dddddd
=2======|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
222222|dddddd
=3======|dddddd
333333|dddddd
333333|dddddd
333333|dddddd
=4======|dddddd
FFFFFF`},
		{"small", 39, 24, shape{pinned: five, active: 0, right: false}, "small"},
		{"low", 120, 9, shape{pinned: five, active: 0, right: false}, "small"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := drawing(c.w, c.h, c.s); got != strings.TrimPrefix(c.want, "\n") {
				t.Errorf("%dx%d:\n%s", c.w, c.h, got)
			}
		})
	}
}

func TestEveryCellBelongsToOnePart(t *testing.T) {
	for w := 1; w <= 210; w += 7 {
		for h := 1; h <= 110; h += 3 {
			for active := range 5 {
				for _, right := range []bool{false, true} {
					s := shape{pinned: five, active: active, right: right}
					d := drawing(w, h, s)
					if strings.ContainsAny(d, "X ") {
						t.Fatalf("%dx%d %+v leaves cells empty or uses them twice:\n%s", w, h, s, d)
					}
					if d != "small" && !right && !strings.ContainsRune(d, rune('1'+active)) {
						t.Fatalf("%dx%d %+v does not show the active pane", w, h, s)
					}
				}
			}
		}
	}
}
