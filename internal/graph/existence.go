package graph

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// Exists reports whether the snapshot holds the object. Where it does not, the object
// may still exist: see Absent.
func (g *Graph) Exists(ref model.Ref) bool {
	if g == nil {
		return false
	}
	if ref.Kind == model.KindRelease {
		return g.Snapshot().Release(ref.Namespace, ref.Name) != nil
	}
	return g.row(ref) != nil
}

// Absent reports whether it is known that the object does not exist. Where that
// cannot be known, why says what could not be read; it is empty for an object that
// exists.
func (g *Graph) Absent(ref model.Ref) (absent bool, why string) {
	if g.Exists(ref) {
		return false, ""
	}
	kind, namespace := ref.Kind, ref.Namespace
	switch {
	case kind == model.KindRelease:
		kind = model.KindRecord
	case kind.IsCustom():
		if !g.reads(kind) {
			return false, string(kind) + ": no object of this kind was read, so it may be served by something else than the kinds that were"
		}
		kind = model.KindCustom
	}
	return g.Snapshot().Knows(kind, kind.In(namespace))
}

// reads reports whether the objects of a kind that is not built in are read: there are
// some, or a definition says that there can be.
func (g *Graph) reads(kind model.Kind) bool {
	for crd := range model.Each[*model.Object](g.Snapshot().Space(""), model.KindCRD) {
		if crd.Detail == string(kind) {
			return true
		}
	}
	for _, sp := range g.Snapshot().Spaces {
		if len(sp.Tables[kind]) > 0 {
			return true
		}
	}
	return false
}

const (
	maxCompared = 1000 // names that Similar looks at, those that sort nearest
	maxSimilar  = 80   // bytes of a name that it compares
)

// Similar lists at most n objects of the kind and in the namespace of ref whose
// name is like that of ref, likest first: at most a third of the name differs, or
// one begins with the other's first half.
func (g *Graph) Similar(ref model.Ref, n int) []model.Ref {
	space := g.Snapshot().Space(ref.Namespace)
	if space == nil || n <= 0 {
		return nil
	}
	type like struct {
		name     string
		distance int
	}
	var found []like
	table := space.Tables[ref.Kind]
	if at, _ := table.Search(ref.Name); len(table) > maxCompared {
		from := max(0, min(at-maxCompared/2, len(table)-maxCompared))
		table = table[from : from+maxCompared]
	}
	wanted := ref.Name[:min(len(ref.Name), maxSimilar)]
	for _, row := range table {
		name := row.Base().Name
		if name == ref.Name || !row.Base().Deleting.IsZero() {
			continue
		}
		few := max(1, len(wanted)/3)
		shorter, longer := min(len(ref.Name), len(name)), max(len(ref.Name), len(name))
		begins := shorter >= 4 && prefix(ref.Name, name)*2 > shorter
		if !begins && longer-shorter > few {
			continue
		}
		if d := text.Distance(wanted, name[:min(len(name), maxSimilar)]); d <= few || begins {
			found = append(found, like{name, d})
		}
	}
	slices.SortFunc(found, func(a, b like) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), strings.Compare(a.name, b.name))
	})
	out := make([]model.Ref, 0, min(n, len(found)))
	for _, l := range found[:min(n, len(found))] {
		out = append(out, model.Ref{Kind: ref.Kind, Namespace: ref.Namespace, Name: l.name})
	}
	return out
}

func prefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
