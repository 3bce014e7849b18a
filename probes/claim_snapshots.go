package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// snapshotClassKind is the kind of the classes by which CSI drivers take snapshots.
const snapshotClassKind model.Kind = "VolumeSnapshotClass.snapshot.storage.k8s.io"

// CSIDriver is the driver that made a volume; empty where none did, since what is no CSI
// volume has no snapshots.
func CSIDriver(v *model.Volume) string {
	if v == nil {
		return ""
	}
	driver, ok := strings.CutPrefix(v.Source, "csi ")
	if !ok {
		return ""
	}
	return driver
}

// snapshotting reports whether a class of the volume's driver is among those that were
// read. Which it is is looked up when the fix is planned.
func snapshotting(p *Pass, v *model.Volume) bool {
	driver := CSIDriver(v)
	if driver == "" {
		return false
	}
	for c := range model.Each[*model.Object](p.Snapshot.Space(""), snapshotClassKind) {
		if c.Words.Has(model.Word(driver)) {
			return true
		}
	}
	return false
}

// snapshotFirst is a fix before which a CSI snapshot of a claim is taken: where that does
// not become usable, nothing of the fix is done.
func snapshotFirst(c *model.Claim, fix finding.Fix) finding.Fix {
	ref := SnapshotOf(c)
	fix.ID, fix.Title = "snapshot-and-"+fix.ID, "Take a CSI snapshot first, then: "+strings.ToLower(fix.Title[:1])+fix.Title[1:]
	fix.Steps = append([]finding.Step{{
		Verb: "create", Ref: ref, Summary: "of " + c.Name + ", and wait until it can be used; else nothing is deleted", Change: finding.TakeSnapshot{Of: c.Ref()},
	}}, fix.Steps...)
	fix.Proof.Within += finding.SnapshotWithin
	fix.Proof.Checks = append([]finding.Check{{Ref: ref, Path: "status.readyToUse", Want: "true"}}, fix.Proof.Checks...)
	fix.Note = strings.TrimSpace(fix.Note + " " + snapshotNote)
	return fix
}

// snapshotNote says what a snapshot is worth.
const snapshotNote = "The snapshot stays, whatever is undone. It is a copy of the disk at one moment, as after a crash; some storage keeps it beside the volume."

// SnapshotOf is the snapshot that careen takes of a claim.
func SnapshotOf(c *model.Claim) model.Ref {
	uid := strings.ReplaceAll(c.UID, "-", "")
	name := fmt.Sprintf("%s-%s", c.Name[:min(len(c.Name), 240)], uid[:min(len(uid), 8)])
	return model.Ref{Kind: finding.KindVolumeSnapshot, Namespace: c.Namespace, Name: strings.Trim(name, "-.")}
}

// BeforeMounting are the fixes for a PVC that a release about to be installed would mount
// by its name: say that this is meant, or take it out of the way. Those that delete are
// there only where nothing uses it. class tells that the volume's driver can take
// snapshots, where the snapshot of the cluster does not say it.
func BeforeMounting(p *Pass, c *model.Claim, release string, class bool) []finding.Fix {
	fixes := []finding.Fix{takeOver(c, release)}
	if a, unused := unusedClaim(p, c); !unused || a.Grade != finding.Proved || !c.Deleting.IsZero() {
		return fixes
	}
	away := orphanClaimFixes(p, c, claimVolume(p, c), class)
	return slices.Concat(away[1:], fixes) // to keep it is to leave it in the way; taking it over says whose it is
}

// takeOver labels a claim as kept for a release.
func takeOver(c *model.Claim, release string) finding.Fix {
	fix := keepClaim(c)
	fix.ID, fix.Title = "keep", "Keep it: the release is to run on this data"
	if c.Labels[instanceLabel] == release {
		return fix
	}
	path := []string{"metadata", "labels", instanceLabel}
	fix.ID, fix.Title = "relabel", fmt.Sprintf("Keep it, and label it as that of release %s", release)
	fix.Steps = slices.Clone(fix.Steps)
	step := &fix.Steps[0]
	set := step.Change.(finding.Patch).Set
	step.Summary += ", " + instanceLabel + "=" + release
	step.Change = finding.Patch{Set: append(slices.Clone(set), finding.FieldValue{Path: path, Value: release})}
	fix.Undo = "gives it the labels that it had"
	fix.Proof = finding.Proof{
		Text: "the claim carries the labels", Within: 10 * time.Second,
		Checks: append(slices.Clone(fix.Proof.Checks), finding.Check{Ref: c.Ref(), Path: "metadata.labels." + strings.ReplaceAll(instanceLabel, ".", `\.`), Want: release}),
	}
	return fix
}
