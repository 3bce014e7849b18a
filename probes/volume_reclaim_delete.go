package probes

import (
	"cmp"
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const volumeReclaimDeleteID finding.ProbeID = "volume-reclaim-delete"

// VolumeReclaimDelete finds the data of releases that goes with a PVC.
var VolumeReclaimDelete = &Probe{
	ID: volumeReclaimDeleteID,
	Doc: `The data of a StatefulSet is deleted with its PVC
Most classes make volumes with the reclaim policy Delete. Whoever deletes the PVC, or its namespace,
deletes the data with it, at once and for good. The PVCs of a StatefulSet stand in no manifest,
so that it is people who delete them, after an uninstall.

**Rule.** A PVC that a StatefulSet generated is bound to a volume whose reclaim policy is Delete, has
been for a minute, and the StatefulSet is of a release that has a record: by Helm's marks or by
the release's manifest. Sources: kubernetes pkg/apis/core/types.go
(PersistentVolumeReclaimPolicy), pkg/controller/statefulset; helm/helm #5156.

**Evidence.** The volume with its policy, class and size, the PVC, the StatefulSet and its release.

**What it cannot see.** What the data is worth, and whether there is a backup.

**By hand.** ` + "`kubectl patch pv NAME -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'`" + `; for
volumes to come, a StorageClass with reclaimPolicy: Retain.

**Silent** where the data is meant to go: the StatefulSet's persistentVolumeClaimRetentionPolicy says
Delete, or the PVC is being deleted; for PVCs labelled careen/kept.`,
	Worst: finding.Low,
	Needs: []model.Kind{model.KindClaim, model.KindVolume, model.KindStatefulSet, model.KindRecord},
	Uses:  []model.Kind{model.KindStorageClass, model.KindNamespace},
	Run:   staying(runVolumeReclaimDelete),
}

// boundSettles is how long a volume must be there: what is made for a test is gone soon.
const boundSettles = time.Minute

func runVolumeReclaimDelete(p *Pass) {
	for c := range model.Each[*model.Claim](p.Space, model.KindClaim) {
		v := claimVolume(p, c)
		if v == nil || v.Policy != "Delete" || v.Phase != "Bound" || !v.Deleting.IsZero() || !c.Deleting.IsZero() || c.Labels[KeptLabel] != "" {
			continue
		}
		set, _, ordinal, ok := p.Graph.Generates(c.Ref())
		if !ok || set.RetainWhenDeleted == "Delete" || set.RetainWhenScaled == "Delete" && ordinal >= int(set.OrdinalStart+set.Desired) {
			continue
		}
		if b, ok := p.Graph.Belonging(set.Ref()); ok && b.Stored && b.How != "label" && p.After(v.Created, boundSettles) {
			p.Report(deletedWithClaim(p, v, c, set, b.Release))
		}
	}
}

func deletedWithClaim(p *Pass, v *model.Volume, c *model.Claim, set *model.Workload, release model.Ref) finding.Finding {
	size := cmp.Or(v.Capacity, c.Capacity)
	f := finding.Finding{
		Subject: v.Ref(), Severity: finding.Low, Grade: finding.Proved,
		// The same for all volumes of a set, so that they are one line.
		Summary: fmt.Sprintf("This volume (%s) of StatefulSet %s of release %s is deleted with its PVC: the reclaim policy is Delete.", orNothing(size), set.Name, release.Path()),
		Evidence: []finding.Evidence{
			{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Value: v.Policy, Note: policyMeans(v.Policy) + "; " + orNothing(v.Source)},
			{Ref: c.Ref(), Path: "spec.volumeName", Value: v.Name, Note: orNothing(size)},
			{Ref: set.Ref(), Path: "spec.persistentVolumeClaimRetentionPolicy.whenDeleted", Value: cmp.Or(set.RetainWhenDeleted, "Retain"), Note: "of release " + release.Path()},
		},
		Fixes: []finding.Fix{{
			ID: "retain", Title: "Keep the volume when its PVC is deleted", Risk: finding.Safe, Steps: retain(v),
			Undo: "sets the policy as it was", Note: "Once its PVC is deleted, the volume stays until somebody deletes it.",
			Proof: finding.Proof{Text: "the volume's policy is Retain", Within: 10 * time.Second, Checks: []finding.Check{{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Want: "Retain"}}},
		}},
	}
	if class, ok := model.Get[*model.StorageClass](p.Snapshot, model.Ref{Kind: model.KindStorageClass, Name: v.Class}); ok {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: class.Ref(), Path: "reclaimPolicy", Value: class.Policy, Note: "what its volumes begin with"})
	}
	return f
}
