package graph

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/careen-tui/careen/internal/model"
)

// Out lists the edges that leave ref, of every type and into every namespace,
// sorted by target. Most lead to objects that exist; those that do not are what
// probes look for.
func (g *Graph) Out(ref model.Ref) []Edge {
	if g == nil {
		return nil
	}
	var out []Edge
	if ref.Kind == model.KindRelease {
		out = g.ofRelease(ref)
	}
	if row := g.row(ref); row != nil {
		m := row.Base()
		for _, r := range m.Refs {
			out = append(out, Edge{ref, r})
		}
		out = append(out, g.derived(row, model.Ref{})...)
		if w, ok := row.(*model.Workload); ok {
			out = append(out, g.claims(w)...)
		}
		out = append(out, g.selects(row)...)
	}
	g.referring(ref, func(x *index, e entry) {
		if e.at == asOwner {
			out = g.owned(out, ref, x.rows[e.row])
		}
	})
	return tidy(out)
}

// In lists the edges that lead to ref, of every type and from every namespace,
// sorted by source. ref need not exist.
func (g *Graph) In(ref model.Ref) []Edge {
	if g == nil {
		return nil
	}
	var out []Edge
	g.referring(ref, func(x *index, e entry) {
		switch {
		case e.row < 0:
			if rel := g.declaring(x, e, ref); rel != nil {
				out = append(out, declares(rel, ref, int(e.at)))
			}
		case e.at == asOwner:
		case e.at == asDerived:
			out = append(out, g.derived(x.rows[e.row], ref)...)
		default:
			for n := e.row; ; {
				m := x.rows[n].Base()
				if r := m.Refs[e.at]; r.To == ref {
					out = append(out, Edge{m.Ref(), r})
				}
				if n = x.alike[n]; n < 0 {
					break
				}
			}
		}
	})
	if row := g.row(ref); row != nil {
		out = g.ownersOf(out, row.Base())
		out = append(out, g.selecting(row)...)
		if rec, ok := row.(*model.Record); ok && rec.Release != "" && rec.Revision > 0 {
			out = append(out, holds(rec))
		}
	}
	if set, template, _, ok := g.Generates(ref); ok && g.drawn(set, ref) {
		out = append(out, Edge{set.Ref(), model.Reference{
			Type: model.EdgeMounts, To: ref, Path: "spec.volumeClaimTemplates[" + strconv.Itoa(template) + "]", Optional: true,
		}})
	}
	return tidy(out)
}

// drawn reports whether claims draws an edge to a claim of that set.
func (g *Graph) drawn(set *model.Workload, claim model.Ref) bool {
	_, ordinal, _ := cutOrdinal(claim.Name)
	within := ordinal >= int(set.OrdinalStart) && ordinal < int(set.OrdinalStart+min(set.Desired, maxOrdinals))
	return within || g.row(claim) != nil
}

// Users lists the edges that lead to ref and are a use of it: not its owner, not
// the release that declares it, not a selector that happens to match it.
func (g *Graph) Users(ref model.Ref) []Edge {
	return slices.DeleteFunc(g.In(ref), func(e Edge) bool {
		return e.Type == model.EdgeOwns || e.Type == model.EdgeDeclares || e.Type == model.EdgeSelects
	})
}

// referring calls f with each place in the cluster where ref is referred to.
func (g *Graph) referring(ref model.Ref, f func(*index, entry)) {
	if g.snap == nil || ref.Name == "" {
		return
	}
	own := g.index(ref.Namespace)
	for _, e := range own.referring(ref) {
		f(own, e)
	}
	for _, namespace := range g.sourcesOf(ref) {
		if namespace == ref.Namespace {
			continue
		}
		x := g.index(namespace)
		for _, e := range x.referring(ref) {
			f(x, e)
		}
	}
}

// tidy sorts edges and drops doubles. Each set of edges has one end in common.
func tidy(list []Edge) []Edge {
	slices.SortFunc(list, compare)
	return slices.Compact(list)
}

func compare(a, b Edge) int {
	return cmp.Or(
		a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.Type, b.Type),
		cmp.Compare(a.Path, b.Path), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Container, b.Container),
	)
}
