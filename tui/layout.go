package tui

// The least sizes: below the first the interface is one line that says so, below
// the second it shows one region at a time.
const (
	leastWidth  = 40
	leastHeight = 10
	wideWidth   = 100
	leastBody   = 3 // rows of a pane beside the active one

	leastList   = 56 // of a wide terminal, unless the detail would have less than leastDetail
	leastDetail = 43
)

// box is a part of the screen.
type box struct{ x, y, w, h int }

// bar is a rule with the titles of the panes whose rows stand below it, or of
// those that are folded into it.
type bar struct {
	box
	panes []int
}

// shape is what the layout depends on beside the size.
type shape struct {
	pinned []bool // of each browsing pane: some of its rows are always seen
	active int    // the pane that the detail follows
	right  bool   // the right region has the focus
	alone  bool   // one region is seen at a time, whatever room there is
}

// layout says where everything stands. A box without cells is not drawn.
type layout struct {
	small  bool
	wide   bool
	bars   []bar
	bodies []box // of each browsing pane
	rule   box   // between the regions
	title  box   // of the right region
	right  box
	footer int // its line
}

// arrange is a pure function of the size of the terminal and the shape. The
// header is line 0.
func arrange(w, h int, s shape) layout {
	l := layout{bodies: make([]box, len(s.pinned)), footer: h - 1}
	if w < leastWidth || h < leastHeight {
		l.small = true
		return l
	}
	if s.alone || w < wideWidth {
		body := box{0, 2, w, h - 3}
		switch {
		case s.right:
			l.title, l.right = box{0, 1, w, 1}, body
		default:
			l.bars = []bar{{box{0, 1, w, 1}, []int{s.active}}}
			l.bodies[s.active] = body
		}
		return l
	}
	l.wide = true
	left := min(max(w/2, min(leastList, w-leastDetail)), 92)
	l.rule = box{left, 1, 1, h - 2}
	l.title = box{left + 1, 1, w - left - 1, 1}
	l.right = box{left + 1, 2, w - left - 1, h - 3}
	l.stack(left, h-2, s)
	return l
}

// stack divides the left column: the active pane has most of it, those that are
// pinned always some, the others are folded into rules that carry their titles.
func (l *layout) stack(w, h int, s shape) {
	open := map[int]bool{s.active: true}
	if h >= 14 {
		for i, pinned := range s.pinned {
			if pinned && len(open) < (h+1)/(leastBody+2) { // its rows, its rule, and one with the titles of folded panes
				open[i] = true
			}
		}
		if next := s.active + 1; len(open) == 1 && next < len(s.pinned) {
			open[next] = true
		}
	}
	lines := 0
	for i := range s.pinned {
		if open[i] || i == 0 || open[i-1] {
			lines++
		}
	}
	room := h - lines
	other := 0
	if len(open) > 1 {
		other = max(room/4/(len(open)-1), leastBody)
	}
	y := 1
	for i := range s.pinned {
		if !open[i] && i > 0 && !open[i-1] {
			last := &l.bars[len(l.bars)-1]
			last.panes = append(last.panes, i)
			continue
		}
		l.bars = append(l.bars, bar{box{0, y, w, 1}, []int{i}})
		y++
		if !open[i] {
			continue
		}
		n := other
		if i == s.active {
			n = room - other*(len(open)-1)
		}
		l.bodies[i] = box{0, y, w, n}
		y += n
	}
}
