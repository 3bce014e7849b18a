package diagram

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// Diagram is a part of a graph, ready to be drawn.
type Diagram struct {
	Roots     []model.Ref `json:"roots"`
	Nodes     []Node      `json:"nodes"` // sorted
	Edges     []Edge      `json:"edges"` // sorted
	Truncated bool        `json:"truncated"`

	around bool
}

// Node is one object.
type Node struct {
	Ref      model.Ref        `json:"ref"`
	Note     string           `json:"note,omitempty"`   // its state in a word or two
	Absent   bool             `json:"absent,omitempty"` // something refers to it, and it does not exist
	Findings []finding.ID     `json:"findings,omitempty"`
	Worst    finding.Severity `json:"-"`
}

// Edge is one reference.
type Edge struct {
	From model.Ref      `json:"from"`
	To   model.Ref      `json:"to"`
	Type model.EdgeType `json:"type"`
	Path string         `json:"path,omitempty"`
}

// Around is the part around one object, at most depth edges away.
func Around(r *engine.Report, ref model.Ref, depth, limit int) *Diagram {
	n := r.Graph.Neighbourhood(ref, depth, limit)
	refs := make([]model.Ref, 0, len(n.Nodes))
	for _, node := range n.Nodes {
		refs = append(refs, node.Ref)
	}
	d := build(r, []model.Ref{ref}, refs, n.Edges, n.Truncated)
	d.around = true
	return d
}

// Whole is everything in the namespaces ("" for the cluster's own objects) that is
// joined to something: the roots are the releases, then what nothing owns.
func Whole(r *engine.Report, namespaces []string, limit int) *Diagram {
	var refs, roots []model.Ref
	var edges []graph.Edge
	known := map[model.Ref]bool{}
	add := func(ref model.Ref) bool {
		if !known[ref] {
			if len(refs) >= limit {
				return false
			}
			known[ref] = true
			refs = append(refs, ref)
		}
		return true
	}
	truncated := false
	each(r.Snapshot, namespaces, func(ref model.Ref) {
		out := r.Graph.Out(ref)
		if len(out) == 0 && ref.Kind != model.KindRelease {
			return
		}
		if !add(ref) {
			truncated = true
			return
		}
		for _, e := range out {
			if e.To.IsRootCA() {
				continue
			}
			if !add(e.To) {
				truncated = true
				continue
			}
			edges = append(edges, e)
		}
	})
	owned := map[model.Ref]bool{}
	for _, e := range edges {
		if e.Type == model.EdgeOwns || e.Type == model.EdgeDeclares {
			owned[e.To] = true
		}
	}
	for _, ref := range refs {
		if !owned[ref] && len(r.Graph.Out(ref)) > 0 {
			roots = append(roots, ref)
		}
	}
	slices.SortFunc(roots, func(a, b model.Ref) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), a.Compare(b))
	})
	return build(r, roots, refs, edges, truncated)
}

func rank(k model.Kind) int {
	if k == model.KindRelease {
		return 0
	}
	if k.IsWorkload() {
		return 1
	}
	return 2
}

// each yields every object that stands for itself: neither records nor what they
// are made of, nor events.
func each(snap *model.Snapshot, namespaces []string, yield func(model.Ref)) {
	for _, name := range namespaces {
		sp := snap.Space(name)
		for _, rel := range sp.Releases() {
			yield(rel.Ref())
		}
		for _, kind := range sp.Kinds() {
			if model.Lookup(kind).Part {
				continue
			}
			for _, row := range sp.Tables[kind] {
				yield(row.Base().Ref())
			}
		}
	}
}

func build(r *engine.Report, roots, refs []model.Ref, edges []graph.Edge, truncated bool) *Diagram {
	d := &Diagram{Roots: slices.Clip(roots), Truncated: truncated, Nodes: []Node{}, Edges: []Edge{}}
	if d.Roots == nil {
		d.Roots = []model.Ref{}
	}
	for _, ref := range refs {
		n := Node{Ref: ref, Note: r.Snapshot.Note(ref)}
		n.Absent, _ = r.Graph.Absent(ref)
		for _, f := range r.About(ref) {
			n.Findings = append(n.Findings, f.ID())
			if f.Grade != finding.Unknown {
				n.Worst = max(n.Worst, f.Severity)
			}
		}
		d.Nodes = append(d.Nodes, n)
	}
	slices.SortFunc(d.Nodes, func(a, b Node) int { return a.Ref.Compare(b.Ref) })
	for _, e := range edges {
		d.Edges = append(d.Edges, Edge{e.From, e.To, e.Type, e.Path})
	}
	slices.SortFunc(d.Edges, func(a, b Edge) int {
		return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), strings.Compare(string(a.Type), string(b.Type)), strings.Compare(a.Path, b.Path))
	})
	d.Edges = slices.CompactFunc(d.Edges, func(a, b Edge) bool { return a.From == b.From && a.To == b.To && a.Type == b.Type })
	return d
}
