package engine

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// ready tells whether everything that a probe reads in a namespace has been read,
// or will not be.
func ready(snap *model.Snapshot, p *probes.Probe, namespace string) bool {
	syncing := func(k model.Kind) bool {
		if p.Scope == probes.Cluster || k == model.KindCustom {
			return slices.ContainsFunc(snap.Coverage, func(w model.Watch) bool { return w.Kind == k && w.State == model.Syncing })
		}
		w, read := snap.State(k, within(k, namespace))
		return read && w.State == model.Syncing
	}
	return !slices.ContainsFunc(p.Needs, syncing) && !slices.ContainsFunc(p.Uses, syncing)
}

// blocked returns the first kind without which the probe can say nothing, and why
// it is not known.
func blocked(snap *model.Snapshot, p *probes.Probe, namespace string) (model.Kind, string) {
	for _, k := range p.Needs {
		if ok, why := snap.Knows(k, within(k, namespace)); !ok {
			return k, why
		}
	}
	return "", ""
}

func within(k model.Kind, namespace string) string {
	if info, builtin := model.Info(k); builtin && !info.Namespaced {
		return ""
	}
	return namespace
}

// unknown is the finding of a probe that was not able to look. Its subject is the
// namespace; foldUnknown joins them where the whole cluster is out of sight.
func unknown(snap *model.Snapshot, p *probes.Probe, namespace string, kind model.Kind, why string) *probes.Finding {
	where := namespace
	if w, read := snap.State(kind, within(kind, namespace)); p.Scope == probes.Cluster || (read && w.Namespace == "") || !read {
		where = ""
	}
	f := &probes.Finding{
		Probe: p.ID, Severity: p.Worst, Grade: probes.Unknown,
		Evidence: []probes.Evidence{{Path: "coverage", Value: why, Note: "without it nothing can be said, neither good nor bad"}},
	}
	if where == "" {
		f.Subject = model.Ref{Kind: kind, Name: "*"}
		f.Summary = fmt.Sprintf("Unknown in the whole cluster: %s.", why)
	} else {
		f.Subject = model.Ref{Kind: model.KindNamespace, Name: where}
		f.Summary = fmt.Sprintf("Unknown in namespace %s: %s.", where, why)
	}
	return f
}

// foldUnknown keeps one of the equal findings that each namespace made about the
// whole cluster.
func foldUnknown(list []*probes.Finding) []*probes.Finding {
	seen := map[probes.FindingID]bool{}
	return slices.DeleteFunc(list, func(f *probes.Finding) bool {
		if f.Grade != probes.Unknown || f.Subject.Name != "*" {
			return false
		}
		id := f.ID()
		again := seen[id]
		seen[id] = true
		return again
	})
}

// sameFindings tells whether two runs of a unit said the same.
func sameFindings(a, b []*probes.Finding) bool {
	return slices.EqualFunc(a, b, func(x, y *probes.Finding) bool { return reflect.DeepEqual(x, y) })
}
