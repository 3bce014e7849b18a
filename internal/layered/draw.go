package layered

// settling is how often the layers are drawn towards those beside them.
const settling = 8

// draw makes places of the order.
func (g *layers) draw(s Sizes) Drawing {
	middle := g.heights(s)
	d := Drawing{Nodes: make([]Point, g.nodes), Lines: make([][]Point, len(g.edges))}
	top, bottom := 0, 0
	for v := range g.layer {
		half := g.height(v, s) / 2
		if v == 0 || middle[v]-half < top {
			top = middle[v] - half
		}
		bottom = max(bottom, middle[v]+half)
	}
	down := s.Margin - top
	left := func(v int) int { return s.Margin + g.layer[v]*(s.Width+s.Across) }
	for v := range g.nodes {
		d.Nodes[v] = Point{left(v), middle[v] + down - s.Height/2}
	}
	for i, way := range g.ways {
		for j, v := range way {
			y := middle[v] + down
			switch {
			case j == 0:
				d.Lines[i] = append(d.Lines[i], Point{left(v) + s.Width, y})
			case j == len(way)-1:
				d.Lines[i] = append(d.Lines[i], Point{left(v), y})
			default: // a bend: it crosses its layer straight
				d.Lines[i] = append(d.Lines[i], Point{left(v), y}, Point{left(v) + s.Width, y})
			}
		}
		if g.flip[i] {
			for a, b := 0, len(d.Lines[i])-1; a < b; a, b = a+1, b-1 {
				d.Lines[i][a], d.Lines[i][b] = d.Lines[i][b], d.Lines[i][a]
			}
		}
	}
	d.Width = 2*s.Margin + len(g.rows)*s.Width + max(len(g.rows)-1, 0)*s.Across
	d.Height = bottom + down + s.Margin
	return d
}

// height is the room that a vertex takes in its layer; a bend takes a third.
func (g *layers) height(v int, s Sizes) int {
	if v >= g.nodes {
		return s.Height / 3
	}
	return s.Height
}

// heights are the middles of the vertices: as near to those that each is joined to as
// the others of its layer allow.
func (g *layers) heights(s Sizes) []int {
	middle := make([]int, len(g.layer))
	for _, row := range g.rows {
		y := 0
		for _, v := range row {
			middle[v] = y + g.height(v, s)/2
			y += g.height(v, s) + s.Down
		}
		for _, v := range row {
			middle[v] -= y / 2
		}
	}
	for i := range settling {
		for l := range g.rows {
			if i%2 == 1 {
				l = len(g.rows) - 1 - l
			}
			g.settle(g.rows[l], middle, s)
		}
	}
	return middle
}

// settle moves the vertices of a layer towards their neighbours, and then apart where
// they stand too close.
func (g *layers) settle(row, middle []int, s Sizes) {
	for _, v := range row {
		near, sum := 0, 0
		for _, u := range g.prev[v] {
			near, sum = near+1, sum+middle[u]
		}
		for _, u := range g.next[v] {
			near, sum = near+1, sum+middle[u]
		}
		if near > 0 {
			middle[v] = sum / near
		}
	}
	apart := func(a, b int) int { return (g.height(a, s)+g.height(b, s))/2 + s.Down }
	// From above each is pushed down, from below each is pushed up; between the two lies
	// an order without overlaps that is no further down than up.
	down, up := make([]int, len(row)), make([]int, len(row))
	for i, v := range row {
		down[i] = middle[v]
		if i > 0 {
			down[i] = max(down[i], down[i-1]+apart(row[i-1], v))
		}
	}
	for i := len(row) - 1; i >= 0; i-- {
		up[i] = middle[row[i]]
		if i < len(row)-1 {
			up[i] = min(up[i], up[i+1]-apart(row[i], row[i+1]))
		}
	}
	for i, v := range row {
		middle[v] = (down[i] + up[i]) / 2
	}
}
