package probetest

import (
	"maps"
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// Hide is a snapshot without a kind: its objects are gone from it, and its coverage
// says why. A state of Absent is that of a kind which answers 404 though the server
// says that it serves it.
func Hide(snap *model.Snapshot, kind model.Kind, state model.WatchState) *model.Snapshot {
	out := &model.Snapshot{Seq: snap.Seq, Spaces: map[string]*model.Space{}, Cluster: snap.Cluster}
	custom := func(k model.Kind) bool {
		return kind == model.KindCustom && k.IsCustom()
	}
	for name, sp := range snap.Spaces {
		tables := maps.Clone(sp.Tables)
		maps.DeleteFunc(tables, func(k model.Kind, _ model.Table) bool { return k == kind || custom(k) })
		out.Spaces[name] = model.NewSpace(name, sp.Version, tables)
	}
	for _, w := range snap.Coverage {
		if w.Kind == kind {
			w.State, w.Message, w.Objects = state, "hidden from viewer", 0
			w.Partial = state == model.Absent
		}
		out.Coverage = append(out.Coverage, w)
	}
	return out
}

// Within is a snapshot of which only some namespaces were read.
func Within(snap *model.Snapshot, namespaces ...string) *model.Snapshot {
	out := &model.Snapshot{Seq: snap.Seq, Spaces: map[string]*model.Space{}, Cluster: snap.Cluster}
	for name, sp := range snap.Spaces {
		if name == "" || slices.Contains(namespaces, name) {
			out.Spaces[name] = sp
		}
	}
	for _, w := range snap.Coverage {
		if !model.Lookup(w.Kind).Namespaced {
			out.Coverage = append(out.Coverage, w)
			continue
		}
		for _, ns := range namespaces {
			if within := model.Lookup(w.Kind).Within; within != nil && !slices.Contains(within, ns) {
				continue
			}
			in := w
			in.Namespace = ns
			out.Coverage = append(out.Coverage, in)
		}
	}
	out.Coverage.Sort()
	return out
}
