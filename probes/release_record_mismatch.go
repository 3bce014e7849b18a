package probes

import (
	"fmt"
	"strconv"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const releaseRecordMismatchID finding.ProbeID = "release-record-mismatch"

// ReleaseRecordMismatch finds a record whose labels say something else than it does.
var ReleaseRecordMismatch = &Probe{
	ID: releaseRecordMismatchID,
	Doc: `A release's record and its labels disagree
Helm finds revisions by the labels of the Secrets that hold them, and decides by what stands
inside. Where the two differ, one command sees a deployed release and the next one a
pending one.

**Rule.** The label status, version or name of the newest record differs from the record.
Helm writes both in one request, so only another hand makes them differ. Sources: helm/helm
#7139, where the label alone was changed to get past a lock; pkg/storage/driver/secrets.go.

**Evidence.** Both values of each.

**What it cannot see.** Older revisions: only the newest one's body is read.

**By hand.** ` + "`kubectl label secret NAME status=... --overwrite`" + `, with the value that
stands inside.

**Silent** while the body that was read is older than the labels.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindRecord},
	Run: func(p *Pass) {
		for _, rel := range p.Space.Releases() {
			if rec := rel.Last(); rec != nil && usable(rec) && rec.Body.ResourceVersion == rec.ResourceVersion {
				if diffs := mismatches(rec); len(diffs) > 0 {
					p.Report(mismatchFinding(rel, rec, diffs))
				}
			}
		}
	},
}

type mismatch struct{ label, field, says, is string }

func mismatches(rec *model.Record) (out []mismatch) {
	for _, m := range []mismatch{
		{"status", "info.status", rec.LabelStatus, rec.Body.Status},
		{"version", "version", rec.LabelVersion, strconv.Itoa(rec.Body.Version)},
		{"name", "name", rec.LabelName, rec.Body.Name},
	} {
		if m.says != m.is {
			out = append(out, m)
		}
	}
	return out
}

func mismatchFinding(rel *model.Release, rec *model.Record, diffs []mismatch) finding.Finding {
	at := storedIn(rec)
	first := diffs[0]
	f := finding.Finding{
		Subject: rel.Ref(), Severity: finding.High, Grade: finding.Proved,
		Summary: fmt.Sprintf("The %s label of revision %d says %s, but the record itself says %s.", first.label, rec.Revision, orNothing(first.says), orNothing(first.is)),
	}
	if len(rec.Writes) > 0 {
		f.Since = rec.Writes[0].Time
	}
	labels, summary := map[string]string{}, ""
	var checks []finding.Check
	for i, d := range diffs {
		f.Evidence = append(f.Evidence,
			finding.Evidence{Ref: at, Path: "metadata.labels." + d.label, Value: d.says, Note: "the label"},
			finding.Evidence{Ref: at, Path: "data.release " + d.field, Value: d.is, Note: "the record"})
		labels[d.label] = d.is
		checks = append(checks, finding.Check{Ref: at, Path: "metadata.labels." + d.label, Want: d.is})
		if i > 0 {
			summary += ", "
		}
		summary += fmt.Sprintf("label %s %s -> %s", d.label, orNothing(d.says), orNothing(d.is))
	}
	if len(rec.Writes) > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: at, Path: "metadata.managedFields", Value: rec.Writes[0].Manager, Note: "last writer, " + stamp(rec.Writes[0].Time)})
	}
	fix := finding.Fix{
		ID: "write-labels", Title: fmt.Sprintf("Write the labels of revision %d from its record", rec.Revision), Risk: finding.Safe,
		Steps: []finding.Step{{Verb: "update", Ref: at, Summary: summary, Change: finding.RelabelRecord{Labels: labels}}},
		Undo:  "restores the labels as they were",
		Proof: finding.Proof{Text: "labels and record are equal", Within: 10 * time.Second, Checks: checks},
	}
	if model.Pending(rec.Body.Status) {
		fix.Note = "The record itself says that an operation is in progress, so upgrades stay refused; release-stuck fixes that."
	}
	f.Fixes = []finding.Fix{fix}
	return f
}

// orNothing writes an absent value.
func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}
