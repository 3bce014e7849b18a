package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const claimOlderThanOwnerID finding.ProbeID = "claim-older-than-owner"

// ClaimOlderThanOwner finds fresh installs on the data of an earlier one.
var ClaimOlderThanOwner = &Probe{
	ID: claimOlderThanOwnerID,
	Doc: `A release runs on data that is older than itself
A claim's name is made of its template, its StatefulSet and a number. A release that is
installed again under the same name mounts the claim that the one before left, and its
program starts on yesterday's data.

**Rule.** A claim that a StatefulSet generates is bound and mounted by a pod, and is older than
the StatefulSet and than the first revision of its release. Where revision 1 is still
stored, all three times are the API server's, and any difference counts; else the record's
first_deployed, which is the clock of the host that Helm ran on, must be a minute later.
Sources: apache/devlake #8018 ("new migration scripts" after a reinstall),
apache/devlake-helm-chart #306, helm/helm #5156.

**Evidence.** The three times, the pod that mounts it, the volume and its policy.

**What it cannot see.** Whether the reuse was wanted: a restore makes the claim first, too.

**By hand.** Scale the StatefulSet to 0, set the volume's policy to Retain, delete the claim, scale
back: the controller makes a fresh one. Set
persistentVolumeClaimRetentionPolicy.whenDeleted to Delete where data shall go with the set.

**Silent** for claims labelled careen/kept, and for a StatefulSet that belongs to no release: it
may have been replaced in place, which does not touch its claims.`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindClaim, model.KindStatefulSet, model.KindPod, model.KindRecord},
	Uses:  []model.Kind{model.KindVolume, model.KindHPA, model.KindNamespace, model.KindCustom},
	Run:   staying(runClaimOlder),
}

// clockSkew is how far the clock of the host that Helm ran on may be behind.
const clockSkew = time.Minute

func runClaimOlder(p *Pass) {
	for set := range model.Each[*model.Workload](p.Space, model.KindStatefulSet) {
		if len(set.ClaimTemplates) == 0 || !set.Deleting.IsZero() {
			continue
		}
		rel := setRelease(p, set)
		if rel == nil {
			continue
		}
		first, margin := firstDeployed(rel)
		if first.IsZero() {
			continue
		}
		for c := range model.Each[*model.Claim](p.Space, model.KindClaim) {
			if c.Phase != "Bound" || !c.Deleting.IsZero() || c.Labels[KeptLabel] != "" || !c.Created.Before(set.Created) || !c.Created.Add(margin).Before(first) {
				continue
			}
			if maker, _, _, ok := p.Graph.Generates(c.Ref()); !ok || maker.Name != set.Name {
				continue
			}
			if pod := mountedBy(p, c.Ref()); pod != nil {
				p.Report(olderFinding(p, c, set, rel, first, pod))
			}
		}
	}
}

// setRelease is the release of a StatefulSet, by its metadata, its manifest or its
// labels; nil where none has a record.
func setRelease(p *Pass, set *model.Workload) *model.Release {
	b, ok := p.Graph.Belonging(set.Ref())
	if !ok || !b.Stored {
		return nil
	}
	return p.Release(b.Release.Namespace, b.Release.Name)
}

// firstDeployed is when a release was first installed, and by how much an earlier
// time must be earlier to be believed.
//
// The record says it itself, in whatever cluster it was written; the time at which the
// record was created is that of a restore, where a backup tool brought it back.
func firstDeployed(rel *model.Release) (time.Time, time.Duration) {
	first := rel.First()
	rec := rel.Last()
	if rec == nil || !usable(rec) || rec.Body.FirstDeployed.IsZero() {
		return time.Time{}, 0
	}
	said := rec.Body.FirstDeployed
	if first.Revision == 1 && !first.Created.IsZero() && first.Created.Sub(said).Abs() < clockSkew {
		return first.Created, 0 // by the server's clock, as the PVC's is
	}
	return said, clockSkew
}

// mountedBy is a pod that mounts a claim and has not ended, or nil.
func mountedBy(p *Pass, claim model.Ref) *model.Pod {
	for _, e := range p.Graph.Users(claim) {
		if pod, ok := model.Get[*model.Pod](p.Snapshot, e.From); ok && e.Type == model.EdgeMounts && pod.Phase != "Succeeded" && pod.Phase != "Failed" {
			return pod
		}
	}
	return nil
}

func olderFinding(p *Pass, c *model.Claim, set *model.Workload, rel *model.Release, first time.Time, pod *model.Pod) finding.Finding {
	f := finding.Finding{
		Subject: c.Ref(), Severity: finding.Medium, Grade: finding.Proved, Since: set.Created,
		Summary:  fmt.Sprintf("This claim is %s old, and release %s, which runs on it, %s.", p.Age(c.Created), rel.Name, p.Age(first)),
		Evidence: claimEvidence(p, c),
	}
	f.Evidence = append(f.Evidence,
		finding.Evidence{Ref: set.Ref(), Path: "metadata.creationTimestamp", Value: stamp(set.Created), Note: "generates the claim's name, and did not make it"},
		finding.Evidence{Ref: rel.Ref(), Path: "first deployed", Value: stamp(first), Note: "the claim is of an earlier installation"},
		finding.Evidence{Ref: pod.Ref(), Path: "spec.volumes", Value: c.Name, Note: "mounts it"})
	if set.RetainWhenDeleted != "Delete" {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: set.Ref(), Path: "spec.persistentVolumeClaimRetentionPolicy.whenDeleted", Value: "Retain", Note: "the next uninstall leaves it as well"})
	}
	f.Fixes = olderFixes(p, c, set, claimVolume(p, c))
	if set.RetainWhenScaled == "Delete" {
		f.Withheld = []finding.Withheld{{
			Fix: "fresh-volume", Title: "Start with an EMPTY volume, and keep the old data",
			Why: "persistentVolumeClaimRetentionPolicy.whenScaled is Delete: scaled to 0, it would delete all its claims",
		}}
	}
	f.Preventions = PreventLeaving(set)
	return f
}

// olderFixes start afresh with the old data kept, the same with a policy for the
// future, and keep.
func olderFixes(p *Pass, c *model.Claim, set *model.Workload, v *model.Volume) []finding.Fix {
	keep := keepClaim(c)
	if !outlives(v) || set.RetainWhenScaled == "Delete" {
		return []finding.Fix{keep} // the data could not be kept
	}
	fresh := finding.Fix{
		ID: "fresh-volume", Title: "Start with an EMPTY volume; the old data stays in " + v.Name, Risk: finding.Disruptive,
		Steps: slices.Concat([]finding.Step{
			{Verb: "scale", Ref: set.Ref(), Summary: fmt.Sprintf("replicas %d -> 0, until its pods are gone", set.Desired), Change: finding.Scale{Replicas: 0}},
		}, retain(v), []finding.Step{
			deleteStep(c.Ref(), "the claim alone; the data stays in "+v.Name),
			{Verb: "scale", Ref: set.Ref(), Summary: fmt.Sprintf("replicas 0 -> %d; the controller makes a fresh claim", set.Desired), Change: finding.Scale{Replicas: set.Desired}},
		}),
		Undo: "scales to 0, creates the PVC again, bound to the old volume, and scales back; what was written to the new volume stays there",
		Note: "The program starts without data.",
		Proof: finding.Proof{Text: "the claim has a new UID, the old volume is Released with policy Retain, the pods are ready", Within: 5 * time.Minute, Checks: []finding.Check{
			{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Want: "Retain"},
			{Ref: v.Ref(), Path: "status.phase", Want: "Released"},
			{Ref: set.Ref(), Path: "ready"},
		}},
	}
	fixes := []finding.Fix{fresh}
	if snapshotting(p, v) {
		fixes = append(fixes, snapshotFirst(c, fresh))
	}
	if set.RetainWhenDeleted != "Delete" {
		future := fresh
		future.ID, future.Title = "fresh-volume-and-clean-up", "Start with an EMPTY volume, and let later claims go with their StatefulSet"
		future.Steps = slices.Concat(fresh.Steps, []finding.Step{{
			Verb: "patch", Ref: set.Ref(), Summary: "persistentVolumeClaimRetentionPolicy.whenDeleted -> Delete",
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"}, Value: "Delete"}}},
		}})
		future.Undo += "; the policy as it was"
		future.Note = "The program starts without data, and an uninstall then deletes its claims."
		fixes = append(fixes, future)
	}
	return append(fixes, keep)
}
