package probes

import (
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// dependant is what names an object and would miss it.
type dependant struct {
	ref  model.Ref // a workload, not its pod
	path string
	edge model.EdgeType
}

// dependantsOf lists what names a Service or a workload and is meant to work: routes,
// webhooks, and workloads that run. What a workload says of itself is left out, and so is
// an autoscaler, which follows.
func dependantsOf(p *Pass, ref model.Ref) (out []dependant) {
	seen := map[model.Ref]bool{ref: true}
	for _, e := range p.Graph.Users(ref) {
		if !depends(p, e) {
			continue
		}
		from := e.From
		if from.Kind == model.KindPod || from.Kind.IsWorkload() {
			from = p.Graph.Workload(from)
			if w, ok := model.Get[*model.Workload](p.Snapshot, from); ok && !wantsPods(w) {
				continue
			}
		}
		if !seen[from] {
			seen[from] = true
			out = append(out, dependant{from, e.Path, e.Type})
		}
	}
	return out
}

// depends reports whether an edge makes its source depend on its target.
func depends(p *Pass, e graph.Edge) bool {
	switch e.Type {
	case model.EdgeRoutes, model.EdgeServes, model.EdgeNames, model.EdgeMounts, model.EdgeEnv, model.EdgeEnvFrom:
	default:
		return false
	}
	switch e.From.Kind {
	case model.KindEndpointSlice, model.KindService, model.KindRelease, model.KindRecord:
		return false
	}
	row := p.Row(e.From)
	return row != nil && row.Base().Deleting.IsZero()
}
