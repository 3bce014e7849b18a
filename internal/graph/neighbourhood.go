package graph

import (
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// Neighbourhood is the part of a graph around one object.
type Neighbourhood struct {
	Nodes     []Node // nearest first; the centre is the first
	Edges     []Edge // every edge between two of the nodes
	Truncated bool   // there is more within the depth than was asked for
}

// Node is an object and its distance from the centre, in edges.
type Node struct {
	Ref   model.Ref
	Depth int
}

// maxFan bounds how many neighbours of one node are followed, so that an account
// that a thousand pods use does not crowd out everything else.
const maxFan = 64

// Neighbourhood walks breadth first from ref, along edges in either direction, to
// at most depth edges away and at most limit nodes.
func (g *Graph) Neighbourhood(ref model.Ref, depth, limit int) Neighbourhood {
	var n Neighbourhood
	if g == nil || limit <= 0 {
		return n
	}
	n.Nodes = []Node{{ref, 0}}
	known := map[model.Ref]bool{ref: true}
	for i := 0; i < len(n.Nodes); i++ {
		at := n.Nodes[i]
		if at.Depth >= depth {
			break
		}
		fan := 0
		for _, next := range g.beside(at.Ref) {
			if known[next] || next.IsRootCA() {
				continue
			}
			if fan++; fan > maxFan || len(n.Nodes) >= limit {
				n.Truncated = true
				break
			}
			known[next] = true
			n.Nodes = append(n.Nodes, Node{next, at.Depth + 1})
		}
	}
	for _, node := range n.Nodes {
		for _, e := range g.Out(node.Ref) {
			if known[e.To] {
				n.Edges = append(n.Edges, e)
			}
		}
	}
	return n
}

// beside lists what ref is joined to, first what it is part of, then what it uses.
func (g *Graph) beside(ref model.Ref) []model.Ref {
	var part, rest []model.Ref
	add := func(e Edge, to model.Ref) {
		if e.Type == model.EdgeOwns || e.Type == model.EdgeDeclares {
			part = append(part, to)
		} else {
			rest = append(rest, to)
		}
	}
	for _, e := range g.In(ref) {
		add(e, e.From)
	}
	for _, e := range g.Out(ref) {
		add(e, e.To)
	}
	seen := map[model.Ref]bool{}
	return slices.DeleteFunc(append(part, rest...), func(r model.Ref) bool {
		double := seen[r]
		seen[r] = true
		return double
	})
}
