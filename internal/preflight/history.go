package preflight

import (
	"cmp"
	"fmt"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// history finds what stands in the way of an upgrade today: what the probes say of
// the release, and an operation that is under way, however young.
func (l *look) history() {
	release := l.releaseRef()
	stuck := false
	for _, f := range engine.Look(l.Snapshot, inTheWay, l.Settings, l.Now).Findings {
		if f.Subject == release && f.Grade != finding.Unknown {
			stuck = stuck || f.Probe == probes.ReleaseStuck.ID
			g := *f
			g.Causes = nil
			l.report(g)
		}
	}
	if l.record == nil || stuck {
		return
	}
	status := l.record.LabelStatus
	if l.record.Body != nil {
		status = cmp.Or(l.record.Body.Status, status)
	}
	if model.Pending(status) {
		l.report(finding.Finding{
			Probe: probes.ReleaseStuck.ID, Subject: release, Severity: finding.High, Grade: finding.Proved,
			Summary: fmt.Sprintf("Revision %d is %s, so Helm refuses an upgrade until that is over.", l.record.Revision, status),
			Evidence: []finding.Evidence{{
				Ref: model.Ref{Kind: l.record.Driver, Namespace: l.Namespace, Name: l.record.Name}, Path: "record info.status", Value: status,
			}},
		})
	}
}

// maxRecord is what the API server takes of a Secret's data (core validation,
// MaxSecretSize).
const maxRecord = 1 << 20

// size judges the size of the record that Helm would write.
func (l *look) size() {
	n := l.rendered.RecordSize
	if n*100 < maxRecord*80 {
		return
	}
	f := finding.Finding{
		Probe: RecordSize.ID, Subject: l.releaseRef(), Severity: finding.Medium, Grade: finding.Proved,
		Summary:  fmt.Sprintf("The release's record will take %d %% of what a Secret can hold.", n*100/maxRecord),
		Evidence: []finding.Evidence{{Path: "record", Value: fmt.Sprintf("%d of %d bytes", n, maxRecord)}},
	}
	switch {
	case n > maxRecord:
		f.Severity = finding.High
		f.Summary = fmt.Sprintf("The release's record will take %d bytes, and a Secret holds %d, so the install fails.", n, maxRecord)
	case n*100 > maxRecord*95:
		f.Severity = finding.High
	}
	for _, file := range l.rendered.Largest {
		f.Evidence = append(f.Evidence, finding.Evidence{Path: file.Name, Value: fmt.Sprintf("%d bytes", file.Bytes), Note: "in the chart; .helmignore keeps files out"})
	}
	l.report(f)
}
