package layered

// Edge leads from one node to another, by their numbers.
type Edge struct{ From, To int }

// Sizes are those of a drawing, in its own unit.
type Sizes struct {
	Width, Height int // of a node
	Across, Down  int // between layers, and between the nodes of a layer
	Margin        int // around everything
}

// Point is a place in a drawing, from its upper left corner.
type Point struct{ X, Y int }

// Drawing is where everything stands.
type Drawing struct {
	Width, Height int
	Nodes         []Point   // the upper left corner of each node
	Lines         [][]Point // of each edge: where it leaves, where it passes between others, where it arrives
}

// Arrange places n nodes. Edges that lead from a node to itself, or name a node that is
// not there, get no line.
func Arrange(n int, edges []Edge, s Sizes) Drawing {
	g := newLayers(n, edges)
	g.assign()
	g.bend()
	g.order()
	return g.draw(s)
}

// layers is a graph on its way to a drawing. Its vertices are the nodes, and after them
// the bends: places where an edge passes a layer between its ends.
type layers struct {
	nodes int
	edges []Edge
	flip  []bool   // edges that are turned around so that there is no circle
	ways  [][]int  // the vertices that each edge passes, its ends among them; nil without a line
	layer []int    // of each vertex
	rows  [][]int  // the vertices of each layer, from top to bottom
	next  [][]int  // the neighbours of each vertex in the layer after
	prev  [][]int  // and before
	links [][2]int // edges as they lead to the right, for those that get a line
}

func newLayers(n int, edges []Edge) *layers {
	g := &layers{nodes: n, edges: edges, flip: make([]bool, len(edges)), ways: make([][]int, len(edges))}
	out := make([][]int, n) // edges by where they begin
	for i, e := range edges {
		if g.drawn(e) {
			out[e.From] = append(out[e.From], i)
		}
	}
	// An edge to a node that the walk has entered and not left closes a circle.
	const entered, left = 1, 2
	state := make([]int, n)
	var walk func(v int)
	walk = func(v int) {
		state[v] = entered
		for _, i := range out[v] {
			switch to := edges[i].To; state[to] {
			case entered:
				g.flip[i] = true
			case 0:
				walk(to)
			}
		}
		state[v] = left
	}
	for v := range n {
		if state[v] == 0 {
			walk(v)
		}
	}
	for i, e := range edges {
		if g.drawn(e) {
			from, to := e.From, e.To
			if g.flip[i] {
				from, to = to, from
			}
			g.links = append(g.links, [2]int{from, to})
		}
	}
	return g
}

func (g *layers) drawn(e Edge) bool {
	return e.From != e.To && e.From >= 0 && e.To >= 0 && e.From < g.nodes && e.To < g.nodes
}

// assign gives each node its layer: one after the last of those that lead to it. What
// nothing leads to then moves up to the first of those that it leads to.
func (g *layers) assign() {
	g.layer = make([]int, g.nodes)
	for range g.nodes { // the longest path has no more edges than that
		moved := false
		for _, l := range g.links {
			if g.layer[l[1]] < g.layer[l[0]]+1 {
				g.layer[l[1]], moved = g.layer[l[0]]+1, true
			}
		}
		if !moved {
			break
		}
	}
	led := make([]bool, g.nodes)
	first := make([]int, g.nodes)
	for i := range first {
		first[i] = -1
	}
	for _, l := range g.links {
		led[l[1]] = true
		if first[l[0]] < 0 || g.layer[l[1]] < first[l[0]] {
			first[l[0]] = g.layer[l[1]]
		}
	}
	for v := range g.nodes {
		if !led[v] && first[v] > 0 {
			g.layer[v] = first[v] - 1
		}
	}
}

// bend puts a bend into each layer that an edge passes, and joins the vertices of one
// layer to those of the next.
func (g *layers) bend() {
	link := 0
	for i, e := range g.edges {
		if !g.drawn(e) {
			continue
		}
		from, to := g.links[link][0], g.links[link][1]
		link++
		way := []int{from}
		for l := g.layer[from] + 1; l < g.layer[to]; l++ {
			way = append(way, len(g.layer))
			g.layer = append(g.layer, l)
		}
		g.ways[i] = append(way, to)
	}
	depth := 0
	for _, l := range g.layer {
		depth = max(depth, l+1)
	}
	g.rows = make([][]int, depth)
	for v, l := range g.layer {
		g.rows[l] = append(g.rows[l], v)
	}
	g.next, g.prev = make([][]int, len(g.layer)), make([][]int, len(g.layer))
	for _, way := range g.ways {
		for i := 1; i < len(way); i++ {
			g.next[way[i-1]] = append(g.next[way[i-1]], way[i])
			g.prev[way[i]] = append(g.prev[way[i]], way[i-1])
		}
	}
}
