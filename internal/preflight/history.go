package preflight

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// history finds what stands in the way of an upgrade today: what the probes say of
// the release, and an operation that is under way, however young.
func (l *look) history() {
	release := l.releaseRef()
	stuck, removed := false, false
	for _, f := range engine.Look(l.Snapshot, inTheWay, l.Settings, l.Now).Findings {
		if f.Subject == release && f.Grade != finding.Unknown {
			stuck = stuck || f.Probe == probes.ReleaseStuck.ID || f.Probe == probes.ReleaseHistoryBroken.ID
			removed = removed || f.Probe == probes.ReleaseAPIRemoved.ID
			g := *f
			g.Causes = nil
			l.report(g)
		}
	}
	if !removed {
		l.notServed()
	}
	if l.last == nil || stuck {
		return
	}
	status := l.last.LabelStatus
	if l.last.Body != nil {
		status = cmp.Or(l.last.Body.Status, status)
	}
	switch {
	case model.Pending(status):
		l.report(finding.Finding{
			Probe: probes.ReleaseStuck.ID, Subject: release, Severity: finding.High, Grade: finding.Proved,
			Summary:  fmt.Sprintf("Revision %d is %s, so Helm refuses an upgrade until that is over.", l.last.Revision, status),
			Evidence: []finding.Evidence{{Ref: holding(l.last), Path: "record info.status", Value: status}},
		})
	case status == "uninstalling":
		l.report(finding.Finding{
			Probe: probes.ReleaseHistoryBroken.ID, Subject: release, Severity: finding.High, Grade: finding.Proved,
			Summary:  fmt.Sprintf("Revision %d is being uninstalled, so Helm refuses an upgrade: it has no deployed releases.", l.last.Revision),
			Evidence: []finding.Evidence{{Ref: holding(l.last), Path: "record info.status", Value: status}},
		})
	}
}

// holding is the Secret or ConfigMap that holds a record.
func holding(rec *model.Record) model.Ref {
	return model.Ref{Kind: rec.Driver, Namespace: rec.Namespace, Name: rec.Name}
}

// notServed finds objects of the deployed manifest whose kind the server does not serve
// under their apiVersion: Helm builds them all before an upgrade.
func (l *look) notServed() {
	if l.record == nil || l.record.Body == nil || l.serving.partly {
		return
	}
	for _, d := range l.record.Body.Objects {
		kind, _, _ := strings.Cut(string(d.Ref.Kind), ".")
		if _, ok := l.serving.kinds[served{d.APIVersion, kind}]; ok || d.APIVersion == "" {
			continue
		}
		l.report(finding.Finding{
			Probe: probes.ReleaseAPIRemoved.ID, Subject: l.releaseRef(), Severity: finding.High, Grade: finding.Proved,
			Summary:  fmt.Sprintf("%s of revision %d is of %s, which the server does not serve, so Helm cannot upgrade from it.", d.Ref, l.record.Revision, d.APIVersion),
			Evidence: []finding.Evidence{{Ref: d.Ref, Path: "manifest apiVersion", Value: d.APIVersion}, {Ref: holding(l.record), Path: "metadata.labels.status", Value: l.record.LabelStatus, Note: "Helm upgrades from it"}},
		})
		return
	}
}

// size judges the size of the record that Helm would write.
func (l *look) size() {
	n := l.rendered.RecordSize
	severity, large := probes.RecordSeverity(n)
	if !large {
		return
	}
	f := finding.Finding{
		Probe: probes.ReleaseRecordSize.ID, Subject: l.releaseRef(), Severity: severity, Grade: finding.Proved,
		Summary:  fmt.Sprintf("The release's record will take %s.", probes.RecordShare(n, l.driver())),
		Evidence: []finding.Evidence{{Path: "record", Value: fmt.Sprintf("%d of %d bytes", n, probes.MaxRecord)}},
	}
	if n > probes.MaxRecord {
		f.Summary = fmt.Sprintf("The release's record will take %d bytes, and a %s holds %d, so the install fails.", n, l.driver(), probes.MaxRecord)
	}
	for _, file := range l.rendered.Largest {
		f.Evidence = append(f.Evidence, probes.FileWeight(file.Name, file.Bytes))
	}
	l.report(f)
}

// driver is the kind of object in which Helm would keep the record.
func (l *look) driver() model.Kind {
	if l.Driver == model.KindConfigMap {
		return model.KindConfigMap
	}
	return model.KindSecret
}
