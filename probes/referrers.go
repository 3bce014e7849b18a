package probes

import (
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// referrers lists who refers to an object, in whatever way: the pods and templates
// that use it, the accounts, routes and custom resources that name it, the release
// that declares it.
func referrers(p *Pass, ref model.Ref) []graph.Edge {
	var out []graph.Edge
	for _, space := range []*model.Space{p.Snapshot.Space(ref.Namespace), p.Snapshot.Space("")} {
		if space == nil {
			continue
		}
		for _, kind := range space.Kinds() {
			for _, row := range space.Tables[kind] {
				for _, r := range row.Base().Refs {
					if r.To == ref {
						out = append(out, graph.Edge{From: row.Base().Ref(), Reference: r})
					}
				}
			}
		}
		for _, rel := range space.Releases() {
			if declares(rel, ref) {
				out = append(out, graph.Edge{From: rel.Ref(), Reference: model.Reference{Type: model.EdgeDeclares, To: ref}})
			}
		}
	}
	return out
}
