package graph

import (
	"cmp"
	"iter"
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
	for x, e := range g.referring(ref) {
		if e.at == asOwner {
			out = g.owned(out, ref, x.rows[e.row])
		}
	}
	return tidy(out)
}

// In lists the edges that lead to ref, of every type and from every namespace,
// sorted by source. ref need not exist.
func (g *Graph) In(ref model.Ref) []Edge {
	if g == nil {
		return nil
	}
	return tidy(slices.Collect(g.in(ref)))
}

// Any reports whether an edge that leads to ref is one of those. It looks no further than
// the first.
func (g *Graph) Any(ref model.Ref, one func(Edge) bool) bool {
	if g == nil {
		return false
	}
	for e := range g.in(ref) {
		if one(e) {
			return true
		}
	}
	return false
}

// in yields the edges that lead to ref, in no order, and some of them twice.
func (g *Graph) in(ref model.Ref) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for x, e := range g.referring(ref) {
			for edge := range g.of(x, e, ref) {
				if !yield(edge) {
					return
				}
			}
		}
		var out []Edge
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
		for _, edge := range out {
			if !yield(edge) {
				return
			}
		}
	}
}

// of yields the edges that one place of an index is.
func (g *Graph) of(x *index, e entry, ref model.Ref) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		switch {
		case e.row < 0:
			if rel := g.declaring(x, e, ref); rel != nil {
				yield(declares(rel, ref, int(e.at)))
			}
		case e.at == asOwner:
		case e.at == asDerived:
			for _, edge := range g.derived(x.rows[e.row], ref) {
				if !yield(edge) {
					return
				}
			}
		default:
			for n := e.row; n >= 0; n = x.alike[n] {
				m := x.rows[n].Base()
				if r := m.Refs[e.at]; r.To == ref && !yield(Edge{m.Ref(), r}) {
					return
				}
			}
		}
	}
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

// referring yields each place in the cluster where ref is referred to.
func (g *Graph) referring(ref model.Ref) iter.Seq2[*index, entry] {
	return func(yield func(*index, entry) bool) {
		if g.snap == nil || ref.Name == "" {
			return
		}
		own := g.index(ref.Namespace)
		for e := range own.referring(ref) {
			if !yield(own, e) {
				return
			}
		}
		for _, namespace := range g.sourcesOf(ref) {
			if namespace == ref.Namespace {
				continue
			}
			x := g.index(namespace)
			for e := range x.referring(ref) {
				if !yield(x, e) {
					return
				}
			}
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
