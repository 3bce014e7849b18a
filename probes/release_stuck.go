package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const releaseStuckID finding.ProbeID = "release-stuck"

// ReleaseStuck finds a release whose newest revision has been pending for too long
// though nobody works on it any more.
var ReleaseStuck = &Probe{
	ID: releaseStuckID,
	Doc: `A release is pending, and nobody works on it
Helm writes a revision's record as pending before it touches the cluster, and as
deployed or failed when it is done. Where that second write never happened, each later
upgrade is refused: "another operation (install/upgrade/rollback) is in progress".

**Rule.** The newest revision's record says pending-install, pending-upgrade or
pending-rollback *inside* (that is what Helm's lock reads, not the label), it is older than
--stuck-after, no hook of it runs, and nobody wrote one of its objects in that time.
Sources: helm/helm #13189, #7139, #10023, #8987, #7476, #11863; pkg/action/upgrade.go;
pkg/storage/driver/secrets.go for the labels createdAt and modifiedAt.

**Evidence.** The status of record and label, whether the record was ever updated, its
hooks, and how each object of its manifest stands: live, owned by the release, ready.

**What it cannot see.** A client that waits for hours without writing anything; objects of
kinds that are not read; whether a pending upgrade changed an object to what its manifest
says, where nobody wrote the object since the upgrade began.

**By hand.** Helm has no command for it. Either roll back to a deployed revision
(` + "`helm rollback NAME REVISION`" + `), or rewrite the record: info.status in the gzipped,
base64-coded JSON under data.release *and* the label status, in one write. Then find out
why it was not written: ` + "`kubectl auth can-i update secrets --as=THE-CLIENT -n NAMESPACE`" + `.

**Silent** while the operation is younger than --stuck-after, while a hook's Job or pod
runs, and for that time after anyone wrote one of its objects. A hook whose pod cannot run, since no node takes it, its image
cannot be had, it is not let in or suspended, is said with its cause: the operation waits for it, and
nothing is offered.`,
	Worst: finding.Critical,
	Holds: true,
	Needs: []model.Kind{model.KindRecord},
	Uses: []model.Kind{
		model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindJob, model.KindCronJob, model.KindPod,
		model.KindSecret, model.KindConfigMap, model.KindService, model.KindServiceAccount, model.KindIngress, model.KindClaim,
		model.KindRole, model.KindRoleBinding, model.KindClusterRole, model.KindClusterRoleBinding,
		model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindEndpointSlice, model.KindNamespace,
	},
	Run: runReleaseStuck,
}

func runReleaseStuck(p *Pass) {
	for _, rel := range p.Space.Releases() {
		rec := pendingRecord(rel)
		if rec == nil || !leftAlone(p, rec) {
			continue
		}
		if running, _ := hookRuns(p, rec); running {
			if f, ok := hookWaits(p, rel, rec); ok {
				p.Report(f)
			}
			continue
		}
		objects := standingOf(p, rec)
		busy := false
		for _, o := range objects {
			busy = busy || !p.After(o.written, p.Settings.StuckAfter)
		}
		if !busy {
			p.Report(stuckFinding(p, rel, rec, objects))
		}
	}
}

func stuckFinding(p *Pass, rel *model.Release, rec *model.Record, objects []objectState) finding.Finding {
	f := finding.Finding{
		Subject: rel.Ref(), Severity: finding.Critical, Grade: finding.Proved, Since: begun(rec),
		Summary:  stuckSummary(p, rec, objects),
		Evidence: stuckEvidence(p, rec, objects),
	}
	idle := finding.Absence{Of: rel.Ref(), Claim: "nobody works on it any more", Grade: finding.Proved}
	if _, why := hookRuns(p, rec); why != "" {
		idle.Grade, idle.Why = finding.Unknown, append(idle.Why, why)
	}
	for _, o := range objects {
		if o.state == unseen && !slices.Contains(idle.Why, o.note) {
			idle.Grade, idle.Why = max(idle.Grade, finding.Inferred), append(idle.Why, o.note)
		}
	}
	f.Rests = append(f.Rests, idle)
	var denied []denial
	if neverUpdated(rec) {
		denied, _ = deniedUpdates(p, rec.Driver)
		for _, d := range denied {
			f.Causes = append(f.Causes, d.id(p))
			f.Evidence = append(f.Evidence, d.evidence()...)
		}
	}
	for _, d := range deadHooks(p, unheard) {
		if asksAboutRecords(p, d.hook(), rec) {
			f.Causes = append(f.Causes, blocksID(&d))
		}
	}
	if idle.Grade != finding.Unknown { // else a hook may be running
		f.Fixes = stuckFixes(p, rel, rec, objects, denied)
		f.Preventions = preventStuck(p, denied)
	}
	return f
}

func stuckSummary(p *Pass, rec *model.Record, objects []objectState) string {
	begin := fmt.Sprintf("Revision %d has been %s for %s", rec.Revision, rec.Body.Status, p.Age(begun(rec)))
	total, well, hidden := len(objects), tally(objects, fine), tally(objects, unseen)
	seen := total - hidden
	switch {
	case total == 0 && rec.Body.ManifestError != "":
		return begin + "; its manifest cannot be read."
	case total == 0:
		return begin + ", and it declares no object."
	case seen == 0:
		return fmt.Sprintf("%s; none of its %s can be seen.", begin, text.Counted(total, "object"))
	case well == 1 && total == 1:
		return begin + ", though its one object is live and ready."
	case well == total:
		return fmt.Sprintf("%s, though all %d of its objects are live and ready.", begin, total)
	case well == seen:
		return fmt.Sprintf("%s; the %d of its %d objects that can be seen %s live and ready.", begin, seen, total, text.Plural(seen, "is", "are"))
	default:
		return fmt.Sprintf("%s; %d of its %s %s live and ready.", begin, well, text.Counted(total, "object"), text.Plural(well, "is", "are"))
	}
}

// maxObjectEvidence keeps a release of hundreds of objects readable.
const maxObjectEvidence = 12

func stuckEvidence(p *Pass, rec *model.Record, objects []objectState) []finding.Evidence {
	at := storedIn(rec)
	agree := "label and record agree"
	if rec.LabelStatus != rec.Body.Status {
		agree = "the record itself says " + rec.Body.Status
	}
	out := []finding.Evidence{
		{Ref: at, Path: "metadata.labels.status", Value: rec.LabelStatus, Note: agree},
		{Ref: at, Path: "data.release info.status", Value: rec.Body.Status, Note: "what Helm's lock reads"},
	}
	switch {
	case !neverUpdated(rec):
		out = append(out, finding.Evidence{Ref: at, Path: "metadata.labels.modifiedAt", Value: stamp(rec.ModifiedAt), Note: "updated once or more, then left"})
	case rec.ModifiedAt.IsZero():
		out = append(out, finding.Evidence{Ref: at, Path: "metadata.labels.modifiedAt", Note: "never written: the record is as it was created at " + stamp(rec.CreatedAt)})
	default:
		out = append(out, finding.Evidence{Ref: at, Path: "metadata.labels.modifiedAt", Value: stamp(rec.ModifiedAt), Note: "inherited from the revision before: this one was never updated"})
	}
	if len(rec.Writes) > 0 {
		w := rec.Writes[0]
		out = append(out, finding.Evidence{Ref: at, Path: "metadata.managedFields", Value: w.Manager, Note: "last writer of the record, " + stamp(w.Time)})
	}
	for _, h := range rec.Body.Hooks {
		if h.Phase != "" {
			out = append(out, finding.Evidence{Ref: h.Ref, Path: "hook", Value: h.Phase, Note: "as the record has it"})
		}
	}
	for i, o := range worstFirst(objects) {
		if i == maxObjectEvidence {
			out = append(out, finding.Evidence{Ref: at, Path: "manifest", Value: text.Counted(len(objects)-i, "more object")})
			break
		}
		out = append(out, finding.Evidence{Ref: o.ref, Path: "status", Value: o.note})
	}
	return out
}
