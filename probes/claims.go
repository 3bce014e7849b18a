package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// KeptLabel marks a claim that is there on purpose; the probes of claims pass it
// over.
const KeptLabel = "careen/kept"

// namedVolume is the volume that a claim names, or nil. Only where it names the claim as
// well are the two bound: see claimVolume.
func namedVolume(p *Pass, c *model.Claim) *model.Volume {
	v, ok := model.Get[*model.Volume](p.Snapshot, model.Ref{Kind: model.KindVolume, Name: c.Volume})
	if !ok {
		return nil
	}
	return v
}

// claimVolume is the volume that a claim is bound to, or nil: a claim that is Lost names
// one that is another's by now, and whose data is not this claim's to delete.
func claimVolume(p *Pass, c *model.Claim) *model.Volume {
	v := namedVolume(p, c)
	if v == nil || !v.BoundTo(c) {
		return nil
	}
	return v
}

// outlives reports whether a volume can be kept when its claim goes: one that is being deleted
// itself is held by the claim alone, whatever its policy (kubernetes.io/pv-protection).
func outlives(v *model.Volume) bool { return v != nil && v.Deleting.IsZero() }

// claimEvidence says what a claim holds, and where.
func claimEvidence(p *Pass, c *model.Claim) []finding.Evidence {
	size := c.Capacity
	if size == "" {
		size = c.Requested
	}
	out := []finding.Evidence{{Ref: c.Ref(), Path: "metadata.creationTimestamp", Value: stamp(c.Created), Note: c.Phase + ", " + orNothing(size) + ", class " + orNothing(c.Class)}}
	if v := claimVolume(p, c); v != nil {
		out = append(out, finding.Evidence{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Value: v.Policy, Note: policyMeans(v.Policy) + "; " + orNothing(v.Source)})
		if !outlives(v) {
			out = append(out, finding.Evidence{Ref: v.Ref(), Path: "metadata.deletionTimestamp", Value: stamp(v.Deleting), Note: "somebody deleted the volume: it is gone once the claim is"})
		}
	} else if v := namedVolume(p, c); v != nil {
		out = append(out, finding.Evidence{Ref: v.Ref(), Path: "spec.claimRef", Value: orNothing(v.Claim.Path()), Note: "the PVC names this volume, which is not bound to it"})
	} else if c.Volume != "" {
		if known, why := p.Knows(model.KindVolume); !known {
			out = append(out, finding.Evidence{Path: "coverage", Value: why, Note: "the volume's policy cannot be seen"})
		}
	}
	return out
}

func policyMeans(policy string) string {
	if policy == "Delete" {
		return "the data goes when the claim is deleted"
	}
	return "the data stays when the claim is deleted"
}

// keepClaim labels a claim as there on purpose.
func keepClaim(c *model.Claim) finding.Fix {
	return finding.Fix{
		ID: "keep", Title: "Keep it, and label it as kept", Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "patch", Ref: c.Ref(), Summary: "label " + KeptLabel + "=true",
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"metadata", "labels", KeptLabel}, Value: "true"}}},
		}},
		Undo:  "takes the label away again",
		Note:  "Nothing else changes; careen does not speak of it again.",
		Proof: finding.Proof{Text: "the claim carries the label", Within: 10 * time.Second, Checks: []finding.Check{{Ref: c.Ref(), Path: "metadata.labels." + KeptLabel, Want: "true"}}},
	}
}

// retain makes a volume outlive its claim: no step where its policy does so already.
func retain(v *model.Volume) []finding.Step {
	if v.Policy == "Retain" {
		return nil
	}
	return []finding.Step{{
		Verb: "patch", Ref: v.Ref(), Summary: fmt.Sprintf("persistentVolumeReclaimPolicy %s -> Retain", v.Policy),
		Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "persistentVolumeReclaimPolicy"}, Value: "Retain"}}},
	}}
}

func deleteStep(ref model.Ref, summary string) finding.Step {
	return finding.Step{Verb: "delete", Ref: ref, Summary: summary, Change: finding.Delete{}}
}
