package graph

import (
	"slices"
	"sync"

	"github.com/careen-tui/careen/internal/model"
)

// Edge is one reference from one object to another. The other may not exist.
type Edge struct {
	From model.Ref
	model.Reference
}

// Graph is the graph of one snapshot. A nil Graph is the graph of nothing.
type Graph struct {
	snap  *model.Snapshot
	cache *cache
	seq   uint64
	once  sync.Once // brings the cache's sources up to this snapshot
	old   sync.Map  // namespace -> *index, where the cache has gone ahead
	over  []string  // namespaces that differ from those that the cache follows; see Over
}

// Update returns the graph of snap. Namespaces whose Space is the same as in the
// graph before keep their index.
func (g *Graph) Update(snap *model.Snapshot) *Graph {
	c := g.shared()
	return &Graph{snap: snap, cache: c, seq: c.follow(nil, true)}
}

// Follow is Update for a caller that knows what moved since the snapshot of g: it
// does not look at the other namespaces at all.
func (g *Graph) Follow(snap *model.Snapshot, moved []model.Moved) *Graph {
	c := g.shared()
	return &Graph{snap: snap, cache: c, seq: c.follow(moved, g == nil)}
}

// Over is the graph of a snapshot that differs from that of g in some namespaces only,
// and that nobody will follow: a draft of what may come. It costs as much as those
// namespaces do.
func (g *Graph) Over(snap *model.Snapshot, namespaces []string) *Graph {
	if g == nil || g.cache == nil {
		return (*Graph)(nil).Update(snap)
	}
	g.once.Do(g.bringUp)
	out := &Graph{snap: snap, cache: g.cache, seq: g.seq, over: namespaces}
	out.once.Do(func() {}) // the cache's sources are those of g
	return out
}

func (g *Graph) shared() *cache {
	if g == nil || g.cache == nil {
		return newCache()
	}
	return g.cache
}

// Snapshot is what the graph was made from.
func (g *Graph) Snapshot() *model.Snapshot {
	if g == nil || g.snap == nil {
		return &model.Snapshot{}
	}
	return g.snap
}

// row is the row that ref names, or nil.
func (g *Graph) row(ref model.Ref) model.Row { return g.Snapshot().Row(ref) }

// index is the index of a namespace; nil where nothing is known of it.
func (g *Graph) index(namespace string) *index {
	space := g.Snapshot().Space(namespace)
	if space == nil {
		return nil
	}
	if !slices.Contains(g.over, namespace) {
		if x := g.cache.index(space); x != nil {
			return x
		}
	}
	x, _ := g.old.LoadOrStore(namespace, newIndex(space))
	return x.(*index).ready()
}
