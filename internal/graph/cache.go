package graph

import (
	"maps"
	"slices"
	"sync"

	"github.com/careen-tui/careen/internal/model"
)

// cache is what the graphs of one cluster share. The indices belong to the newest
// graph; an older one that is still drawn makes its own where they differ.
//
// sources says which namespaces hold an edge to an object that is not in the same
// namespace. The edges themselves are always read from a graph's own snapshot, so
// that it is enough for an older graph to know which sources have gone since.
type cache struct {
	mu      sync.RWMutex
	indices map[string]*index
	newest  uint64            // counts the graphs
	pending map[string]uint64 // namespaces that moved, and up to which graph
	scan    uint64            // up to this graph any may have moved

	sourceMu sync.RWMutex
	sources  map[model.Ref][]string
	sourced  map[string]*index // what sources was made from
	seq      uint64            // of the graph that sources is up to date with
	lost     []lost
	forgot   uint64 // losses up to this graph are no longer in lost
}

// lost is a source that was dropped when sources was brought up to a graph.
type lost struct {
	ref  model.Ref
	name string
	seq  uint64
}

// maxLost bounds lost. A graph too old for it looks at every namespace.
const maxLost = 2048

func newCache() *cache {
	return &cache{
		indices: map[string]*index{}, pending: map[string]uint64{},
		sources: map[model.Ref][]string{}, sourced: map[string]*index{},
	}
}

// follow numbers a new graph and notes what moved before it.
func (c *cache) follow(moved []model.Moved, all bool) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newest++
	if all {
		c.scan = c.newest
	}
	for _, m := range moved {
		c.pending[m.Namespace] = c.newest
	}
	return c.newest
}

// due takes what the graph with that number has to look at again.
func (c *cache) due(seq uint64) (all bool, namespaces []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	all = c.scan > 0
	if c.scan <= seq {
		c.scan = 0
	}
	for name, upTo := range c.pending {
		namespaces = append(namespaces, name)
		if upTo <= seq {
			delete(c.pending, name)
		}
	}
	return all, namespaces
}

// index returns the index of space, or nil where the cache knows a newer version.
func (c *cache) index(space *model.Space) *index {
	c.mu.RLock()
	x := c.indices[space.Name]
	c.mu.RUnlock()
	if x == nil || !x.space.Same(space) {
		c.mu.Lock()
		if x = c.indices[space.Name]; x == nil || !x.space.Same(space) && x.space.Version <= space.Version {
			x = newIndex(space)
			c.indices[space.Name] = x
		}
		c.mu.Unlock()
		if !x.space.Same(space) {
			return nil
		}
	}
	return x.ready()
}

// sourcesOf lists the namespaces that may hold an edge to ref from elsewhere.
func (g *Graph) sourcesOf(ref model.Ref) []string {
	g.once.Do(g.bringUp)
	c := g.cache
	c.sourceMu.RLock()
	defer c.sourceMu.RUnlock()
	if g.seq < c.forgot {
		return slices.Sorted(maps.Keys(g.snap.Spaces))
	}
	list := append(slices.Clone(c.sources[ref]), g.over...)
	for _, l := range c.lost {
		if g.seq < c.seq && l.seq > g.seq && l.ref == ref {
			list = append(list, l.name)
		}
	}
	if len(list) > len(c.sources[ref]) {
		slices.Sort(list)
		list = slices.Compact(list)
	}
	return list
}

// bringUp brings sources up to the snapshot of g, unless a newer graph did.
func (g *Graph) bringUp() {
	c := g.cache
	c.sourceMu.Lock()
	defer c.sourceMu.Unlock()
	if c.seq > g.seq {
		return
	}
	c.seq = g.seq
	snap := g.Snapshot()
	all, namespaces := c.due(g.seq)
	if !all {
		for _, name := range namespaces {
			c.replace(name, g.index(name))
		}
		c.forget(snap)
		return
	}
	for name := range c.sourced {
		if snap.Spaces[name] == nil {
			c.replace(name, nil)
		}
	}
	for name, space := range snap.Spaces {
		if x := c.sourced[name]; x == nil || !x.space.Same(space) {
			c.replace(name, g.index(name))
		}
	}
	c.forget(snap)
}

// replace puts the edges of x in the place of those that the namespace had.
func (c *cache) replace(name string, x *index) {
	before := c.sourced[name]
	if before == x {
		return
	}
	if before != nil {
		for ref := range before.away {
			if x != nil {
				if _, stays := x.away[ref]; stays {
					continue
				}
			}
			list := c.sources[ref]
			if i, ok := slices.BinarySearch(list, name); ok {
				list = slices.Delete(list, i, i+1)
				c.lose(ref, name)
			}
			if len(list) == 0 {
				delete(c.sources, ref)
			} else {
				c.sources[ref] = list
			}
		}
	}
	if x == nil {
		delete(c.sourced, name)
		return
	}
	c.sourced[name] = x
	for ref := range x.away {
		list := c.sources[ref]
		if i, ok := slices.BinarySearch(list, name); !ok {
			c.sources[ref] = slices.Insert(list, i, name)
		}
	}
}

func (c *cache) lose(ref model.Ref, name string) {
	if len(c.lost) == maxLost {
		half := maxLost / 2
		c.forgot = c.lost[half-1].seq
		c.lost = append(c.lost[:0], c.lost[half:]...)
	}
	c.lost = append(c.lost, lost{ref, name, c.seq})
}

// forget drops the indices of namespaces that are gone: each holds the last that was known
// of its namespace. An older graph may have made one again since.
func (c *cache) forget(snap *model.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.indices) <= len(snap.Spaces) {
		return
	}
	for name := range c.indices {
		if snap.Spaces[name] == nil {
			delete(c.indices, name)
		}
	}
}
