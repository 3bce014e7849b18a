package probes

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// ClaimOrphan finds claims that a release left behind.
var ClaimOrphan = &Probe{
	ID: "claim-orphan",
	Doc: `A claim was left behind by a release that is gone
A StatefulSet's claims are made by a controller. They stand in no release's manifest, so an
uninstall never sees them: they stay, with their data, and the next install of that name
mounts them.

**Rule.** No pod uses the claim and no template, custom resource or release names it; no
StatefulSet generates its name (a number beyond the replicas is scaled down, not orphaned);
it carries the name of a release (app.kubernetes.io/instance, or the label release) that has
no record; and nothing alive in the namespace carries that name. Sources: helm/helm #5156;
apache/devlake-helm-chart #306; kubernetes pkg/controller/statefulset (names, and the
retention policy, whose default is Retain).

**Evidence.** The claim, its size and age, the volume and its policy, the release.

**What it cannot see.** What the data is worth, and to whom; uses of kinds that are not read.
It names a candidate, nothing more.

**By hand.** Keep it; or set the volume's policy to Retain and delete the claim
(` + "`kubectl patch pv NAME -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'`" + `), so that the data
can be had back; or delete it for good.

**Silent** for claims labelled careen/kept, with an owner, of a StatefulSet that exists, and
of a release that has a record.`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindClaim, model.KindPod, model.KindStatefulSet, model.KindRecord},
	Uses: []model.Kind{
		model.KindVolume, model.KindDeployment, model.KindDaemonSet, model.KindReplicaSet, model.KindReplicationController,
		model.KindJob, model.KindCronJob, model.KindCustom,
		model.KindNamespace,
	},
	Run: staying(runClaimOrphan),
}

func runClaimOrphan(p *Pass) {
	for c := range model.Each[*model.Claim](p.Space, model.KindClaim) {
		if release := formerRelease(p, &c.Meta); release != "" && unusedClaim(p, c) && !instanceLives(p, release) {
			p.Report(orphanClaim(p, c, release))
		}
	}
}

// formerRelease is the release that an object says it belongs to and that has no
// record; empty where it says nothing or the release is there.
func formerRelease(p *Pass, m *model.Meta) string {
	for _, name := range []string{m.Annotations["meta.helm.sh/release-name"], m.Labels["app.kubernetes.io/instance"], m.Labels["release"]} {
		if name != "" {
			if p.Release(m.Namespace, name) != nil {
				return ""
			}
			return name
		}
	}
	return ""
}

// unusedClaim tells whether nothing that is read uses a claim, generates it or
// names it.
func unusedClaim(p *Pass, c *model.Claim) bool {
	if !c.Deleting.IsZero() || len(c.Owners) > 0 || c.Labels[KeptLabel] != "" || len(p.Graph.Declaring(c.Ref())) > 0 {
		return false
	}
	for _, e := range p.Graph.Users(c.Ref()) {
		if e.Type != model.EdgeBinds { // the volume's own reference to its claim
			return false
		}
	}
	_, _, _, made := p.Graph.Generates(c.Ref())
	return !made && p.After(c.Created, claimGrace(c.Name))
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

// instanceLives tells whether a workload or custom resource of the namespace
// carries a release's name: it may have been installed by something else than Helm.
func instanceLives(p *Pass, instance string) bool {
	for _, kind := range p.Space.Kinds() {
		if _, builtin := model.Info(kind); builtin && !isWorkload(kind) || kind == model.KindRecord || kind == model.KindLogTail {
			continue
		}
		for _, row := range p.Space.Tables[kind] {
			m := row.Base()
			if m.Labels["app.kubernetes.io/instance"] == instance || m.Labels["release"] == instance || m.Name == instance && !isWorkload(kind) {
				return true
			}
		}
	}
	return false
}

func orphanClaim(p *Pass, c *model.Claim, release string) finding.Finding {
	size := c.Capacity
	if size == "" {
		size = c.Requested
	}
	f := finding.Finding{
		Subject: c.Ref(), Severity: finding.Medium, Grade: finding.Proved,
		Summary:  fmt.Sprintf("Nothing uses this claim of %s, and release %s, which it belonged to, is gone.", orNothing(size), release),
		Evidence: claimEvidence(p, c),
	}
	f.Evidence = append(f.Evidence,
		finding.Evidence{Ref: model.Ref{Kind: model.KindRelease, Namespace: c.Namespace, Name: release}, Note: "has no record; the claim still carries its name"},
		finding.Evidence{Ref: c.Ref(), Path: "references", Value: "none", Note: "no pod, template, custom resource or release names it"})
	if known, why := p.Knows(model.KindCustom); !known {
		f.Grade = finding.Unknown
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "coverage", Value: why, Note: "whether a custom resource uses it cannot be told"})
	}
	f.Fixes = orphanClaimFixes(c, claimVolume(p, c))
	return f
}

// orphanClaimFixes is the ladder: keep, let go but keep the data, delete for good.
func orphanClaimFixes(c *model.Claim, v *model.Volume) []finding.Fix {
	fixes := []finding.Fix{keepClaim(c)}
	if v != nil {
		fixes = append(fixes, finding.Fix{
			ID: "retain-and-delete", Title: "Delete the claim, and keep its volume", Risk: finding.Disruptive,
			Steps: append(retain(v), deleteStep(c.Ref(), "the claim alone; the data stays in "+v.Name)),
			Undo:  "makes the claim anew, bound to the same volume",
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
	return append(fixes, forGood)
}
