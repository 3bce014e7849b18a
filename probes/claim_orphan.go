package probes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

const claimOrphanID finding.ProbeID = "claim-orphan"

// ClaimOrphan finds claims that a release left behind.
var ClaimOrphan = &Probe{
	ID: claimOrphanID,
	Doc: `A claim was left behind by a release that is gone
A StatefulSet's claims are made by a controller. They stand in no release's manifest, so an
uninstall never sees them: they stay, with their data, and the next install of that name
mounts them.

**Rule.** No pod uses the PVC and no template, custom resource or release names it; no
StatefulSet generates its name (a number beyond the replicas is scaled down, not orphaned);
it carries the name of a release that has no record in any namespace; and nothing else in the
namespace carries that name. Proved where Helm's own marks are on it (meta.helm.sh/release-name,
managed-by or heritage Helm, a chart label) and every record was read. The label
app.kubernetes.io/instance alone is inferred, since other tools set it, and so is whatever
was not read unknown: nothing is then offered that deletes. Sources: helm/helm #5156;
apache/devlake-helm-chart #306; kubernetes pkg/controller/statefulset (names, and the
retention policy, whose default is Retain).

**Evidence.** The claim, its size and age, the volume and its policy, the release.

**What it cannot see.** What the data is worth, and to whom; uses of kinds that are not read.
It names a candidate, nothing more.

**By hand.** Keep it; or set the volume's policy to Retain and delete the claim
(` + "`kubectl patch pv NAME -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'`" + `), so that the data
can be had back; or delete it for good.

**Silent** for PVCs labelled careen/kept, with an owner, of a StatefulSet that exists, of a
release that has a record, and for those that Argo CD, Flux, kustomize, kapp, Rancher or OLM
say are theirs.`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindClaim, model.KindPod, model.KindStatefulSet},
	Uses:  reads(namersOf(model.KindClaim), carriers, []model.Kind{model.KindVolume, model.KindNamespace}),
	Run:   staying(runClaimOrphan),
}

func runClaimOrphan(p *Pass) {
	for c := range model.Each[*model.Claim](p.Space, model.KindClaim) {
		if !c.Deleting.IsZero() || len(c.Owners) > 0 || c.Labels[KeptLabel] != "" || !p.After(c.Created, claimGrace(c.Name)) {
			continue
		}
		unused, ok := unusedClaim(p, c)
		if !ok {
			continue
		}
		release, gone, ok := formerRelease(p, &c.Meta)
		if !ok {
			continue
		}
		if alone, ok := instanceGone(p, &c.Meta, release.Name); ok {
			p.Report(orphanClaim(p, c, release, unused, gone, alone))
		}
	}
}

// unusedClaim reports whether nothing uses a claim, names it or generates it.
func unusedClaim(p *Pass, c *model.Claim) (finding.Absence, bool) {
	if _, _, _, made := p.Graph.Generates(c.Ref()); made {
		return finding.Absence{}, false
	}
	return p.Unused(c.Ref(), func(e graph.Edge) bool { return e.Type != model.EdgeBinds }) // the volume's own reference to its claim
}

// claimGrace is how long a claim may wait for what will use it: a while where it was
// made by hand, next to nothing where its name was made by a StatefulSet.
func claimGrace(name string) time.Duration {
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		if _, err := strconv.Atoi(name[i+1:]); err == nil {
			return settling
		}
	}
	return time.Minute
}

// carriers are the kinds of objects that carry the name of what they belong to.
var carriers = reads(workloadReads, []model.Kind{
	model.KindService, model.KindConfigMap, model.KindSecret, model.KindServiceAccount, model.KindIngress, model.KindCustom,
})

// instanceGone reports whether nothing but PVCs carries the name of an instance in the
// namespace, or is called by it where it is a custom resource: what is there was not
// uninstalled, whatever installed it.
func instanceGone(p *Pass, m *model.Meta, instance string) (a finding.Absence, gone bool) {
	for _, kind := range p.Space.Kinds() {
		if !kind.IsCustom() && !slices.Contains(carriers, kind) {
			continue
		}
		for _, row := range p.Space.Tables[kind] {
			o := row.Base()
			if o.Labels[instanceLabel] == instance || o.Labels["release"] == instance || o.Name == instance && kind.IsCustom() {
				return a, false
			}
		}
	}
	a = finding.Absence{Of: m.Ref(), Claim: fmt.Sprintf("nothing else belongs to %s", instance), Grade: finding.Proved}
	for _, kind := range carriers {
		p.lacks(&a, kind, m.Namespace)
	}
	return a, true
}

func orphanClaim(p *Pass, c *model.Claim, release model.Ref, unused, gone, alone finding.Absence) finding.Finding {
	size := c.Capacity
	if size == "" {
		size = c.Requested
	}
	f := finding.Finding{
		Subject: c.Ref(), Severity: finding.Medium, Grade: finding.Proved, Rests: []finding.Absence{unused, gone, alone},
		Summary:  fmt.Sprintf("Nothing uses this PVC of %s, and release %s, which it belonged to, is gone.", orNothing(size), release.Name),
		Evidence: claimEvidence(p, c),
	}
	note := "has no record; the PVC still carries its name"
	switch gone.Grade {
	case finding.Inferred:
		f.Summary = fmt.Sprintf("Nothing uses this PVC of %s, and nothing else carries the name %s, to which its label says it belonged.", orNothing(size), release.Name)
		note = "no release of this name has a record"
	case finding.Unknown:
		f.Summary = fmt.Sprintf("Nothing that was read uses this PVC of %s; whether %s, to which it belonged, is gone is unknown.", orNothing(size), release.Name)
		note = "no record of it was read"
	case finding.Proved, finding.Observed:
	}
	f.Evidence = append(f.Evidence,
		finding.Evidence{Ref: release, Note: note},
		finding.Evidence{Ref: c.Ref(), Path: "references", Value: "none", Note: "no pod, template, custom resource or release that was read names it"})
	if keeps(&c.Meta) {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "metadata.annotations.helm.sh/resource-policy", Value: "keep", Note: "its chart had Helm keep it on purpose"})
	}
	f.Fixes = orphanClaimFixes(p, c, claimVolume(p, c), false)
	return f
}

// orphanClaimFixes is the ladder: keep, let go but keep the data, delete with a snapshot
// kept where the driver can take one, delete for good. class tells that it can.
func orphanClaimFixes(p *Pass, c *model.Claim, v *model.Volume, class bool) []finding.Fix {
	fixes := []finding.Fix{keepClaim(c)}
	if outlives(v) {
		fixes = append(fixes, finding.Fix{
			ID: "retain-and-delete", Title: "Delete the claim, and keep its volume", Risk: finding.Disruptive,
			Steps: append(retain(v), deleteStep(c.Ref(), "the claim alone; the data stays in "+v.Name)),
			Undo:  "creates the PVC again, bound to the same volume",
			Note:  "The volume is then Released: nothing uses it, and nothing takes it, until it is bound again.",
			Proof: finding.Proof{Text: "the claim is gone, and the volume is Released with policy Retain", Within: time.Minute, Checks: []finding.Check{
				{Ref: c.Ref(), Path: "gone"},
				{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Want: "Retain"},
				{Ref: v.Ref(), Path: "status.phase", Want: "Released"},
			}},
		})
	}
	forGood := finding.Fix{
		ID: "delete", Title: "Delete the claim and its data for good", Risk: finding.Destructive,
		Steps: []finding.Step{deleteStep(c.Ref(), "the claim")},
		Undo:  "cannot be undone: the data goes with the volume",
		Note:  "careen cannot see what the data is worth.",
		Proof: finding.Proof{Text: "the claim is gone", Within: 2 * time.Minute, Checks: []finding.Check{{Ref: c.Ref(), Path: "gone"}}},
	}
	if v != nil && v.Policy == "Delete" {
		forGood.Proof.Text, forGood.Proof.Checks = "the claim and its volume are gone", append(forGood.Proof.Checks, finding.Check{Ref: v.Ref(), Path: "gone"})
	} else if v != nil {
		forGood.Steps = append(forGood.Steps, deleteStep(v.Ref(), "the volume, whose policy "+v.Policy+" would keep it"))
		forGood.Proof.Text, forGood.Proof.Checks = "the claim and its volume are gone", append(forGood.Proof.Checks, finding.Check{Ref: v.Ref(), Path: "gone"})
		forGood.Note = "The cluster then knows nothing of the storage behind the volume (" + v.Source + "); freeing it is a matter of its own."
	}
	if c.Phase == "Bound" && (class && CSIDriver(v) != "" || snapshotting(p, v)) {
		kept := snapshotFirst(c, forGood)
		kept.Undo = "creates the PVC again, with a volume made from the snapshot"
		kept.Note = "Of the data, what the snapshot holds is kept. " + snapshotNote
		fixes = append(fixes, kept)
	}
	return append(fixes, forGood)
}
