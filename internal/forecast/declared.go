package forecast

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// declared plans what the manifest declares: all of it goes, but for what its
// policy keeps and what is gone already.
func (l *look) declared() {
	for _, d := range l.record.Body.Objects {
		switch live := l.Snapshot.Row(d.Ref); {
		case d.Keep:
			l.plan("keep", d.Ref, "its helm.sh/resource-policy is keep")
			if live != nil {
				l.kept(d.Ref)
			}
		case live == nil && l.known(d.Ref):
			l.plan("delete", d.Ref, "not there any more")
		default:
			l.plan("delete", d.Ref, size(live))
			l.destroyed(d.Ref, live)
		}
	}
	if l.record.Body.Truncated {
		l.unread("manifest", l.ref(), "The manifest declares more objects than are read, so more goes than is listed.", "truncated")
	}
}

func (l *look) known(ref model.Ref) bool {
	ok, _ := l.Snapshot.Knows(ref.Kind, ref.Namespace)
	return ok
}

func (l *look) kept(ref model.Ref) {
	l.report(finding.Finding{
		Probe: probes.ReleaseLeftovers.ID, Subject: ref, Severity: finding.Low, Grade: finding.Proved,
		Summary:  fmt.Sprintf("%s %s stays, because its chart says keep.", ref.Kind, ref.Path()),
		Evidence: []finding.Evidence{{Ref: ref, Path: "metadata.annotations.helm.sh/resource-policy", Value: "keep"}},
		Fixes:    []finding.Fix{remove(ref)},
	})
}

// destroyed reports data that goes with an object.
func (l *look) destroyed(ref model.Ref, live model.Row) {
	switch row := live.(type) {
	case *model.Claim:
		l.lost(row, "the manifest declares it")
	case *model.Object:
		if ref.Kind != model.KindCRD {
			return
		}
		plural, group, _ := strings.Cut(ref.Name, ".")
		n, where := 0, map[string]bool{}
		for _, ns := range append([]string{""}, l.Snapshot.Namespaces()...) {
			for kind, t := range l.Snapshot.Space(ns).Tables {
				if _, g, ok := strings.Cut(string(kind), "."); ok && g == group && len(t) > 0 && strings.EqualFold(pluralish(kind), plural) {
					n += len(t)
					where[ns] = true
				}
			}
		}
		if n > 0 {
			l.report(finding.Finding{
				Probe: DataLost.ID, Subject: ref, Severity: finding.High, Grade: finding.Proved,
				Summary:  fmt.Sprintf("Definition %s goes, and with it %d objects in %d namespaces.", ref.Name, n, len(where)),
				Evidence: []finding.Evidence{{Ref: ref, Path: "manifest", Note: "declared among the release's objects, and not in the chart's crds folder"}},
			})
		}
	}
}

// pluralish guesses a kind's resource: Cluster.apps.x -> clusters.
func pluralish(kind model.Kind) string {
	name, _, _ := strings.Cut(strings.ToLower(string(kind)), ".")
	switch {
	case strings.HasSuffix(name, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	case strings.HasSuffix(name, "s"), strings.HasSuffix(name, "x"), strings.HasSuffix(name, "ch"):
		return name + "es"
	}
	return name + "s"
}

// lost reports a claim that goes together with what is on its volume.
func (l *look) lost(c *model.Claim, why string) {
	v, ok := model.Get[*model.Volume](l.Snapshot, model.Ref{Kind: model.KindVolume, Name: c.Volume})
	if !ok || !v.BoundTo(c) || v.Policy != "Delete" {
		return
	}
	l.report(finding.Finding{
		Probe: DataLost.ID, Subject: c.Ref(), Severity: finding.High, Grade: finding.Proved,
		Summary: fmt.Sprintf("Claim %s goes, and the %s on its volume with it.", c.Ref().Path(), c.Capacity),
		Evidence: []finding.Evidence{
			{Ref: c.Ref(), Path: "why", Value: why},
			{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Value: v.Policy, Note: "the volume is deleted with its claim"},
		},
		Fixes: []finding.Fix{retain(v)},
	})
}

func size(row model.Row) string {
	if c, ok := row.(*model.Claim); ok {
		return strings.TrimSpace(c.Capacity + " on " + c.Volume)
	}
	return ""
}
