package layered

import (
	"cmp"
	"slices"
)

// sweeps are how often the order of the layers is gone over.
const sweeps = 12

// order turns the vertices of each layer so that few edges cross: by turns from left
// and right, each goes to the middle of those that it is joined to. The best of the
// orders that were met is kept.
func (g *layers) order() {
	best := g.copied()
	fewest := g.crossings()
	for sweep := range sweeps {
		if fewest == 0 {
			break
		}
		if sweep%2 == 0 {
			for l := 1; l < len(g.rows); l++ {
				g.turn(l, g.prev, l-1)
			}
		} else {
			for l := len(g.rows) - 2; l >= 0; l-- {
				g.turn(l, g.next, l+1)
			}
		}
		if n := g.crossings(); n < fewest {
			fewest, best = n, g.copied()
		}
	}
	g.rows = best
}

func (g *layers) copied() [][]int {
	out := make([][]int, len(g.rows))
	for i, r := range g.rows {
		out[i] = slices.Clone(r)
	}
	return out
}

// turn orders a layer by where the neighbours of each vertex stand in another. One
// without neighbours there keeps its place.
func (g *layers) turn(l int, neighbours [][]int, other int) {
	place := g.places(other)
	middle := make(map[int]float64, len(g.rows[l]))
	for i, v := range g.rows[l] {
		middle[v] = float64(i)
		if near := neighbours[v]; len(near) > 0 {
			sum := 0
			for _, u := range near {
				sum += place[u]
			}
			middle[v] = float64(sum) / float64(len(near))
		}
	}
	slices.SortStableFunc(g.rows[l], func(a, b int) int { return cmp.Compare(middle[a], middle[b]) })
}

// places are where the vertices of a layer stand in it.
func (g *layers) places(l int) map[int]int {
	out := make(map[int]int, len(g.rows[l]))
	for i, v := range g.rows[l] {
		out[v] = i
	}
	return out
}

// crossings counts the pairs of edges that cross.
func (g *layers) crossings() (n int) {
	for l := range len(g.rows) - 1 {
		place := g.places(l + 1)
		var ends []int // of the edges from this layer, in the order of where they begin
		for _, v := range g.rows[l] {
			own := make([]int, 0, len(g.next[v]))
			for _, u := range g.next[v] {
				own = append(own, place[u])
			}
			for _, before := range ends {
				for _, e := range own {
					if before > e {
						n++
					}
				}
			}
			ends = append(ends, own...)
		}
	}
	return n
}
