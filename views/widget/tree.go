package widget

import "github.com/careen-tui/careen/internal/styled"

// Node is one line of a tree; its children follow it with a greater depth.
type Node[K comparable] struct {
	Key   K
	Depth int
	Left  styled.Line
	Right styled.Line
	Short styled.Line // instead of Right, where there is no room for that
}

// Tree is a list of nodes that can be folded, of which one is selected.
type Tree[K comparable] struct {
	nodes  []Node[K]
	view   []int
	folded map[K]bool
	scroll scroll
	key    K
	picked bool
	height int
}

// NewTree makes an empty tree.
func NewTree[K comparable]() *Tree[K] { return &Tree[K]{folded: map[K]bool{}, height: 10} }

// Set swaps the nodes. The selection and what is folded stay by key.
func (t *Tree[K]) Set(nodes []Node[K]) {
	t.nodes = nodes
	t.refresh()
}

func (t *Tree[K]) refresh() {
	t.view = t.view[:0]
	under := -1
	for i, n := range t.nodes {
		if under >= 0 && n.Depth > under {
			continue
		}
		under = -1
		t.view = append(t.view, i)
		if t.folded[n.Key] {
			under = n.Depth
		}
	}
	at := t.scroll.cursor
	if t.picked {
		for v, i := range t.view {
			if t.nodes[i].Key == t.key {
				at = v
				break
			}
		}
	}
	t.to(at)
}

func (t *Tree[K]) to(at int) {
	t.scroll.cursor = min(max(at, 0), max(len(t.view)-1, 0))
	if len(t.view) > 0 {
		t.key, t.picked = t.nodes[t.view[t.scroll.cursor]].Key, true
	}
}

// Selected is the key of the selected node.
func (t *Tree[K]) Selected() (key K, ok bool) {
	if len(t.view) == 0 {
		return key, false
	}
	return t.key, true
}

// Select moves the selection to a key.
func (t *Tree[K]) Select(key K) {
	t.key, t.picked = key, true
	t.refresh()
}

// Move moves the selection by n nodes.
func (t *Tree[K]) Move(n int) { t.to(t.scroll.cursor + n) }

// Page moves by n pages of the last drawing.
func (t *Tree[K]) Page(n int) { t.Move(n * max(t.height-1, 1)) }

// Pick selects the node that was drawn at a line, counted from 0; it reports whether
// there is one.
func (t *Tree[K]) Pick(line int) bool {
	at := t.scroll.top + line
	if line < 0 || line >= t.height || at >= len(t.view) {
		return false
	}
	t.to(at)
	return true
}

// Ends moves to the first node, or to the last.
func (t *Tree[K]) Ends(last bool) {
	if last {
		t.to(len(t.view) - 1)
		return
	}
	t.to(0)
}

// Fold folds the selected node, or the one above it where it has nothing to fold;
// with on false it unfolds it.
func (t *Tree[K]) Fold(on bool) {
	if len(t.view) == 0 {
		return
	}
	i := t.view[t.scroll.cursor]
	if !on {
		delete(t.folded, t.nodes[i].Key)
		t.refresh()
		return
	}
	for !t.parent(i) || t.folded[t.nodes[i].Key] {
		j := i - 1
		for j >= 0 && t.nodes[j].Depth >= t.nodes[i].Depth {
			j--
		}
		if j < 0 {
			return
		}
		i = j
	}
	t.folded[t.nodes[i].Key] = true
	t.key = t.nodes[i].Key
	t.refresh()
}

func (t *Tree[K]) parent(i int) bool {
	return i+1 < len(t.nodes) && t.nodes[i+1].Depth > t.nodes[i].Depth
}

// Len is the number of nodes.
func (t *Tree[K]) Len() int { return len(t.nodes) }

// Draw returns exactly h lines of w cells. The selected node is drawn in the state
// at: Plain where nothing follows this selection.
func (t *Tree[K]) Draw(th *Theme, w, h int, at State) []string {
	if w <= 0 || h <= 0 {
		return Fill(nil, max(w, 0), h)
	}
	t.height = h
	t.scroll.fit(len(t.view), h, func(int) int { return 1 })
	out := make([]string, 0, h)
	for v := t.scroll.top; v < len(t.view) && len(out) < h; v++ {
		i := t.view[v]
		n := t.nodes[i]
		state, sign := Plain, " "
		if v == t.scroll.cursor {
			if state = at; at != Plain {
				sign = th.Pick
			}
		}
		left := styled.Line{styled.T(styled.Accent, sign), styled.T(styled.Muted, t.lead(th, i))}
		if t.folded[n.Key] && t.parent(i) {
			left = append(left, styled.T(styled.Muted, th.Closed+" "))
		}
		left = append(left, n.Left...)
		right := n.Right
		if len(n.Short) > 0 && LineWidth(left)+LineWidth(right)+2 > w-margin {
			right = n.Short
		}
		out = append(out, DrawLine(th, Spread(th, left, right, max(w-margin, 0)), w, state))
	}
	return Fill(out, w, h)
}

// lead is the drawing before a node: for each depth above it whether a sibling
// still follows.
func (t *Tree[K]) lead(th *Theme, i int) string {
	depth := t.nodes[i].Depth
	if depth <= 0 {
		return ""
	}
	out := th.Last
	if t.follows(i, depth) {
		out = th.Branch
	}
	for d := depth - 1; d > 0; d-- {
		part := blanks(Width(th.Bar))
		if t.follows(i, d) {
			part = th.Bar
		}
		out = part + out
	}
	return out
}

// follows reports whether a node of that depth comes after i before a shallower one.
func (t *Tree[K]) follows(i, depth int) bool {
	for _, n := range t.nodes[i+1:] {
		if n.Depth < depth {
			return false
		}
		if n.Depth == depth {
			return true
		}
	}
	return false
}

// Place is the selected node's place among those shown, from 1; 0 for none.
func (t *Tree[K]) Place() int {
	if len(t.view) == 0 {
		return 0
	}
	return t.scroll.cursor + 1
}
