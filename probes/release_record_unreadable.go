package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const releaseRecordUnreadableID finding.ProbeID = "release-record-unreadable"

// ReleaseRecordUnreadable finds a release whose newest record cannot be decoded.
var ReleaseRecordUnreadable = &Probe{
	ID: releaseRecordUnreadableID,
	Doc: `A release's record cannot be read
A Helm record is base64 of gzip of JSON. One that is cut short, is not JSON, lacks its info or
would unpack to hundreds of megabytes makes ` + "`helm list`" + ` fail, or take the memory of the host,
for every release of the namespace.

**Rule.** The newest record of the release does not decode, or passes a bound of careen's own
decoder. Sources: helm pkg/storage/driver/util.go; a record of "{}" was seen to crash
` + "`helm list`" + ` of v3.22.

**Evidence.** What is wrong, and the size; never the content.

**What it cannot see.** Older revisions: only the newest one's body is read.

**By hand.** Keep a copy (` + "`kubectl get secret NAME -o yaml`" + `), then take the record out of
Helm's sight: ` + "`kubectl label secret NAME owner-`" + `. Helm then works with the revision before;
the next revision has the same number, and is refused until the Secret of that name is deleted.

**Silent** for a record that was set aside so.`,
	Worst: finding.High,
	Holds: true,
	Needs: []model.Kind{model.KindRecord},
	Run: func(p *Pass) {
		for _, rel := range p.Space.Releases() {
			if rec := rel.Last(); rec != nil && rec.Body != nil && rec.Body.Problem != "" {
				p.Report(unreadableFinding(rel, rec))
			}
		}
	},
}

func unreadableFinding(rel *model.Release, rec *model.Record) finding.Finding {
	at := storedIn(rec)
	f := finding.Finding{
		Subject: rel.Ref(), Severity: finding.High, Grade: finding.Proved,
		Summary: fmt.Sprintf("The record of revision %d cannot be read: %s.", rec.Revision, rec.Body.Problem),
		Evidence: []finding.Evidence{
			{Ref: at, Path: "data.release", Value: fmt.Sprintf("%d bytes", rec.Body.Size), Note: rec.Body.Problem},
			{Ref: at, Path: "metadata.labels.status", Value: rec.LabelStatus, Note: "what the label claims"},
		},
	}
	for _, w := range rec.Writes {
		if w.Data {
			f.Since = w.Time
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: at, Path: "metadata.managedFields", Value: w.Manager, Note: "last wrote the data, " + stamp(w.Time)})
			break
		}
	}
	note, next := "No older revision is left: Helm will not know the release any more, though its objects stay.", 1
	if before := revisionBefore(rel, rec.Revision); before != nil {
		note, next = fmt.Sprintf("Helm then takes revision %d, labelled %s, for the newest.", before.Revision, before.LabelStatus), before.Revision+1
	}
	if next == rec.Revision {
		note += fmt.Sprintf(" The next install, upgrade or rollback, which is revision %d again, is refused (release: already exists) until %s %s is deleted.", next, at.Kind, at.Name)
	}
	f.Fixes = []finding.Fix{{
		ID: "set-aside", Title: fmt.Sprintf("Set the record of revision %d aside", rec.Revision), Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "patch", Ref: at, Summary: "label owner removed, everything else kept",
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"metadata", "labels", "owner"}}}},
		}},
		Undo: "gives the label back", Note: note,
		Proof: finding.Proof{Text: "Helm lists the releases of the namespace again", Within: 10 * time.Second},
	}}
	return f
}

// revisionBefore is the newest revision before one that Helm sees, or nil.
func revisionBefore(rel *model.Release, revision int) *model.Record {
	for i := len(rel.Records) - 1; i >= 0; i-- {
		if r := rel.Records[i]; r.Revision < revision && r.LabelOwner == "helm" {
			return r
		}
	}
	return nil
}
