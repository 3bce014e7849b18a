package graph

import "github.com/careen-tui/careen/internal/model"

// Edge is one reference from one object to another. The other may not exist.
type Edge struct {
	From model.Ref
	model.Reference
}

// Graph is the immutable graph of one snapshot.
type Graph struct {
	snap *model.Snapshot
}

// Update returns the graph of snap. Namespaces whose Space is the same as in the
// graph before keep their edges. A nil receiver is the graph of nothing.
func (g *Graph) Update(snap *model.Snapshot) *Graph { return &Graph{snap: snap} }
