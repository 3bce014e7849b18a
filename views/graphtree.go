package views

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/views/widget"
)

// Bounds of a drawn graph, whatever the cluster holds.
const (
	graphDepth = 2   // edges away from the centre
	graphFan   = 40  // children of one node
	graphNodes = 400 // in all
)

// graphKey tells the places apart at which an object may stand in the tree.
type graphKey struct {
	ref, via model.Ref
	label    string
}

type graphNode = widget.Node[graphKey]

// edgeRank orders the children of a node: what it consists of, what it needs,
// what it names, what leads to it.
var edgeRank = map[model.EdgeType]int{
	model.EdgeDeclares: 1, model.EdgeOwns: 2, model.EdgeNames: 3, model.EdgeAccount: 4, model.EdgeEnv: 5, model.EdgeEnvFrom: 5,
	model.EdgeMounts: 6, model.EdgeBinds: 7, model.EdgeClass: 8, model.EdgePulls: 9, model.EdgeTLS: 10, model.EdgeSelects: 11,
	model.EdgeRoutes: 12, model.EdgeServes: 13, model.EdgeScales: 14, model.EdgeToken: 15, model.EdgeMentions: 16,
}

// backwards are the words for an edge read from its end.
var backwards = map[model.EdgeType]string{
	model.EdgeDeclares: "declared by", model.EdgeOwns: "owned by", model.EdgeNames: "named by", model.EdgeAccount: "account of",
	model.EdgeEnv: "env of", model.EdgeEnvFrom: "envFrom of", model.EdgeMounts: "mounted by", model.EdgeBinds: "bound by",
	model.EdgeClass: "class of", model.EdgePulls: "pull secret of", model.EdgeTLS: "tls of", model.EdgeSelects: "selected by",
	model.EdgeRoutes: "routed from", model.EdgeServes: "served through", model.EdgeScales: "scaled by", model.EdgeToken: "token of",
	model.EdgeMentions: "mentioned by",
}

// graphWalk writes the tree around an object: above it what it belongs to, below
// it what it leads to, and what leads to it.
type graphWalk struct {
	env    *Env
	g      *graph.Graph
	nodes  []graphNode
	drawn  map[model.Ref]bool
	centre model.Ref
	home   string // the namespace that goes without saying
}

// graphTree draws around a centre; key is the centre's own.
func (e *Env) graphTree(centre model.Ref) (nodes []graphNode, key graphKey) {
	w := &graphWalk{env: e, g: e.Report.Graph, drawn: map[model.Ref]bool{}, centre: centre, home: centre.Namespace}
	above := w.above(centre)
	for i, ref := range above {
		w.drawn[ref] = true
		w.add(i, ref, centre, "")
	}
	depth := len(above)
	key = graphKey{ref: centre}
	w.drawn[centre] = true
	w.nodes = append(w.nodes, graphNode{Key: key, Depth: depth, Left: w.name(centre, "", true), Right: w.state(centre, true), Short: w.state(centre, false)})
	w.out(centre, depth, graphDepth)
	w.in(centre, depth, above)
	return w.nodes, key
}

// above is the chain from the release or the topmost owner down to the centre,
// without the centre.
func (w *graphWalk) above(centre model.Ref) []model.Ref {
	var chain []model.Ref
	top := w.g.Workload(centre)
	if top != centre {
		chain = append(chain, top)
	}
	if b, ok := w.g.Belonging(top); ok && b.Release != centre && b.Stored {
		chain = append([]model.Ref{b.Release}, chain...)
	}
	return chain
}

type child struct {
	ref   model.Ref
	rank  int
	label string
}

// children merges the edges of a node by the object at their other end.
func children(edges []graph.Edge, other func(graph.Edge) model.Ref, word func(graph.Edge) string) []child {
	at := map[model.Ref]int{}
	var out []child
	for _, edge := range edges {
		ref, label := other(edge), word(edge)
		if ref.IsRootCA() {
			continue
		}
		i, ok := at[ref]
		if !ok {
			at[ref] = len(out)
			out = append(out, child{ref, rank(edge.Type), label})
			continue
		}
		if !strings.Contains(out[i].label, label) {
			out[i].label += ", " + label
		}
		out[i].rank = min(out[i].rank, rank(edge.Type))
	}
	slices.SortStableFunc(out, func(a, b child) int { return cmp.Or(a.rank-b.rank, a.ref.Compare(b.ref)) })
	return out
}

func rank(t model.EdgeType) int {
	if r, ok := edgeRank[t]; ok {
		return r
	}
	return len(edgeRank) + 1
}

func (w *graphWalk) out(ref model.Ref, depth, left int) {
	if left == 0 {
		return
	}
	list := children(w.g.Out(ref), func(e graph.Edge) model.Ref { return e.To }, func(e graph.Edge) string {
		if e.Type == model.EdgeOwns || e.Type == model.EdgeDeclares {
			return ""
		}
		return w.edgeWord(e)
	})
	list = w.contract(list)
	w.list(ref, list, depth, func(c child) { w.out(c.ref, depth+1, left-1) })
}

// contract puts in the place of a ReplicaSet the pods that it owns, and leaves out
// those that are scaled to nothing: they are history.
func (w *graphWalk) contract(list []child) []child {
	var out []child
	for _, c := range list {
		set, ok := w.env.lookup(c.ref).(*model.Workload)
		if !ok || set.Kind != model.KindReplicaSet || c.rank != edgeRank[model.EdgeOwns] {
			out = append(out, c)
			continue
		}
		for _, p := range w.g.Pods(c.ref) {
			out = append(out, child{p.Ref(), c.rank, ""})
		}
	}
	return out
}

func (w *graphWalk) in(ref model.Ref, depth int, above []model.Ref) {
	list := children(w.g.In(ref), func(e graph.Edge) model.Ref { return e.From }, func(e graph.Edge) string {
		if word, ok := backwards[e.Type]; ok {
			return word
		}
		return "used by"
	})
	out := w.g.Out(ref)
	list = slices.DeleteFunc(list, func(c child) bool {
		return slices.Contains(above, c.ref) || c.rank == edgeRank[model.EdgeBinds] && // a claim and its volume name each other
			slices.ContainsFunc(out, func(e graph.Edge) bool { return e.To == c.ref && e.Type == model.EdgeBinds })
	})
	w.list(ref, list, depth, func(c child) {
		w.list(c.ref, children(w.g.In(c.ref), func(e graph.Edge) model.Ref { return e.From }, func(e graph.Edge) string { return backwards[e.Type] }), depth+1, nil)
	})
}

// list writes children, each followed by what below writes. What stands in the
// tree already is written again around the centre only, and without what is below
// it.
func (w *graphWalk) list(parent model.Ref, list []child, depth int, below func(child)) {
	first := make([]bool, len(list))
	for i, c := range list { // before going down: what is a child here is not drawn again below
		first[i] = !w.drawn[c.ref]
		w.drawn[c.ref] = true
	}
	for i, c := range list {
		if i == graphFan || len(w.nodes) >= graphNodes {
			w.nodes = append(w.nodes, graphNode{
				Key: graphKey{via: parent, label: "more"}, Depth: depth + 1,
				Left: styled.Line{styled.T(styled.Muted, counted("and %s more", len(list)-i))},
			})
			return
		}
		if c.ref.IsZero() {
			continue
		}
		if !first[i] && parent != w.centre {
			continue
		}
		w.add(depth+1, c.ref, parent, c.label)
		if first[i] && below != nil {
			below(c)
		}
	}
}

func (w *graphWalk) add(depth int, ref, via model.Ref, label string) {
	w.nodes = append(w.nodes, graphNode{
		Key: graphKey{ref, via, label}, Depth: depth, Left: w.name(ref, label, false), Right: w.state(ref, true), Short: w.state(ref, false),
	})
}

func (w *graphWalk) name(ref model.Ref, label string, centre bool) styled.Line {
	var l styled.Line
	if label != "" {
		l = append(l, styled.T(styled.Muted, label+"  "))
	}
	role := styled.Normal
	if centre {
		role = styled.Accent
	}
	name := ref.Name
	if ref.Namespace != w.home && ref.Namespace != "" {
		name = ref.Path()
	}
	return append(l, styled.T(styled.Muted, ref.Kind.Plain()+" "), styled.T(role, name))
}

// state is how the object stands, and the worst that was found about it: by name,
// or by its sign alone.
func (w *graphWalk) state(ref model.Ref, named bool) styled.Line {
	var l styled.Line
	if ref.Kind == model.KindRelease {
		if rel := w.env.Report.Snapshot.Release(ref.Namespace, ref.Name); rel != nil {
			s := releaseStatus(rel.Newest())
			l = styled.Line{styled.T(statusRole(s), s)}
		}
	} else if text, role, _ := w.env.liveState(ref); text != "live" {
		l = styled.Line{styled.T(role, text)}
	}
	if list := worstOf(w.env.Report.About(ref)); len(list) > 0 {
		sign := w.env.findingSpan(ref)
		l = append(l, styled.T(styled.Normal, "  "), sign)
		if !named {
			return l
		}
		l = append(l, styled.T(sign.Role, " "+string(list[0].Probe)))
		if n := len(list) - 1; n > 0 {
			l = append(l, styled.T(styled.Muted, fmt.Sprintf(" +%d", n)))
		}
	}
	return l
}
