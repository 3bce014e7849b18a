package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// preventing are those of a finding's fixes that can be applied before the chart is
// installed, with what they do to objects that are not there yet left out. The probe made
// them for the cluster as it would be, where each was tried.
func (l *look) preventing(fixes []finding.Fix) (out []finding.Fix) {
	for _, fix := range l.ahead(fixes) {
		fix.Proof.Text = "preflight foretells it no longer"
		out = append(out, fix)
	}
	return out
}

// ahead is preventing for preventions: what is foretold stays, so that their proof is their
// own.
func (l *look) ahead(fixes []finding.Fix) (out []finding.Fix) {
	for _, fix := range fixes {
		if p, ok := l.prevents(fix); ok {
			out = append(out, p)
		}
	}
	return out
}

// prevents is a fix without what only the installed chart needs; ok is false where
// nothing of it is left, or where it would write what the chart is about to write.
func (l *look) prevents(fix finding.Fix) (finding.Fix, bool) {
	made := map[model.Ref]bool{}
	var steps []finding.Step
	for _, s := range fix.Steps {
		live := l.Snapshot.Row(s.Ref) != nil
		switch s.Change.(type) {
		case finding.Nudge, finding.Restart:
			if !live || l.declared(s.Ref) != nil {
				continue // it begins with the install
			}
		case finding.Create, finding.CreateFromRelease, finding.CopySecret, finding.FillSecret, finding.TakeSnapshot, finding.Guard:
			if live || l.declared(s.Ref) != nil {
				return fix, false
			}
			made[s.Ref] = true
		default:
			if !live || l.declared(s.Ref) != nil {
				return fix, false
			}
		}
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		return fix, false
	}
	fix.Steps = steps
	fix.Proof.Checks = slices.DeleteFunc(slices.Clone(fix.Proof.Checks), func(c finding.Check) bool {
		return !made[c.Ref] && (l.Snapshot.Row(c.Ref) == nil || l.declared(c.Ref) != nil)
	})
	fix.Proof.Within, fix.Proof.Hold = min(fix.Proof.Within, time.Minute), 0
	return fix, true
}

// recordFixes add the verb that whoever installs lacks to the role that lets it create
// records.
func (l *look) recordFixes() []finding.Fix {
	return l.preventing(probes.AllowRecordUpdates(l.pass(), l.Driver, l.who.ref))
}

// allow adds a right that whoever installs lacks to a role that is bound to it.
func (l *look) allow(r right) ([]finding.Fix, []finding.Withheld) {
	p := l.pass()
	p.Space = l.Snapshot.Space(r.namespace)
	fixes, withheld := probes.Allowing(p, l.who.ref, r.group, r.resource, r.verb)
	return l.preventing(fixes), withheld
}

// pass is how a probe looks at the release's namespace as it is.
func (l *look) pass() *probes.Pass {
	return &probes.Pass{
		Snapshot: l.Snapshot, Space: l.Snapshot.Space(l.Namespace), Graph: l.graph, Now: l.Now, Settings: l.Settings,
		Report: func(finding.Finding) {},
	}
}

// claimFixes take a PVC out of the release's way that nothing uses at present, or say
// that the release is to run on it.
func (l *look) claimFixes(ctx context.Context, c *model.Claim) []finding.Fix {
	return l.preventing(probes.BeforeMounting(l.pass(), c, l.Release, l.snapshotClass(ctx, c)))
}

// earlyFixes make an account that a hook needs before Helm creates it, as the chart declares
// it and with the keys by which Helm then takes it for its own (helm
// pkg/action/validate.go, checkOwnership).
func (l *look) earlyFixes(d *Object) []finding.Fix {
	if d.Ref.Kind != model.KindServiceAccount || d.Hook != nil || d.real != nil {
		return nil // what else a hook reads may hold values, which stand in no fix
	}
	u := d.DeepCopy()
	unstructured.RemoveNestedField(u.Object, "secrets")
	labels, annotations := u.GetLabels(), u.GetAnnotations()
	if labels == nil {
		labels = map[string]string{}
	}
	if annotations == nil {
		annotations = map[string]string{}
	}
	labels["app.kubernetes.io/managed-by"] = "Helm"
	annotations["meta.helm.sh/release-name"], annotations["meta.helm.sh/release-namespace"] = l.Release, l.Namespace
	u.SetLabels(labels)
	u.SetAnnotations(annotations)
	manifest, err := yaml.Marshal(u.Object)
	if err != nil || len(manifest) > maxManifest {
		return nil
	}
	return []finding.Fix{{
		ID: "create-account", Title: "Create service account " + d.Ref.Name + " now, as the chart declares it", Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "create", Ref: d.Ref, Summary: "from " + d.Source + ", with Helm's label and annotations, so that the install takes it over",
			Change: finding.Create{Manifest: string(manifest)},
		}},
		Undo: "deletes the account, if it is unchanged",
		Note: "It has the rights that are bound to it already; those that the chart binds come with the install.",
		Proof: finding.Proof{
			Text: "the account is there, and preflight foretells it no longer", Within: 10 * time.Second,
			Checks: []finding.Check{{Ref: d.Ref, Path: "exists"}},
		},
	}}
}

// maxManifest bounds a manifest that a fix holds.
const maxManifest = 64 << 10

// reload has a reloader roll a live workload when the upgrade changes an object that it
// reads once; rolled tells that one does so already. Helm leaves an annotation that stands
// in neither of its manifests (helm pkg/kube, a three-way patch).
func (l *look) reload(of model.Ref, config *Object) (fixes []finding.Fix, withheld []finding.Withheld, rolled bool) {
	row := l.row(config)
	if row == nil || l.Snapshot.Row(of) == nil {
		return nil, nil, false
	}
	at, unknown := l.reloader()
	fixes, withheld, rolled = probes.PreventOutdated(l.pass(), of, row.Base(), at, unknown)
	for i := range fixes {
		fixes[i].Proof.Text = "preflight foretells it no longer"
	}
	return fixes, withheld, rolled
}

// copyFix makes a Secret with the data of another.
func copyFix(from, to model.Ref, note string) finding.Fix {
	return finding.Fix{
		ID: "copy-" + from.Name, Title: "Copy Secret " + from.Name + " to " + to.Name, Risk: finding.Safe,
		Steps: []finding.Step{{Verb: "create", Ref: to, Summary: "with the data of " + from.Name, Change: finding.CopySecret{From: from}}},
		Undo:  "deletes the copy, if it is unchanged", Note: note,
		Proof: finding.Proof{Text: "the copy is there", Within: 10 * time.Second, Checks: []finding.Check{{Ref: to, Path: "exists"}}},
	}
}

// namedBefore are the fixes for a Secret that an upgrade names and that is not there: a
// copy of the one that the live object names in the same place.
func (l *look) namedBefore(f *finding.Finding) []finding.Fix {
	name, ok := strings.CutPrefix(f.Slot, string(model.KindSecret)+"/")
	live := l.Snapshot.Row(f.Subject)
	d := l.declared(f.Subject)
	if f.Probe != probes.ReferenceMissing.ID || !ok || live == nil || d == nil || d.Hook != nil {
		return nil
	}
	to := model.Ref{Kind: model.KindSecret, Namespace: f.Subject.Namespace, Name: name}
	now := l.row(d)
	if now == nil || l.Snapshot.Row(to) != nil || l.declared(to) != nil {
		return nil
	}
	for _, r := range now.Base().Refs {
		if r.To != to || r.Key != "" && r.Path == "" {
			continue
		}
		for _, was := range live.Base().Refs {
			if was.Path == r.Path && was.To.Kind == model.KindSecret && was.To != to && l.Snapshot.Row(was.To) != nil {
				return []finding.Fix{copyFix(was.To, to, fmt.Sprintf("%s names %s in this place today.", f.Subject, was.To.Name))}
			}
		}
	}
	return nil
}

// renameFixes copy the Secrets that belong to a renamed entry of the values to the names
// under which the new entry's will be asked for.
func renameFixes(snap *model.Snapshot, r renamed, secrets []model.Ref) (out []finding.Fix) {
	for _, s := range secrets {
		name := strings.Replace(s.Name, r.from, r.to, 1)
		to := model.Ref{Kind: model.KindSecret, Namespace: s.Namespace, Name: name}
		if name == s.Name || len(name) > 253 || snap.Row(to) != nil {
			continue
		}
		out = append(out, copyFix(s, to, "Add the new entry beside the old one, see it work, and only then take the old one out."))
	}
	return out
}
