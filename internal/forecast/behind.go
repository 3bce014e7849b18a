package forecast

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// claims finds the claims that the release's StatefulSets generated: they stand in no
// manifest. Their set's retention policy decides, and its default is to retain.
func (l *look) claims() {
	for c := range model.Each[*model.Claim](l.Snapshot.Space(l.Namespace), model.KindClaim) {
		set, _, _, ok := l.graph.Generates(c.Ref())
		if !ok || !l.told[set.Ref()] || l.told[c.Ref()] {
			continue
		}
		if set.RetainWhenDeleted == "Delete" {
			l.plan("delete", c.Ref(), size(c)+", by its StatefulSet's retention policy")
			l.lost(c, "whenDeleted of StatefulSet "+set.Name+" is Delete")
			continue
		}
		l.plan("leave", c.Ref(), size(c))
		f := finding.Finding{
			Probe: probes.ClaimOrphan.ID, Subject: c.Ref(), Severity: finding.Medium, Grade: finding.Proved,
			Summary: fmt.Sprintf("Claim %s stays, with %s: StatefulSet %s generated it, so no manifest has it.", c.Ref().Path(), or(c.Capacity, "what is on it"), set.Name),
			Evidence: []finding.Evidence{
				{Ref: c.Ref(), Path: "status.capacity.storage", Value: strings.TrimSpace(c.Capacity + " " + c.Class)},
				{Ref: c.Ref(), Path: "metadata.creationTimestamp", Value: c.Created.Format(time.RFC3339)},
				{Ref: set.Ref(), Path: "spec.persistentVolumeClaimRetentionPolicy.whenDeleted", Value: or(set.RetainWhenDeleted, "Retain")},
			},
		}
		if v, ok := model.Get[*model.Volume](l.Snapshot, model.Ref{Kind: model.KindVolume, Name: c.Volume}); ok && v.BoundTo(c) {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: v.Ref(), Path: "spec.persistentVolumeReclaimPolicy", Value: v.Policy, Note: v.Source})
			f.Fixes = append(f.Fixes, retain(v))
		}
		f.Fixes = append(f.Fixes, remove(c.Ref()))
		l.report(f)
	}
}

// hooks finds the objects of hooks, which an uninstall does not delete (helm
// documentation, "Hook resources are not managed with corresponding releases").
func (l *look) hooks() {
	for _, h := range l.record.Body.Hooks {
		row := l.Snapshot.Row(h.Ref)
		if row == nil || l.told[h.Ref] {
			continue
		}
		l.plan("leave", h.Ref, "made by a hook: "+strings.Join(h.Events, ", "))
		l.left(h.Ref, finding.Low, "a hook made it, and hooks are not part of the release",
			finding.Evidence{Ref: h.Ref, Path: "helm.sh/hook", Value: strings.Join(h.Events, ", ")})
	}
}

func (l *look) left(ref model.Ref, severity finding.Severity, why string, evidence ...finding.Evidence) {
	f := finding.Finding{
		Probe: probes.ReleaseLeftovers.ID, Subject: ref, Severity: severity, Grade: finding.Proved,
		Summary:  fmt.Sprintf("%s %s stays: %s.", ref.Kind, ref.Path(), why),
		Evidence: evidence,
	}
	if fix := remove(ref); fix.Steps[0].Strays() == "" {
		f.Fixes = []finding.Fix{fix}
	} else {
		f.Withheld = []finding.Withheld{{Fix: fix.ID, Title: fix.Title, Why: fmt.Sprintf("careen deletes no %s: after a look at it, kubectl delete does", ref.Kind)}}
	}
	l.report(f)
}

// generated matches names that a program makes up.
var generated = regexp.MustCompile(`-[0-9a-f]{32}$|-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// leftovers finds Secrets and ConfigMaps of the release that its manifest does not
// declare: by their label, by a name that begins with the release's and was made up,
// or because only its workloads refer to them.
func (l *look) leftovers() {
	sp := l.Snapshot.Space(l.Namespace)
	for _, kind := range []model.Kind{model.KindSecret, model.KindConfigMap} {
		if sp == nil {
			return
		}
		for _, row := range sp.Tables[kind] {
			m := row.Base()
			ref := m.Ref()
			if l.told[ref] || len(m.Owners) > 0 || m.Name == "kube-root-ca.crt" {
				continue
			}
			if s, ok := row.(*model.Secret); ok && s.Type == "kubernetes.io/service-account-token" {
				continue
			}
			var why string
			switch {
			case m.Labels["app.kubernetes.io/instance"] == l.Release || m.Labels["release"] == l.Release:
				why = "it bears the release's label, and no manifest has it"
			case generated.MatchString(m.Name) && strings.HasPrefix(m.Name, l.Release+"-"):
				why = "a program of the release made it under a name of its own"
			default:
				continue
			}
			l.plan("leave", ref, why)
			e := finding.Evidence{Ref: ref, Path: "metadata.creationTimestamp", Value: m.Created.Format(time.RFC3339)}
			if len(m.Writes) > 0 {
				e.Note = "written by " + m.Writes[0].Manager
			}
			l.left(ref, finding.Low, why, e)
		}
	}
}

func retain(v *model.Volume) finding.Fix {
	return finding.Fix{
		ID: "retain-volume", Title: "Keep volume " + v.Name, Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "patch", Ref: v.Ref(), Summary: "reclaim policy " + v.Policy + " -> Retain",
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "persistentVolumeReclaimPolicy"}, Value: "Retain"}}},
		}},
		Undo: "sets the policy as it was", Proof: finding.Proof{Text: "the volume's policy reads Retain", Within: 10 * time.Second},
	}
}

func remove(ref model.Ref) finding.Fix {
	return finding.Fix{
		ID: "delete", Title: fmt.Sprintf("Delete %s %s after the uninstall", ref.Kind, ref.Name), Risk: finding.Destructive,
		Steps: []finding.Step{{Verb: "delete", Ref: ref, Summary: "delete it", Change: finding.Delete{}}},
		Undo:  "cannot be taken back, but for a volume that is retained", Proof: finding.Proof{Text: "it is gone", Within: time.Minute},
		Note: "Look first who else uses it: what no object names cannot be seen.",
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
