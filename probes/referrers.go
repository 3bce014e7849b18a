package probes

import (
	"slices"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// referrers lists who refers to an object, in whatever way: the pods and templates
// that use it, the accounts, routes and custom resources that name it, its owner,
// the release that declares it. Selectors, which match by chance, are left out.
func referrers(p *Pass, ref model.Ref) []graph.Edge {
	return slices.DeleteFunc(p.Graph.In(ref), func(e graph.Edge) bool { return e.Type == model.EdgeSelects })
}
