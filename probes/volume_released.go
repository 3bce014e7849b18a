package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const volumeReleasedID finding.ProbeID = "volume-released"

// VolumeReleased finds volumes that keep the data of a PVC that was made again.
var VolumeReleased = &Probe{
	ID: volumeReleasedID,
	Doc: `A released volume is still reserved for a PVC that was made again
A PVC was deleted and made again under its name. Its volume, which was kept, names the old PVC
by its UID, so that the new one waits beside its data.

**Rule.** A volume is Released, its claimRef names a PVC by namespace and name that exists, waits
(Pending for a minute), and has another UID; and the volume would fit it: class, size, access
modes, volume mode and selector. Source: kubernetes
pkg/controller/volume/persistentvolume/pv_controller.go (syncVolume).

**Evidence.** Both UIDs, the volume's policy and size, since when it is released.

**What it cannot see.** Whether the data is still wanted, and whether it is whole.

**By hand.** ` + "`kubectl patch pv NAME --type json -p '[{\"op\":\"remove\",\"path\":\"/spec/claimRef/uid\"},{\"op\":\"remove\",\"path\":\"/spec/claimRef/resourceVersion\"}]'`" + `:
the volume stays reserved for the PVC of that name, and is bound to the new one.

**Silent** for a released volume that no PVC waits for, and for one whose policy is Delete.`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindClaim, model.KindVolume},
	Uses:  []model.Kind{model.KindNamespace},
	Run:   staying(runVolumeReleased),
}

func runVolumeReleased(p *Pass) {
	for c := range model.Each[*model.Claim](p.Space, model.KindClaim) {
		if c.Phase != "Pending" || !c.Deleting.IsZero() {
			continue
		}
		for v := range model.Each[*model.Volume](p.Snapshot.Space(""), model.KindVolume) {
			if v.Phase != "Released" || v.Policy == "Delete" || v.Claim != c.Ref() || v.ClaimUID == "" || v.ClaimUID == c.UID || len(differs(v, c)) != 1 || !v.Deleting.IsZero() {
				continue
			}
			if c.Volume != "" && c.Volume != v.Name || !p.After(c.Created, time.Minute) {
				continue
			}
			p.Report(releasedFinding(c, v))
		}
	}
}

func releasedFinding(c *model.Claim, v *model.Volume) finding.Finding {
	return finding.Finding{
		Subject: v.Ref(), Severity: finding.Medium, Grade: finding.Proved, Since: v.Since,
		Summary: fmt.Sprintf("This volume (%s) is reserved for an earlier PVC %s, and the PVC of that name now waits for a volume.", orNothing(v.Capacity), c.Ref().Path()),
		Evidence: []finding.Evidence{
			{Ref: v.Ref(), Path: "spec.claimRef.uid", Value: v.ClaimUID, Note: "of the PVC that was deleted"},
			{Ref: c.Ref(), Path: "metadata.uid", Value: c.UID, Note: "made at " + stamp(c.Created) + ", " + c.Phase},
			{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Value: v.Policy, Note: policyMeans(v.Policy)},
		},
		Fixes: []finding.Fix{{
			ID: "rebind", Title: fmt.Sprintf("Bind it to PVC %s of today", c.Ref().Path()), Risk: finding.Disruptive,
			Steps: []finding.Step{{
				Verb: "patch", Ref: v.Ref(), Summary: "remove claimRef.uid and claimRef.resourceVersion, keep its name and namespace",
				Change: finding.Patch{Set: []finding.FieldValue{
					{Path: []string{"spec", "claimRef", "uid"}, Value: nil}, {Path: []string{"spec", "claimRef", "resourceVersion"}, Value: nil},
				}},
			}},
			Undo:  "cannot be taken back once the PVC is bound; the data stays in the volume",
			Note:  "The pods that mount the PVC start on the data of the earlier one.",
			Proof: finding.Proof{Text: "the PVC is Bound to " + v.Name, Within: 2 * time.Minute, Checks: []finding.Check{{Ref: v.Ref(), Path: "status.phase", Want: "Bound"}}},
		}},
	}
}
