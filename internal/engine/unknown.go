package engine

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// ready reports whether everything that a probe reads in a namespace has been read,
// or will not be.
func ready(snap *model.Snapshot, p *probes.Probe, namespace string) bool {
	syncing := func(k model.Kind) bool {
		if p.Scope == probes.Cluster || namespace == "" || k == model.KindCustom {
			return slices.ContainsFunc(snap.Coverage, func(w model.Watch) bool { return w.Kind == k && w.State == model.Syncing })
		}
		w, read := snap.State(k, k.In(namespace))
		return read && w.State == model.Syncing
	}
	return !slices.ContainsFunc(p.Needs, syncing) && !slices.ContainsFunc(p.Uses, syncing)
}

// blocked returns the first kind without which the probe can say nothing, and why
// it is not known. A probe of namespaces that is asked about no namespace is
// blocked by what is out of sight in all of them.
func blocked(snap *model.Snapshot, p *probes.Probe, namespace string) (model.Kind, string) {
	for _, k := range p.Needs {
		if p.Scope == probes.Namespace && namespace == "" {
			if w, read := snap.State(k, ""); read && !w.Known() && !readSomewhere(snap, k) {
				return k, w.Resource + ": " + cmp.Or(w.Message, string(w.State))
			}
			continue
		}
		if ok, why := snap.Knows(k, k.In(namespace)); !ok && !(p.Scope == probes.Cluster && outside(snap, k, k.In(namespace))) {
			return k, why
		}
	}
	return "", ""
}

// outside reports whether a kind is not asked for in a namespace: it is read namespace by
// namespace, in others. With an empty namespace it reports whether all that was asked for
// is known, though it is not everything. A probe of the whole cluster looks at what it is
// shown; what the operator left out is not what the look is about.
func outside(snap *model.Snapshot, k model.Kind, namespace string) bool {
	narrowed := false
	for _, w := range snap.Coverage {
		switch {
		case w.Kind != k:
		case w.Namespace == namespace && namespace != "":
			return false
		case (w.Namespace == "" || namespace == "") && !w.Known():
			return false
		case w.Namespace != "":
			narrowed = true
		}
	}
	return narrowed
}

// readSomewhere reports whether a kind is known in at least one namespace that is
// read by itself.
func readSomewhere(snap *model.Snapshot, k model.Kind) bool {
	return slices.ContainsFunc(snap.Coverage, func(w model.Watch) bool { return w.Kind == k && w.Namespace != "" && w.Known() })
}

// beyond reports whether a namespace is not looked at: it is known to exist, but what
// the probe needs is read in others only.
func beyond(snap *model.Snapshot, p *probes.Probe, namespace string) bool {
	if p.Scope == probes.Cluster || namespace == "" {
		return false
	}
	return slices.ContainsFunc(p.Needs, func(k model.Kind) bool {
		if k == model.KindCustom || k.In(namespace) == "" {
			return false
		}
		_, read := snap.State(k, namespace)
		return !read && slices.ContainsFunc(snap.Coverage, func(w model.Watch) bool { return w.Kind == k })
	})
}

// places lists the namespaces that hold something, or that a watch was meant for.
func places(snap *model.Snapshot) []string {
	out := snap.Namespaces()
	last := ""
	for _, w := range snap.Coverage {
		if w.Namespace != "" && w.Namespace != last && snap.Space(w.Namespace) == nil {
			last = w.Namespace
			out = append(out, w.Namespace)
		}
	}
	for ns := range model.Each[*model.Namespace](snap.Space(""), model.KindNamespace) {
		if snap.Space(ns.Name) == nil && !ns.Deleting.IsZero() {
			out = append(out, ns.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// spaceOf is the space of a namespace: an empty one for a namespace that is being
// deleted and holds nothing that is read any more; nil for any other without one.
func spaceOf(snap *model.Snapshot, namespace string) *model.Space {
	if sp := snap.Space(namespace); sp != nil {
		return sp
	}
	if ns, ok := model.Get[*model.Namespace](snap, model.Ref{Kind: model.KindNamespace, Name: namespace}); ok && !ns.Deleting.IsZero() {
		return model.NewSpace(namespace, 0, nil)
	}
	return nil
}

// gone reports whether a namespace holds nothing any more and no watch is meant for it.
func gone(snap *model.Snapshot, namespace string) bool {
	return namespace != "" && spaceOf(snap, namespace) == nil &&
		!slices.ContainsFunc(snap.Coverage, func(w model.Watch) bool { return w.Namespace == namespace })
}

// unknown is the finding of a probe that was not able to look. Its subject is the
// namespace; foldUnknown joins them where the whole cluster is out of sight.
func unknown(snap *model.Snapshot, p *probes.Probe, namespace string, kind model.Kind, why string) *finding.Finding {
	where := namespace
	if w, read := snap.State(kind, kind.In(namespace)); p.Scope == probes.Cluster || (read && w.Namespace == "") || !read {
		where = ""
	}
	f := &finding.Finding{
		Probe: p.ID, Severity: p.Worst, Grade: finding.Unknown,
		Evidence: []finding.Evidence{{Path: "coverage", Value: why, Note: "without it nothing can be said, neither good nor bad"}},
	}
	if where == "" {
		f.Subject = model.Ref{Kind: cmp.Or(model.Lookup(kind).Shown, kind), Name: "*"}
		f.Summary = fmt.Sprintf("Unknown in the whole cluster: %s.", why)
	} else {
		f.Subject = model.Ref{Kind: model.KindNamespace, Name: where}
		f.Summary = fmt.Sprintf("Unknown in namespace %s: %s.", where, why)
	}
	return f
}

// foldUnknown keeps one of the equal findings that each namespace made about the
// whole cluster, and none that says the same of a single namespace.
func foldUnknown(list []*finding.Finding) []*finding.Finding {
	everywhere := map[finding.ProbeID]bool{}
	first := map[finding.ID]*finding.Finding{} // by what they say: the order of list is any
	for _, f := range list {
		if f.Grade != finding.Unknown || f.Subject.Name != "*" {
			continue
		}
		everywhere[f.Probe] = everywhere[f.Probe] || f.Slot == ""
		id := f.ID()
		if kept := first[id]; kept == nil || cmp.Or(strings.Compare(f.Summary, kept.Summary), strings.Compare(fmt.Sprint(f.Evidence), fmt.Sprint(kept.Evidence))) < 0 {
			first[id] = f
		}
	}
	return slices.DeleteFunc(list, func(f *finding.Finding) bool {
		switch {
		case f.Grade != finding.Unknown:
			return false
		case f.Subject.Name != "*":
			return f.Subject.Kind == model.KindNamespace && f.Slot == "" && everywhere[f.Probe]
		}
		return first[f.ID()] != f
	})
}

// sameFindings reports whether two runs of a unit said the same.
func sameFindings(a, b []*finding.Finding) bool {
	return slices.EqualFunc(a, b, func(x, y *finding.Finding) bool { return reflect.DeepEqual(x, y) })
}
