package timeline

import (
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// hub reports whether r joins what has nothing to do with each other.
func hub(r model.Ref) bool {
	return model.Lookup(r.Kind).Hub || r.Kind == model.KindServiceAccount && r.Name == "default" || r.IsRootCA()
}

// Around lists an object, what the evidence of its finding names, and what is at
// most two edges away, nearest first. cut tells that there is more.
func Around(g *graph.Graph, about model.Ref, f *finding.Finding) (refs []model.Ref, cut bool) {
	known := map[model.Ref]bool{}
	add := func(r model.Ref) bool {
		if r.Name == "" || r.Name == "*" || known[r] || hub(r) && r != about {
			return false
		}
		if len(refs) >= maxNodes {
			cut = true
			return false
		}
		known[r] = true
		refs = append(refs, r)
		return true
	}
	add(about)
	if f != nil {
		add(f.Subject)
		for _, e := range f.Evidence {
			add(e.Ref)
		}
	}
	layer := refs
	for range 2 {
		from := len(refs)
		for _, r := range layer {
			n := g.Neighbourhood(r, 1, maxNodes)
			cut = cut || n.Truncated
			for _, node := range n.Nodes {
				add(node.Ref)
			}
		}
		layer = refs[from:]
	}
	return refs, cut
}
