package timeline

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// maxSeen bounds what a Witness remembers; the oldest goes.
const maxSeen = 5000

// Witness remembers what changed between the snapshots that it was shown. It is
// for one goroutine.
type Witness struct {
	last *model.Snapshot
	seen []Entry
}

// Seen lists what was seen, oldest first.
func (w *Witness) Seen() []Entry { return slices.Clone(w.seen) }

// Observe compares a snapshot with the one before. Only namespaces that moved are
// looked at, and in them only rows that are not the same record.
func (w *Witness) Observe(snap *model.Snapshot, at time.Time) {
	last := w.last
	w.last = snap
	if last == nil || snap == nil {
		return
	}
	for name, space := range snap.Spaces {
		old := last.Spaces[name]
		if space.Same(old) {
			continue
		}
		if old == nil {
			old = model.NewSpace(name, 0, nil)
		}
		for _, kind := range space.Kinds() {
			if model.Lookup(kind).Quiet || !live(last, kind, name) {
				continue
			}
			w.table(old.Tables[kind], space.Tables[kind], at)
		}
		for _, kind := range old.Kinds() {
			if len(space.Tables[kind]) == 0 && !model.Lookup(kind).Quiet && live(snap, kind, name) {
				w.table(old.Tables[kind], nil, at)
			}
		}
	}
	for name, old := range last.Spaces {
		if snap.Spaces[name] != nil {
			continue
		}
		for _, kind := range old.Kinds() {
			if !model.Lookup(kind).Quiet && live(snap, kind, name) {
				w.table(old.Tables[kind], nil, at)
			}
		}
	}
	if over := len(w.seen) - maxSeen; over > 0 {
		w.seen = slices.Clone(w.seen[over:])
	}
}

// live reports whether a kind was watched: what a first reading brings is nothing new.
func live(snap *model.Snapshot, kind model.Kind, namespace string) bool {
	w, read := snap.State(model.Lookup(kind).Kind, namespace)
	return read && w.State == model.Live
}

// table walks two tables, both sorted by name.
func (w *Witness) table(old, now model.Table, at time.Time) {
	i, j := 0, 0
	for i < len(old) || j < len(now) {
		switch {
		case j == len(now) || i < len(old) && old[i].Base().Name < now[j].Base().Name:
			w.gone(old[i], at)
			i++
		case i == len(old) || now[j].Base().Name < old[i].Base().Name:
			w.came(now[j], at)
			j++
		default:
			if old[i] != now[j] {
				if old[i].Base().UID != now[j].Base().UID {
					w.gone(old[i], at)
					w.came(now[j], at)
				} else {
					w.changed(old[i], now[j], at)
				}
			}
			i, j = i+1, j+1
		}
	}
}

func (w *Witness) add(row model.Row, at time.Time, what, by string, change bool, weight int) {
	if _, ok := row.(*model.Record); ok {
		change = false // told as a revision of its release
	}
	w.seen = append(w.seen, Entry{At: at.UTC(), Ref: seenRef(row), What: what, By: by, Source: Seen, Change: change, weight: weight})
}

// seenRef is the object, or the release that a record belongs to.
func seenRef(row model.Row) model.Ref {
	if r, ok := row.(*model.Record); ok && r.Release != "" {
		return model.Ref{Kind: model.KindRelease, Namespace: r.Namespace, Name: r.Release}
	}
	return row.Base().Ref()
}

func (w *Witness) gone(row model.Row, at time.Time) {
	what := "deleted"
	if r, ok := row.(*model.Record); ok {
		what = fmt.Sprintf("record of revision %d deleted", r.Revision)
	}
	w.add(row, at, what, "", !made(row), 5)
}

func (w *Witness) came(row model.Row, at time.Time) {
	if r, ok := row.(*model.Record); ok {
		w.add(row, at, fmt.Sprintf("record of revision %d written: %s", r.Revision, r.LabelStatus), "", false, 0)
		return
	}
	// Its creation is told by the object itself for as long as it is there.
	if at.Sub(row.Base().Created) > time.Minute {
		w.add(row, at, "came into sight", "", false, 0)
	}
}

// changed says in words what differs, as far as careen reads it.
func (w *Witness) changed(old, now model.Row, at time.Time) {
	by := ""
	if n, o := now.Base().Writes, old.Base().Writes; len(n) > 0 && (len(o) == 0 || n[0] != o[0]) {
		by = n[0].Manager
	}
	if old.Base().Deleting.IsZero() && !now.Base().Deleting.IsZero() {
		w.add(now, at, "deletion asked for", by, !made(now), 5)
	}
	change := !made(now)
	switch n := now.(type) {
	case *model.Workload:
		if o, ok := old.(*model.Workload); ok {
			w.workload(o, n, at, by, change)
		}
	case *model.Pod:
		if o, ok := old.(*model.Pod); ok {
			w.pod(o, n, at)
		}
	case *model.ConfigMap:
		if o, ok := old.(*model.ConfigMap); ok && o.Hash != n.Hash {
			w.add(now, at, "data changed"+keyChanges(o.Keys, n.Keys), by, true, 5)
		}
	case *model.Secret:
		if o, ok := old.(*model.Secret); ok && o.Hash != n.Hash {
			w.add(now, at, "data changed"+keyChanges(o.Keys, n.Keys), by, true, 5)
		}
	case *model.Claim:
		if o, ok := old.(*model.Claim); ok {
			w.word(now, at, "phase", o.Phase, n.Phase, "", false)
			w.word(now, at, "spec.resources size", o.Requested, n.Requested, by, true)
		}
	case *model.Volume:
		if o, ok := old.(*model.Volume); ok {
			w.word(now, at, "phase", o.Phase, n.Phase, "", false)
			w.word(now, at, "spec policy", o.Policy, n.Policy, by, true)
		}
	case *model.Record:
		if o, ok := old.(*model.Record); ok {
			w.word(now, at, fmt.Sprintf("revision %d status", n.Revision), o.LabelStatus, n.LabelStatus, "", false)
		}
	case *model.Role:
		if o, ok := old.(*model.Role); ok && fmt.Sprint(o.Rules) != fmt.Sprint(n.Rules) {
			w.add(now, at, "rules changed", by, true, 4)
		}
	default:
		if old.Base().Generation != now.Base().Generation {
			w.add(now, at, "spec changed", by, change, 3)
		}
	}
}

func (w *Witness) word(row model.Row, at time.Time, what, old, now, by string, change bool) {
	if old != now && old != "" && now != "" {
		w.add(row, at, fmt.Sprintf("%s %s -> %s", what, old, now), by, change, 4)
	}
}

func (w *Witness) workload(o, n *model.Workload, at time.Time, by string, change bool) {
	scales := n.Kind == model.KindDeployment || n.Kind == model.KindStatefulSet || n.Kind == model.KindReplicationController
	if scales && o.Desired != n.Desired {
		w.add(n, at, fmt.Sprintf("spec.replicas %d -> %d", o.Desired, n.Desired), by, change, 7)
	}
	if n.Kind != model.KindReplicaSet {
		if d := templateChanges(&o.Template, &n.Template); d != "" {
			w.add(n, at, "spec.template: "+d, by, change, 6)
		}
	}
	if n.Kind != model.KindReplicaSet && o.Ready != n.Ready {
		w.add(n, at, fmt.Sprintf("ready %d -> %d of %d", o.Ready, n.Ready, n.Desired), "", false, 0)
	}
	if o.Paused != n.Paused {
		w.add(n, at, fmt.Sprintf("spec.paused %t -> %t", o.Paused, n.Paused), by, change, 5)
	}
}

func (w *Witness) pod(o, n *model.Pod, at time.Time) {
	switch {
	case o.Ready && !n.Ready && n.Deleting.IsZero():
		w.add(n, at, "not ready any more", "", false, 0)
	case !o.Ready && n.Ready:
		w.add(n, at, "ready", "", false, 0)
	}
}

func keyChanges(old, now []model.DataKey) string {
	var added, removed []string
	for _, k := range now {
		if !model.HasKey(old, k.Name) {
			added = append(added, k.Name)
		}
	}
	for _, k := range old {
		if !model.HasKey(now, k.Name) {
			removed = append(removed, k.Name)
		}
	}
	out := ""
	if len(added) > 0 {
		out += ", key " + strings.Join(added[:min(len(added), 3)], ", ") + " added"
	}
	if len(removed) > 0 {
		out += ", key " + strings.Join(removed[:min(len(removed), 3)], ", ") + " removed"
	}
	return out
}
