package preflight

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"helm.sh/helm/v3/pkg/release"
	helmtime "helm.sh/helm/v3/pkg/time"

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

// size weighs the record that Helm would write, as it writes it: JSON, gzip, base64
// (helm pkg/storage/driver/util.go).
func (l *look) size() {
	now := helmtime.Time{Time: l.Now}
	rel := &release.Release{
		Name: l.Release, Namespace: l.Namespace, Version: 1, Chart: l.rendered.Chart, Config: l.Values, Manifest: l.rendered.Manifest, Hooks: l.rendered.Hooks,
		Info: &release.Info{FirstDeployed: now, LastDeployed: now, Status: release.StatusPendingInstall, Description: "Initial install underway"},
	}
	raw, err := json.Marshal(rel)
	if err != nil {
		l.unknown("record-size", l.releaseRef(), "How large the release's record will be is not known.", fmt.Errorf("encoding it failed"))
		return
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if _, err := z.Write(raw); err != nil || z.Close() != nil {
		return
	}
	n := base64.StdEncoding.EncodedLen(packed.Len())
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
	f.Evidence = append(f.Evidence, largest(rel, 3)...)
	l.report(f)
}

func largest(rel *release.Release, n int) (out []finding.Evidence) {
	used := map[string]bool{}
	for range n {
		name, size := "", 0
		for _, file := range rel.Chart.Raw {
			if len(file.Data) > size && !used[file.Name] {
				name, size = file.Name, len(file.Data)
			}
		}
		if name == "" {
			break
		}
		used[name] = true
		out = append(out, finding.Evidence{Path: name, Value: fmt.Sprintf("%d bytes", size), Note: "in the chart; .helmignore keeps files out"})
	}
	return out
}
