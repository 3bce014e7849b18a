package probes

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const releaseRecordSizeID finding.ProbeID = "release-record-size"

// ReleaseRecordSize finds releases whose record is nearly too large to be stored. A
// preflight reports under it what the next one would be.
var ReleaseRecordSize = &Probe{
	ID: releaseRecordSizeID,
	Doc: `A release's record is nearly too large for a Secret
Helm stores each revision in one Secret (or ConfigMap): chart, values and manifest as JSON, gzipped
and base64-encoded. The API server takes at most 1,048,576 bytes of data in it; beyond that an
install or upgrade fails before it begins: "Too long: must have at most 1048576 bytes".

**Rule.** The record of the newest revision takes 80 % of that: medium; more than 95 %: high. In a
preflight: the record that Helm would write. Sources: kubernetes pkg/apis/core/validation
(MaxSecretSize, TotalSecretSize); helm/helm #8281.

**Evidence.** The size of each revision that was read, the largest files of the chart.

**What it cannot see.** How much of it values and manifest take.

**By hand.** Keep files that no template reads out of the chart, with .helmignore; read large files
from a ConfigMap or an image instead of the chart; split the chart.

**Silent** for releases that were uninstalled with --keep-history.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindRecord},
	Run: func(p *Pass) {
		for _, rel := range p.Space.Releases() {
			rec := rel.Last()
			if rec == nil || !usable(rec) || rec.Body.Status == "uninstalled" {
				continue
			}
			if severity, large := RecordSeverity(rec.Body.Size); large {
				p.Report(largeRecord(rel, rec, severity))
			}
		}
	},
}

// MaxRecord is what the API server takes of the data of a Secret or ConfigMap (core
// validation, MaxSecretSize).
const MaxRecord = 1 << 20

// The shares of MaxRecord, in percent, from which a record is large, and beyond which
// the next one hardly fits.
const (
	largeShare = 80
	fullShare  = 95
)

// RecordSeverity judges a record of n bytes; large is false for one that is small enough.
func RecordSeverity(n int) (severity finding.Severity, large bool) {
	switch {
	case n*100 > MaxRecord*fullShare:
		return finding.High, true
	case n*100 >= MaxRecord*largeShare:
		return finding.Medium, true
	}
	return 0, false
}

// RecordShare says how much of its place a record of n bytes takes.
func RecordShare(n int, driver model.Kind) string {
	return fmt.Sprintf("%d %% of what a %s can hold", n*100/MaxRecord, driver)
}

// FileWeight shows a file of a chart, and how to be rid of it.
func FileWeight(name string, bytes int) finding.Evidence {
	return finding.Evidence{Path: name, Value: fmt.Sprintf("%d bytes", bytes), Note: "in the chart; .helmignore keeps files out"}
}

func largeRecord(rel *model.Release, rec *model.Record, severity finding.Severity) finding.Finding {
	f := finding.Finding{
		Subject: rel.Ref(), Severity: severity, Grade: finding.Proved,
		Summary: fmt.Sprintf("The record of revision %d takes %s, and an upgrade whose record needs more fails.", rec.Revision, RecordShare(rec.Body.Size, rec.Driver)),
	}
	for i := len(rel.Records) - 1; i >= 0; i-- {
		if r := rel.Records[i]; r.Body != nil {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: storedIn(r), Path: "data.release", Value: fmt.Sprintf("%d of %d bytes", r.Body.Size, MaxRecord), Note: fmt.Sprintf("revision %d", r.Revision)})
		}
	}
	for _, w := range rec.Body.ChartFiles {
		f.Evidence = append(f.Evidence, FileWeight(w.Name, w.Size))
	}
	return f
}
