package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// random is a world of a few names, so that nearly everything refers to something:
// with cycles, references to itself, to other namespaces and to nothing.
func random(r *rand.Rand) []model.Row {
	spaces := []string{"a", "b", ""}
	kinds := []model.Kind{model.KindPod, model.KindDeployment, model.KindReplicaSet, model.KindStatefulSet, model.KindSecret, model.KindService, model.KindConfigMap, model.KindNetworkPolicy, model.KindClaim, "Custom.x.io", model.KindNode, model.KindEndpointSlice}
	name := func() string { return []string{"x", "y", "x-0", "x-1", "d-x-0", "d-x-1", "d-x-5"}[r.IntN(7)] }
	anything := func() model.Ref {
		return model.Ref{Kind: kinds[r.IntN(len(kinds))], Namespace: spaces[r.IntN(3)], Name: name()}
	}
	tags := func() map[string]string { return labels("app", name(), "tier", []string{"1", "2"}[r.IntN(2)]) }
	hosts := func() []model.HostList {
		return []model.HostList{{Path: "p", Members: []model.Host{{Set: name(), Namespace: []string{"", "a", "b"}[r.IntN(3)]}, {Set: name()}}}}
	}
	shared := []model.Reference{{Type: model.EdgeMounts, To: anything()}, {Type: model.EdgeEnv, To: anything()}}
	seen := map[model.Ref]bool{}
	var rows []model.Row
	for range 30 {
		at := anything()
		if seen[at] {
			continue
		}
		seen[at] = true
		m := model.Meta{Kind: at.Kind, Namespace: at.Namespace, Name: at.Name, UID: fmt.Sprint(r.IntN(3)), Labels: tags()}
		for range r.IntN(3) {
			to := anything()
			m.Owners = append(m.Owners, model.Owner{Kind: to.Kind, Name: to.Name, UID: []string{"", fmt.Sprint(r.IntN(3))}[r.IntN(2)], Controller: r.IntN(2) == 0})
		}
		for range r.IntN(4) {
			m.Refs = append(m.Refs, model.Reference{Type: model.EdgeMounts, To: anything(), Path: fmt.Sprint(r.IntN(3))})
		}
		if r.IntN(3) == 0 {
			m.Refs = shared
		}
		switch at.Kind {
		case model.KindPod:
			rows = append(rows, &model.Pod{Meta: m, Template: &model.Template{Containers: []model.Container{{Hosts: hosts()}}}})
		case model.KindDeployment, model.KindReplicaSet, model.KindStatefulSet:
			w := &model.Workload{Meta: m, Desired: int32(r.IntN(3)), OrdinalStart: int32(r.IntN(2)), Template: model.Template{Labels: tags()}}
			if r.IntN(2) == 0 {
				w.ClaimTemplates = []model.ClaimTemplate{{Name: "d"}}
				w.Template.Containers = []model.Container{{Hosts: hosts()}}
			}
			rows = append(rows, w)
		case model.KindService:
			rows = append(rows, &model.Service{Meta: m, Selector: tags()})
		case model.KindNetworkPolicy:
			rows = append(rows, &model.NetworkPolicy{Meta: m, Selector: &model.Selector{Labels: tags()}})
		case model.KindConfigMap:
			rows = append(rows, &model.ConfigMap{Meta: m, Hosts: hosts()})
		case model.KindEndpointSlice:
			rows = append(rows, &model.EndpointSlice{Meta: m, Service: name()})
		default:
			rows = append(rows, &model.Object{Meta: m})
		}
	}
	for _, ns := range []string{"a", "b"} {
		rec := record(ns, "rel", 1)
		for range 4 {
			to := anything()
			rec.Body.Objects = append(rec.Body.Objects, model.Declared{Ref: to})
		}
		rows = append(rows, rec)
	}
	return rows
}

// everyRef lists what exists, and what something refers to.
func everyRef(snap *model.Snapshot, g *graph.Graph) []model.Ref {
	set := map[model.Ref]bool{}
	for _, s := range snap.Spaces {
		for _, t := range s.Tables {
			for _, row := range t {
				set[row.Base().Ref()] = true
			}
		}
		for _, rel := range s.Releases() {
			set[rel.Ref()] = true
		}
	}
	for _, ns := range []string{"a", "b", ""} {
		for _, n := range []string{"x", "y", "x-0", "x-1", "d-x-0", "d-x-1", "d-x-2", "d-x-5"} {
			for _, k := range []model.Kind{"Pod", "Deployment", "ReplicaSet", "StatefulSet", "Secret", "Service", "ConfigMap", "NetworkPolicy", "PersistentVolumeClaim", "Custom.x.io", "Node", "EndpointSlice"} {
				set[model.Ref{Kind: k, Namespace: ns, Name: n}] = true
			}
		}
	}
	for r := range set {
		for _, e := range g.Out(r) {
			set[e.To] = true
		}
	}
	list := make([]model.Ref, 0, len(set))
	for r := range set {
		list = append(list, r)
	}
	slices.SortFunc(list, model.Ref.Compare)
	return list
}

// everyEdge checks that Out and In say the same, and returns all edges.
func everyEdge(t *testing.T, snap *model.Snapshot, g *graph.Graph) []graph.Edge {
	t.Helper()
	out, in := map[graph.Edge]bool{}, map[graph.Edge]bool{}
	list := everyRef(snap, g)
	for _, r := range list {
		for _, e := range g.Out(r) {
			if e.From != r {
				t.Fatalf("Out(%s) holds an edge from %s", r, e.From)
			}
			out[e] = true
		}
		for _, e := range g.In(r) {
			if e.To != r {
				t.Fatalf("In(%s) holds an edge to %s", r, e.To)
			}
			in[e] = true
		}
	}
	var all []graph.Edge
	for e := range out {
		all = append(all, e)
		if !in[e] {
			t.Errorf("only Out has %s %s %s (%s)", e.From, e.Type, e.To, e.Path)
		}
	}
	for e := range in {
		if !out[e] {
			t.Errorf("only In has %s %s %s (%s)", e.From, e.Type, e.To, e.Path)
		}
	}
	slices.SortFunc(all, func(a, b graph.Edge) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return slices.Compare([]string{a.To.String(), string(a.Type), a.Path, a.Container}, []string{b.To.String(), string(b.Type), b.Path, b.Container})
	})
	return all
}

func TestInIsOutSeenFromTheOtherEnd(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		snap := world(random(r)...)
		g := (*graph.Graph)(nil).Update(snap)
		everyEdge(t, snap, g)
		for _, x := range everyRef(snap, g) {
			if top := g.Owner(x); g.Owner(top) != top && !cyclic(g, top) {
				t.Errorf("seed %d: the owner of %s is %s, which has an owner", seed, x, top)
			}
			g.Pods(x)
			g.Belonging(x)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func cyclic(g *graph.Graph, r model.Ref) bool {
	n := g.Owner(g.Owner(r))
	return n != g.Owner(n) || g.Owner(r) != r
}

// TestAFollowedGraphIsAFreshOne changes one namespace at a time and compares the
// graph that followed with one made from nothing; the graph before must still say
// what it said.
func TestAFollowedGraphIsAFreshOne(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		snap := world(random(r)...)
		g := (*graph.Graph)(nil).Update(snap)
		for step := range 6 {
			before := everyEdge(t, snap, g)
			next, names := world(random(r)...), []string{"a", "b", ""}
			moved := names[r.IntN(3)]
			for _, n := range names {
				if n != moved {
					keep(next, snap, n)
				} else if s := next.Spaces[n]; s != nil {
					next.Spaces[n] = model.NewSpace(n, uint64(step+2), s.Tables)
				}
			}
			var after *graph.Graph
			if r.IntN(2) == 0 {
				after = g.Update(next)
			} else {
				after = g.Follow(next, []model.Moved{{Namespace: moved}})
			}
			if r.IntN(2) == 0 { // now and then nobody asks
				want := everyEdge(t, next, (*graph.Graph)(nil).Update(next))
				if got := everyEdge(t, next, after); !slices.Equal(got, want) {
					t.Fatalf("seed %d, step %d: %d edges, fresh %d", seed, step, len(got), len(want))
				}
			}
			if r.IntN(3) == 0 {
				if again := everyEdge(t, snap, g); !slices.Equal(again, before) {
					t.Fatalf("seed %d, step %d: the graph before has %d edges, had %d", seed, step, len(again), len(before))
				}
			}
			snap, g = next, after
		}
	}
}

func keep(next, before *model.Snapshot, name string) {
	if s := before.Spaces[name]; s != nil {
		next.Spaces[name] = s
	} else {
		delete(next.Spaces, name)
	}
}
