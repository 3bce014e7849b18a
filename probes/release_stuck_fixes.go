package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// stuckFixes are the ways out of a pending record, the one that the state of the
// cluster speaks for first.
func stuckFixes(p *Pass, rel *model.Release, rec *model.Record, objects []objectState, denied []denial) []finding.Fix {
	first, second := markDeployed(rel, rec), markFailed(rel, rec)
	if doubt := undone(p, rel, rec, objects); doubt != "" {
		first, second = second, first
		second.Note = doubt
	}
	fixes := []finding.Fix{first}
	if with, ok := andAllowUpdate(first, denied); ok {
		fixes = append(fixes, with)
	}
	return append(fixes, second)
}

// undone says what the cluster does not show of an operation's end; empty where it shows
// all: everything is live, owned and ready, and where something was there before, somebody
// wrote to it since the operation began; what goes with the operation is gone, and the hooks
// that Helm runs last have ended well.
func undone(p *Pass, rel *model.Release, rec *model.Record, objects []objectState) string {
	const notAll = "Not everything that this revision declares was seen live, owned and ready since it began."
	if len(objects) == 0 || rec.Body.Truncated || rec.Body.ManifestError != "" || tally(objects, fine) != len(objects) {
		return notAll
	}
	began := cmp.Or(rec.Created, begun(rec)) // by the server's clock, as the writes are
	if rec.Body.Status != "pending-install" && !slices.ContainsFunc(objects, func(o objectState) bool { return !o.written.Before(began) }) {
		return notAll
	}
	if ref, of := outlived(p, rel, rec); of != nil {
		return fmt.Sprintf("%s is still there, which revision %d declares and this one does not: Helm deletes that last.", ref, of.Revision)
	}
	for _, h := range rec.Body.Hooks {
		if slices.Contains(h.Events, "post-"+strings.TrimPrefix(rec.Body.Status, "pending-")) && !endedWell(p, h, began) {
			return fmt.Sprintf("Hook %s, which runs after everything else, was not seen to end well: marked deployed, it does not run any more.", h.Ref)
		}
	}
	return ""
}

// outlived is an object that a release has from the revision that was deployed before, and
// that the present one no longer declares.
func outlived(p *Pass, rel *model.Release, rec *model.Record) (model.Ref, *model.Record) {
	old := rel.Deployed()
	if old == nil || !usable(old) {
		return model.Ref{}, nil
	}
	for _, d := range old.Body.Objects {
		ref := placed(p, d.Ref)
		row := p.Row(ref)
		if row == nil || declares(rel, d.Ref) || d.Keep || keeps(row.Base()) || !row.Base().Deleting.IsZero() || !ownedByRelease(row.Base(), rec.Release, rec.Namespace) {
			continue
		}
		return ref, old
	}
	return model.Ref{}, nil
}

// endedWell reports whether a hook was seen to end well since then: by the record, which
// after a rollback still has its run of an earlier time, or by its Job.
func endedWell(p *Pass, h model.Hook, since time.Time) bool {
	if h.Phase == "Succeeded" && !h.Done.Before(since) {
		return true
	}
	job, ok := model.Get[*model.Workload](p.Snapshot, h.Ref)
	return ok && !job.Finished.IsZero() && !job.Failed && !job.Created.Before(since)
}

func markDeployed(rel *model.Release, rec *model.Record) finding.Fix {
	fix := finding.Fix{
		ID: "mark-deployed", Title: fmt.Sprintf("Mark revision %d deployed", rec.Revision), Risk: finding.Safe,
		Steps: []finding.Step{editRecord(rec, "deployed", "Completed; marked deployed after its record could not be written")},
		Undo:  "restores the record as it was",
		Proof: recordProof(rec, "deployed"),
	}
	for i := len(rel.Records) - 1; i >= 0; i-- {
		if old := rel.Records[i]; old.Revision < rec.Revision && old.LabelOwner == "helm" && old.LabelStatus == "deployed" {
			fix.Steps = append(fix.Steps, finding.Step{
				Verb: "update", Ref: storedIn(old), Summary: "status deployed -> superseded",
				Change: finding.EditRecord{Status: "superseded", Description: fmt.Sprintf("Superseded by revision %d", rec.Revision)},
			})
		}
	}
	if len(fix.Steps) > 1 {
		fix.Undo = "restores the records as they were"
	}
	return fix
}

func markFailed(rel *model.Release, rec *model.Record) finding.Fix {
	note := "No other revision is deployed, so the next upgrade then starts from this one, as after a first install that failed."
	if deployed := rel.Deployed(); deployed != nil && deployed != rec {
		note = fmt.Sprintf("The next upgrade then starts from revision %d, the last that was deployed, and repairs what this one left undone.", deployed.Revision)
	}
	return finding.Fix{
		ID: "mark-failed", Title: fmt.Sprintf("Mark revision %d failed", rec.Revision), Risk: finding.Safe,
		Steps: []finding.Step{editRecord(rec, "failed", "Marked failed: the operation did not come to an end")},
		Undo:  "restores the record as it was",
		Proof: recordProof(rec, "failed"),
		Note:  note,
	}
}

func editRecord(rec *model.Record, status, description string) finding.Step {
	return finding.Step{
		Verb: "update", Ref: storedIn(rec), Summary: fmt.Sprintf("status %s -> %s", rec.Body.Status, status),
		Change: finding.EditRecord{Status: status, Description: description},
	}
}

func recordProof(rec *model.Record, status string) finding.Proof {
	return finding.Proof{
		Text: "the record and its label read " + status, Within: 10 * time.Second,
		Checks: []finding.Check{{Ref: storedIn(rec), Path: "metadata.labels.status", Want: status}},
	}
}

// andAllowUpdate is fix with a second step: the right whose lack made the record
// stick, or the next upgrade sticks again.
func andAllowUpdate(fix finding.Fix, denied []denial) (finding.Fix, bool) {
	for _, d := range denied {
		step, ok := d.allowStep()
		if !ok {
			continue
		}
		fix.ID += "-and-allow-update"
		fix.Title += fmt.Sprintf(", and add update to %s %s", d.role.Kind, d.role.Name)
		fix.Steps = append(append([]finding.Step(nil), fix.Steps...), step)
		fix.Undo = "restores the record and the rule as they were"
		fix.Proof.Text += fmt.Sprintf("; %s may update it", d.who())
		return fix, true
	}
	return fix, false
}

// stamp writes a time as evidence.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
