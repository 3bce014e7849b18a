package about

import (
	"cmp"
	"slices"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// Touch is a finding that touches an object, and how.
type Touch struct {
	*finding.Finding
	How How
}

// How a finding touches an object.
type How string

// The ways, nearest first.
const (
	Itself How = "about it" // it, what owns it, what it owns
	Cause  How = "explains the above"
	Named  How = "names it"     // in its evidence
	Joined How = "joined to it" // what it depends on, or what leads to it
)

var ways = []How{Itself, Cause, Named, Joined}

// mostTouching bounds the findings that are listed, mostOwn what an object is made of, and
// mostPods the pods whose own edges are followed: those of one template have the same.
const mostTouching, mostOwn, mostPods = 30, 200, 3

// touching lists the findings that touch an object: those about it or what it is part of or
// made of, what explains these, those whose evidence names it, and those about what it is
// joined to by the graph. more is how many are left out.
func touching(r *engine.Report, ref model.Ref) (out []Touch, more int) {
	known := map[finding.ID]bool{}
	add := func(how How, list ...*finding.Finding) {
		for _, f := range list {
			if f != nil && !known[f.ID()] {
				known[f.ID()] = true
				out = append(out, Touch{f, how})
			}
		}
	}
	own := itself(r.Graph, ref)
	for _, o := range own {
		add(Itself, r.About(o)...)
	}
	for i := 0; i < len(out); i++ { // which grows
		for _, id := range out[i].Causes {
			add(Cause, r.Find(id))
		}
	}
	for _, f := range r.Findings {
		if slices.ContainsFunc(f.Evidence, func(e finding.Evidence) bool { return slices.Contains(own, e.Ref) }) {
			add(Named, f)
		}
	}
	for _, o := range joined(r, ref, own) {
		add(Joined, r.About(o)...)
	}
	slices.SortStableFunc(out, func(a, b Touch) int {
		return cmp.Or(cmp.Compare(slices.Index(ways, a.How), slices.Index(ways, b.How)), cmp.Compare(b.Severity, a.Severity))
	})
	if more = len(out) - mostTouching; more > 0 {
		return out[:mostTouching], more
	}
	return out, 0
}

// itself is an object, what owns it up to the workload, and what it owns down to its pods.
func itself(g *graph.Graph, ref model.Ref) (out []model.Ref) {
	add := func(r model.Ref) {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	add(ref)
	if ref.Kind == model.KindService {
		return out // its pods are what it leads to
	}
	add(g.Workload(ref))
	for _, pod := range podsOf(g, ref) {
		if len(out) > mostOwn {
			break
		}
		if owner, ok := pod.Controller(); ok {
			add(model.Ref{Kind: owner.Kind, Namespace: pod.Namespace, Name: owner.Name})
		}
		add(pod.Ref())
	}
	return out
}

// joined lists what an object is joined to: what it names, what selects it or leads to it,
// and one step further behind its Services and PVCs; the nodes of its pods, and what limits
// its namespace.
func joined(r *engine.Report, ref model.Ref, own []model.Ref) (out []model.Ref) {
	seen := map[model.Ref]bool{}
	for _, o := range own {
		seen[o] = true
	}
	beside := func(o model.Ref) {
		for _, node := range r.Graph.Neighbourhood(o, 1, 100).Nodes {
			if to := node.Ref; !seen[to] && to.Kind != model.KindNamespace {
				seen[to] = true
				out = append(out, to)
			}
		}
	}
	pods := 0
	for _, o := range own {
		if pod, ok := model.Get[*model.Pod](r.Snapshot, o); ok {
			if node := (model.Ref{Kind: model.KindNode, Name: pod.Node}); pod.Node != "" && !seen[node] {
				seen[node] = true
				out = append(out, node)
			}
			if pods++; pods > mostPods {
				continue
			}
		}
		beside(o)
	}
	for _, o := range slices.Clone(out) {
		if o.Kind == model.KindService || o.Kind == model.KindClaim {
			beside(o)
		}
	}
	if space := r.Snapshot.Space(ref.Namespace); ref.Namespace != "" && space != nil {
		for _, kind := range []model.Kind{model.KindResourceQuota, model.KindLimitRange} {
			for _, row := range space.Tables[kind] {
				out = append(out, row.Base().Ref())
			}
		}
		out = append(out, model.Ref{Kind: model.KindNamespace, Name: ref.Namespace})
	}
	return out
}
