package graph

import (
	"fmt"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// TestNamespacesThatAreGoneAreForgotten holds that a graph that follows changes keeps
// nothing of the namespaces that come and go.
func TestNamespacesThatAreGoneAreForgotten(t *testing.T) {
	spaces := func(names ...string) map[string]*model.Space {
		out := map[string]*model.Space{}
		for _, name := range names {
			m := model.Meta{Kind: model.KindPod, Namespace: name, Name: "p", Refs: []model.Reference{{Type: model.EdgeMounts, To: model.Ref{Kind: model.KindSecret, Namespace: name, Name: "s"}}}}
			out[name] = model.NewSpace(name, 1, map[model.Kind]model.Table{model.KindPod: {&model.Pod{Template: &model.Template{}, Meta: m}}})
		}
		return out
	}
	var g *Graph
	g = g.Update(&model.Snapshot{Seq: 1, Spaces: spaces("stays", "goes-0")})
	for i := range 10 {
		gone, comes := fmt.Sprint("goes-", i), fmt.Sprint("goes-", i+1)
		g.In(model.Ref{Kind: model.KindSecret, Namespace: gone, Name: "s"})
		g = g.Follow(&model.Snapshot{Seq: uint64(2 + i), Spaces: spaces("stays", comes)}, []model.Moved{
			{Namespace: gone, Kinds: []model.Kind{model.KindPod}}, {Namespace: comes, Kinds: []model.Kind{model.KindPod}},
		})
		if n := len(g.In(model.Ref{Kind: model.KindSecret, Namespace: comes, Name: "s"})); n != 1 {
			t.Fatalf("%d edges", n)
		}
	}
	if n := len(g.cache.indices); n != 2 {
		t.Errorf("%d namespaces are kept, of which 2 are there", n)
	}
}
