package graph

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/careen-tui/careen/internal/model"
)

// Belongs says to which release an object belongs, and how that is known.
type Belongs struct {
	Release model.Ref // of kind Release; its namespace may be another than the object's
	How     string    // annotation, manifest, label, owner
	Stored  bool      // the release has a record; where not, it was uninstalled or was never Helm's
}

// Release is the name of the release that an object belongs to; see Belonging.
func (g *Graph) Release(ref model.Ref) (name string, ok bool) {
	b, ok := g.Belonging(ref)
	return b.Release.Name, ok
}

// Belonging finds the release of an object: by Helm's own annotation and label
// (helm pkg/action/validate.go), by the newest manifest that declares it, by its
// app.kubernetes.io/instance label, or through its owner. The label counts where it
// names a release that has a record, or where the object is not said to be managed
// by anything but Helm: a claim that an uninstalled release left has no more.
func (g *Graph) Belonging(ref model.Ref) (b Belongs, ok bool) {
	if g == nil {
		return b, false
	}
	seen := map[model.Ref]bool{}
	for at, how := ref, ""; len(seen) < maxSteps && !seen[at]; how = "owner" {
		seen[at] = true
		if b, ok = g.directly(at); ok {
			if how != "" {
				b.How = how
			}
			b.Stored = g.Exists(b.Release)
			return b, true
		}
		up, found := g.parent(at)
		if !found {
			if set, _, _, made := g.Generates(at); made {
				up, found = set.Ref(), true
			}
		}
		if !found {
			break
		}
		at = up
	}
	return Belongs{}, false
}

func (g *Graph) directly(ref model.Ref) (Belongs, bool) {
	row := g.row(ref)
	if rec, ok := row.(*model.Record); ok && rec.Release != "" {
		return Belongs{Release: model.Ref{Kind: model.KindRelease, Namespace: ref.Namespace, Name: rec.Release}, How: "record"}, true
	}
	if row != nil {
		m := row.Base()
		if name := m.Annotations["meta.helm.sh/release-name"]; name != "" && m.Labels["app.kubernetes.io/managed-by"] == "Helm" {
			return Belongs{Release: model.Ref{
				Kind: model.KindRelease, Namespace: cmp.Or(m.Annotations["meta.helm.sh/release-namespace"], ref.Namespace), Name: name,
			}, How: "annotation"}, true
		}
	}
	if list := g.Declaring(ref); len(list) > 0 {
		return Belongs{Release: list[0].Ref(), How: "manifest"}, true
	}
	if row != nil {
		m := row.Base()
		if name := m.Labels["app.kubernetes.io/instance"]; name != "" {
			b := Belongs{Release: model.Ref{Kind: model.KindRelease, Namespace: ref.Namespace, Name: name}, How: "label"}
			by := m.Labels["app.kubernetes.io/managed-by"]
			return b, by == "" || by == "Helm" || g.Exists(b.Release)
		}
	}
	return Belongs{}, false
}

// Declaring lists the releases whose newest manifest declares ref, sorted. A
// release whose newest body was not fetched, or cannot be read, declares nothing
// that is known.
func (g *Graph) Declaring(ref model.Ref) []*model.Release {
	if g == nil {
		return nil
	}
	var out []*model.Release
	for x, e := range g.referring(ref) {
		if e.row >= 0 {
			continue
		}
		if rel := g.declaring(x, e, ref); rel != nil {
			out = append(out, rel)
		}
	}
	slices.SortFunc(out, func(a, b *model.Release) int { return a.Ref().Compare(b.Ref()) })
	return slices.Compact(out)
}

// declaring is the release of an entry, if what it declares there is ref.
func (g *Graph) declaring(x *index, e entry, ref model.Ref) *model.Release {
	rel := x.releases[-1-e.row]
	if g.settle(rel.Newest().Body.Objects[e.at].Ref) != ref {
		return nil
	}
	return rel
}

// ofRelease lists what a release declares, and the records that hold it.
func (g *Graph) ofRelease(ref model.Ref) (out []Edge) {
	rel := g.Snapshot().Release(ref.Namespace, ref.Name)
	if rel == nil {
		return nil
	}
	for _, rec := range rel.Records {
		out = append(out, holds(rec))
	}
	if body := rel.Newest().Body; body != nil {
		for i, d := range body.Objects {
			out = append(out, declares(rel, g.settle(d.Ref), i))
		}
	}
	return out
}

// holds is the edge from a release to one of its records.
func holds(rec *model.Record) Edge {
	return Edge{
		model.Ref{Kind: model.KindRelease, Namespace: rec.Namespace, Name: rec.Release},
		model.Reference{Type: model.EdgeOwns, To: rec.Ref(), Path: "revision " + strconv.Itoa(rec.Revision)},
	}
}

func declares(rel *model.Release, to model.Ref, i int) Edge {
	return Edge{rel.Ref(), model.Reference{Type: model.EdgeDeclares, To: to, Path: "manifest[" + strconv.Itoa(i) + "]"}}
}
