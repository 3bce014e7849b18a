package preflight

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// claims finds claims that exist already under the names that the chart's
// StatefulSets will generate: template-set-ordinal (kubernetes
// pkg/controller/statefulset, getPersistentVolumeClaimName). A set that is live uses
// its own claims, and nothing is said of those, nor of one that is labelled as kept.
func (l *look) claims(ctx context.Context) {
	for _, o := range l.rendered.Objects {
		if o.Ref.Kind != model.KindStatefulSet {
			continue
		}
		set, ok := projected(o, l.Release, l.Namespace, l.Now).(*model.Workload)
		if !ok || l.Snapshot.Row(o.Ref) != nil {
			continue
		}
		for _, t := range set.ClaimTemplates {
			for i := range min(set.Desired, 1000) {
				name := fmt.Sprintf("%s-%s-%d", t.Name, o.Ref.Name, set.OrdinalStart+i)
				ref := model.Ref{Kind: model.KindClaim, Namespace: o.Ref.Namespace, Name: name}
				if claim, ok := model.Get[*model.Claim](l.Snapshot, ref); ok && claim.Labels[probes.KeptLabel] == "" {
					l.claim(ctx, o, claim)
				}
			}
		}
	}
}

func (l *look) claim(ctx context.Context, o *Object, c *model.Claim) {
	age, _ := text.Steps(l.Now.Sub(c.Created))
	f := finding.Finding{
		Probe: probes.ClaimOlderThanOwner.ID, Subject: c.Ref(), Severity: finding.Medium, Grade: finding.Proved,
		Summary: fmt.Sprintf("StatefulSet %s will run on claim %s, which is there already and is %s old.", o.Ref.Path(), c.Name, age),
		Evidence: []finding.Evidence{
			{Ref: o.Ref, Path: o.Source, Note: "as the chart declares it: its claim template generates this name"},
			{Ref: c.Ref(), Path: "metadata.creationTimestamp", Value: c.Created.Format(time.RFC3339)},
		},
	}
	if size := strings.TrimSpace(c.Capacity + " " + c.Class); size != "" {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "status.capacity.storage", Value: size, Note: "as large as it is, and its class"})
	}
	if user := formerUser(l.Snapshot, c); user != "" {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "metadata.labels", Value: user, Note: "who used it before"})
	}
	if c.Volume != "" {
		ref := model.Ref{Kind: model.KindVolume, Name: c.Volume}
		note := "bound, so what was written to it before is still there"
		switch v, ok := model.Get[*model.Volume](l.Snapshot, ref); {
		case ok && !v.BoundTo(c):
			note = "the claim names this volume, which is not bound to it"
		case ok:
			note += ", with policy " + v.Policy
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: ref, Path: "spec.claimRef", Value: c.Namespace + "/" + c.Name, Note: note})
	}
	if !c.Deleting.IsZero() {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.Ref(), Path: "metadata.deletionTimestamp", Value: c.Deleting.Format(time.RFC3339), Note: "it is being deleted, and a pod that wants it waits"})
	}
	f.Fixes = l.claimFixes(ctx, c)
	l.report(f)
}

// formerUser says who used a claim: the pod that mounts it, else the release and
// component of its labels.
func formerUser(snap *model.Snapshot, c *model.Claim) string {
	for p := range model.Each[*model.Pod](snap.Space(c.Namespace), model.KindPod) {
		for _, r := range p.Refs {
			if r.To == c.Ref() {
				return "Pod " + p.Name
			}
		}
	}
	var parts []string
	for _, key := range []string{"app.kubernetes.io/instance", "app.kubernetes.io/name", "app.kubernetes.io/component", "release", "app"} {
		if v := c.Labels[key]; v != "" {
			parts = append(parts, key+"="+v)
		}
	}
	return strings.Join(parts, ", ")
}
