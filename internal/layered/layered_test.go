package layered

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

var sizes = Sizes{Width: 100, Height: 40, Across: 60, Down: 12, Margin: 8}

// check holds a drawing to what Arrange promises.
func check(t *testing.T, n int, edges []Edge, d Drawing) {
	t.Helper()
	for v, p := range d.Nodes {
		if p.X < sizes.Margin || p.Y < sizes.Margin || p.X+sizes.Width > d.Width-sizes.Margin || p.Y+sizes.Height > d.Height-sizes.Margin {
			t.Errorf("node %d at %v is not within %dx%d", v, p, d.Width, d.Height)
		}
		for u, q := range d.Nodes[:v] {
			if p.X == q.X && p.Y < q.Y+sizes.Height && q.Y < p.Y+sizes.Height {
				t.Errorf("nodes %d and %d overlap: %v, %v", u, v, q, p)
			}
		}
	}
	for i, e := range edges {
		line := d.Lines[i]
		if e.From == e.To || max(e.From, e.To) >= n {
			if line != nil {
				t.Errorf("edge %v has a line", e)
			}
			continue
		}
		from, to := d.Nodes[e.From], d.Nodes[e.To]
		first, last := line[0], line[len(line)-1]
		begins, ends := first == (Point{from.X + sizes.Width, from.Y + sizes.Height/2}), last == (Point{to.X, to.Y + sizes.Height/2})
		back := first == (Point{from.X, from.Y + sizes.Height/2}) && last == (Point{to.X + sizes.Width, to.Y + sizes.Height/2})
		if !(begins && ends) && !back {
			t.Errorf("edge %v from %v to %v has the line %v", e, from, to, line)
		}
	}
}

func TestLayersLeadToTheRight(t *testing.T) {
	// A release declares a deployment and a service; pods mount a secret; the service
	// selects the pods. Node 6 stands alone.
	edges := []Edge{{0, 1}, {0, 2}, {1, 3}, {3, 4}, {3, 5}, {2, 4}, {2, 5}, {4, 7}, {5, 7}, {0, 7}}
	d := Arrange(8, edges, sizes)
	check(t, 8, edges, d)
	for i, e := range edges {
		if d.Nodes[e.From].X >= d.Nodes[e.To].X {
			t.Errorf("edge %d leads to the left", i)
		}
	}
	if long := d.Lines[9]; len(long) != 8 {
		t.Errorf("an edge over three layers passes them by %v", long)
	}
	if !reflect.DeepEqual(d, Arrange(8, edges, sizes)) {
		t.Error("the same graph is drawn in two ways")
	}
}

func TestACircleIsDrawnWithOneEdgeBack(t *testing.T) {
	edges := []Edge{{0, 1}, {1, 2}, {2, 0}, {1, 1}, {0, 9}}
	d := Arrange(3, edges, sizes)
	check(t, 3, edges, d)
	back := 0
	for _, e := range edges[:3] {
		if d.Nodes[e.From].X > d.Nodes[e.To].X {
			back++
		}
	}
	if back != 1 {
		t.Errorf("%d edges lead back", back)
	}
}

func TestNothingAndOne(t *testing.T) {
	if d := Arrange(0, nil, sizes); len(d.Nodes) != 0 {
		t.Errorf("%+v", d)
	}
	d := Arrange(1, nil, sizes)
	check(t, 1, nil, d)
	if d.Width != sizes.Width+2*sizes.Margin || d.Height != sizes.Height+2*sizes.Margin {
		t.Errorf("one node takes %dx%d", d.Width, d.Height)
	}
}

func TestCrossedEdgesAreUncrossed(t *testing.T) {
	// Two chains whose second halves come in the wrong order.
	g := newLayers(6, []Edge{{0, 3}, {1, 2}, {2, 5}, {3, 4}})
	g.assign()
	g.bend()
	before := g.crossings()
	g.order()
	if after := g.crossings(); before == 0 || after != 0 {
		t.Errorf("%d crossings before, %d after", before, after)
	}
}

func TestAnyGraphIsDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 1 + r.IntN(25)
		edges := make([]Edge, r.IntN(60))
		for i := range edges {
			edges[i] = Edge{r.IntN(n + 1), r.IntN(n + 1)}
		}
		check(t, n, edges, Arrange(n, edges, sizes))
	}
}
