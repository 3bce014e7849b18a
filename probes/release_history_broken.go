package probes

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const releaseHistoryBrokenID finding.ProbeID = "release-history-broken"

// ReleaseHistoryBroken finds releases that Helm will neither upgrade nor forget.
var ReleaseHistoryBroken = &Probe{
	ID: releaseHistoryBrokenID,
	Doc: `A release has no revision from which Helm can go on
An uninstall marks the newest revision uninstalling before it deletes the first object, and
uninstalled, or away, when it is done. Where it was cut off, or one of its objects stays, every
later upgrade is refused: "has no deployed releases".

**Rule.** The newest revision that Helm sees is uninstalling, and has been for longer than
--stuck-after; or its status is one that Helm knows nothing to do with (unknown, or empty); and
no revision is labelled deployed. Sources: helm/helm #3208, #5595; helm pkg/action/upgrade.go
(prepareUpgrade), pkg/action/uninstall.go; pkg/storage/driver (ErrNoDeployedReleases).

**Evidence.** The status and since when; each object of the manifest that is still there, and
which finalizer holds it since when, where it is being deleted.

**What it cannot see.** Who ran the uninstall, and whether it still waits for a hook elsewhere.

**By hand.** Let the uninstall come to its end (` + "`helm uninstall NAME`" + ` again, once what holds its
objects is out of the way), or keep the release: rewrite the record's status to failed, and
upgrade.

**Silent** while an uninstall is younger than --stuck-after, and for releases that were
uninstalled with --keep-history.`,
	Worst: finding.High,
	Holds: true,
	Needs: []model.Kind{model.KindRecord},
	Uses:  manifestReads,
	Run: func(p *Pass) {
		for _, rel := range p.Space.Releases() {
			rec := rel.Last()
			if rec == nil || rel.Deployed() != nil || UpgradesFrom(rel) != nil || !usable(rec) || model.Pending(rec.Body.Status) {
				continue
			}
			switch rec.Body.Status {
			case "uninstalled":
			case "uninstalling":
				if p.After(leftAt(rec), p.Settings.StuckAfter) && leftAlone(p, rec) {
					p.Report(uninstallingFinding(p, rel, rec))
				}
			default:
				if leftAlone(p, rec) {
					p.Report(strangeStatus(rel, rec))
				}
			}
		}
	},
}

// leftAt is when the uninstall of a release began.
func leftAt(rec *model.Record) time.Time {
	for _, t := range []time.Time{rec.Body.Deleted, rec.ModifiedAt} {
		if !t.IsZero() {
			return t
		}
	}
	return begun(rec)
}

func uninstallingFinding(p *Pass, rel *model.Release, rec *model.Record) finding.Finding {
	at, since := storedIn(rec), leftAt(rec)
	f := finding.Finding{
		Subject: rel.Ref(), Severity: finding.Medium, Grade: finding.Proved, Since: since,
		Evidence: []finding.Evidence{
			{Ref: at, Path: "data.release info.status", Value: rec.Body.Status, Note: "since " + stamp(since)},
			{Ref: at, Path: "metadata.labels.status", Value: "no revision is labelled deployed", Note: "Helm refuses an upgrade: has no deployed releases"},
		},
	}
	left, held, hidden, theirs := remaining(p, rec, &f)
	f.Summary = fmt.Sprintf("The uninstall of revision %d has not come to its end for %s, so Helm refuses upgrades", rec.Revision, p.Age(since))
	switch {
	case held != "":
		f.Severity = finding.High
		f.Summary += "; " + held + "."
	case left > 0:
		f.Summary += fmt.Sprintf("; %s of it %s still there.", text.Counted(left, "object"), text.Plural(left, "is", "are"))
	case hidden:
		f.Summary += "."
	default:
		f.Summary += "; nothing of it is left but its records."
	}
	keep, finish := backToFailed(rec), finishUninstall(rel, rec)
	f.Fixes = []finding.Fix{keep}
	switch {
	case held != "":
		f.Fixes[0].Note = "What is being deleted goes all the same, and nothing takes that back: upgrade once it is gone."
	case theirs != "":
		f.Withheld = []finding.Withheld{{Fix: finish.ID, Title: finish.Title, Why: "Helm deletes by name, so that it would delete " + theirs}}
	default:
		f.Fixes = append(f.Fixes, finish)
	}
	return f
}

// remaining adds to a finding what is still there of a revision's manifest. held says
// what keeps the first object that is being deleted for longer than --terminating-after;
// theirs is the first that is another's by now, made since under the same name.
func remaining(p *Pass, rec *model.Record, f *finding.Finding) (left int, held string, hidden bool, theirs string) {
	for _, d := range rec.Body.Objects {
		if d.Keep {
			continue
		}
		ref := placed(p, d.Ref)
		if a, absent := p.Absent(ref); absent {
			if a.Grade != finding.Proved {
				hidden = true
				f.Rests = append(f.Rests, finding.Absence{Of: ref, Claim: "nothing else of it is left", Grade: finding.Inferred, Why: a.Why})
			}
			continue
		}
		m := p.Row(ref).Base()
		if other := ownerBeside(m, rec); other != "" {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: ref, Path: "metadata", Value: "there", Note: "it belongs to " + other})
			theirs = cmp.Or(theirs, fmt.Sprintf("%s, which belongs to %s", ref, other))
			continue
		}
		left++
		e := finding.Evidence{Ref: ref, Path: "metadata", Value: "still there", Note: "nobody has asked for its deletion"}
		if !m.Deleting.IsZero() {
			e.Path, e.Value, e.Note = "metadata.deletionTimestamp", stamp(m.Deleting), "being deleted"
			if len(m.Finalizers) > 0 {
				e.Note += "; held by finalizer " + strings.Join(m.Finalizers, ", ")
				if p.After(m.Deleting, p.Settings.TerminatingAfter) && held == "" {
					held = fmt.Sprintf("finalizer %s has held %s for %s", m.Finalizers[0], ref, p.Age(m.Deleting))
				}
			}
		}
		if left <= maxObjectEvidence {
			f.Evidence = append(f.Evidence, e)
		}
	}
	if more := left - maxObjectEvidence; more > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: storedIn(rec), Path: "manifest", Value: text.Counted(more, "more object")})
	}
	return left, held, hidden, theirs
}

// ownerBeside is another release, or another tool, to which an object says that it belongs;
// empty where it names none.
func ownerBeside(m *model.Meta, rec *model.Record) string {
	marks, namespace := MarksOf(m), cmp.Or(rec.Body.Namespace, rec.Namespace)
	switch {
	case marks.Of(rec.Release, namespace):
		return "" // whoever had Helm install it
	case marks.Other(rec.Release, namespace):
		return "release " + marks.Release
	}
	by, _ := m.Manager()
	return by.String()
}

func strangeStatus(rel *model.Release, rec *model.Record) finding.Finding {
	at, says := storedIn(rec), orNothing(rec.Body.Status)
	return finding.Finding{
		Subject: rel.Ref(), Severity: finding.High, Grade: finding.Proved, Since: rec.ModifiedAt,
		Summary: fmt.Sprintf("Revision %d has status %s, and no revision is deployed, so Helm refuses upgrades.", rec.Revision, says),
		Evidence: []finding.Evidence{
			{Ref: at, Path: "data.release info.status", Value: says},
			{Ref: at, Path: "metadata.labels.status", Value: rec.LabelStatus, Note: "no revision is labelled deployed"},
		},
		Fixes: []finding.Fix{backToFailed(rec)},
	}
}

// backToFailed makes of a revision one from which Helm upgrades.
func backToFailed(rec *model.Record) finding.Fix {
	return finding.Fix{
		ID: "mark-failed", Title: fmt.Sprintf("Keep the release: mark revision %d failed", rec.Revision), Risk: finding.Safe,
		Steps: []finding.Step{editRecord(rec, "failed", "Marked failed: the release is to be upgraded")},
		Undo:  "restores the record as it was",
		Note:  "The next upgrade then starts from this revision, and creates what is gone of it.",
		Proof: recordProof(rec, "failed"),
	}
}

func finishUninstall(rel *model.Release, rec *model.Record) finding.Fix {
	return finding.Fix{
		ID: "finish-uninstall", Title: "Let the uninstall come to its end", Risk: finding.Destructive,
		Steps: []finding.Step{{
			Verb: "uninstall", Ref: rel.Ref(), Summary: fmt.Sprintf("at revision %d; its records stay", rec.Revision), Change: finding.Uninstall{},
		}},
		Undo:  "rolls the release back to its last revision; data on volumes that went is lost",
		Proof: finding.Proof{Text: "what the manifest declares is gone", Within: 3 * time.Minute},
	}
}
