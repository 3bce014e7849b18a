package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// ReviewLabel marks a Secret that somebody was asked to look at; secret-orphan
// passes it over.
const ReviewLabel = "careen/review"

const secretOrphanID finding.ProbeID = "secret-orphan"

// SecretOrphan finds Secrets that nothing refers to.
var SecretOrphan = &Probe{
	ID: secretOrphanID,
	Doc: `Nothing refers to a Secret
Secrets outlive what they were made for: a provider that was renamed, a release that is gone, a
certificate of a host that no longer is.

**Rule.** No object that is read refers to the Secret in any way (containers, init and ephemeral
containers, env, envFrom, volumes, projected volumes, CSI, pull secrets of pods and
accounts, TLS of ingresses and gateways, templates, custom resources, annotations, roles
that name it, releases), it has no owner, and it is older than --orphan-after. Secrets whose
names were generated alike are one finding. Sources: keephq/keep #3401, which leaves the
Secret of a provider that is renamed.

**Evidence.** How many, how old, their keys' names, and what cannot be seen.

**What it cannot see.** Who reads it through the API, as operators and many programs do: it names
candidates, nothing more.

**By hand.** Ask its owner; label it; keep a copy before you delete it.

**Silent** for tokens and release records, and for every type that is no plain one of Kubernetes, since
programs find what is theirs by its type; for Secrets with an owner, of a release that has a
record, labelled for tools that find them by label, or labelled careen/review. Deleting is not
offered while a program ends because a Secret of the same shape is missing
(api-read-secret-missing): this may be the copy that it needs.`,
	Worst: finding.Low,
	Needs: []model.Kind{model.KindSecret},
	Uses:  reads(namersOf(model.KindSecret), []model.Kind{model.KindLogTail, model.KindNamespace}),
	Run:   staying(runSecretOrphan),
}

func runSecretOrphan(p *Pass) {
	groups, rests := map[string][]*model.Secret{}, map[string]finding.Absence{}
	for s := range model.Each[*model.Secret](p.Space, model.KindSecret) {
		if ordinary(s) && p.After(s.Created, p.Settings.OrphanAfter) && !ofRelease(p, &s.Meta) {
			unused, ok := unusedSecret(p, s)
			if !ok {
				continue
			}
			rests[s.Name] = unused
			key := s.Name
			if shape := family(s.Name); shape.form != "" {
				key = shape.pattern()
			}
			groups[key] = append(groups[key], s)
		}
	}
	for key, list := range groups {
		p.Report(orphanSecrets(p, key, list, rests[list[0].Name]))
	}
}

// plainTypes are the types of Secrets that only a reference would keep. A program that gives
// its Secrets a type of its own finds them by that: Istio its root certificate, Helm its
// records, careen what it keeps for an undo.
var plainTypes = []string{
	"", "Opaque", "kubernetes.io/tls", "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth",
}

// foundByLabel are labels and annotations by which tools find Secrets that nothing
// names: Argo CD's repositories and clusters, Sealed Secrets' keys, Grafana's
// sidecars, cert-manager's certificates, Cluster API, Rancher, k3s, and the tools that
// copy Secrets from namespace to namespace.
var foundByLabel = []string{
	"argocd.argoproj.io/secret-type", "sealedsecrets.bitnami.com/sealed-secrets-key", "grafana_datasource", "grafana_dashboard",
	"cert-manager.io/certificate-name", "cert-manager.io/next-private-key", "cluster.x-k8s.io/cluster-name", "objectset.rio.cattle.io/hash", "auth.openshift.io/managed-certificate-type",
	"replicator.v1.mittwald.de/", "reflector.v1.k8s.emberstack.com/", "kubed.appscode.com/", "secretsync.", "k8s-sync/", "velero.io/",
}

// hasMark reports whether one of the keys is among marks, or begins with one that ends
// in a slash or a dash.
func hasMark(keys map[string]string, marks []string) bool {
	for k := range keys {
		for _, m := range marks {
			if k == m || strings.HasPrefix(k, m) && strings.ContainsAny(m[len(m)-1:], "/-") {
				return true
			}
		}
	}
	return false
}

// ordinary reports whether a Secret is one that only a reference would keep.
func ordinary(s *model.Secret) bool {
	if !s.Deleting.IsZero() || len(s.Owners) > 0 || s.Labels[ReviewLabel] != "" || !slices.Contains(plainTypes, s.Type) {
		return false
	}
	if strings.HasSuffix(s.Name, ".node-password.k3s") || strings.HasPrefix(s.Name, "bootstrap-token-") {
		return false
	}
	return !hasMark(s.Labels, foundByLabel) && !hasMark(s.Annotations, foundByLabel)
}

// ofRelease reports whether an object belongs to a release that has a record, or to a
// tool that keeps it.
func ofRelease(p *Pass, m *model.Meta) bool {
	if _, kept := m.Manager(); kept {
		return true
	}
	b, ok := p.Graph.Belonging(m.Ref())
	return ok && b.Stored
}

// unusedSecret reports whether nothing refers to a Secret, by reference or by a whole
// value that is its name.
func unusedSecret(p *Pass, s *model.Secret) (finding.Absence, bool) {
	a, unused := p.Unused(s.Ref(), func(e graph.Edge) bool { return e.Type != model.EdgeSelects })
	if !unused || p.Graph.Named(s.Ref()) || classNames(p, s.Ref()) {
		return a, false
	}
	return a, true
}

// wanted reports whether a log of the namespace misses a Secret of the same shape.
func wanted(p *Pass, name string) bool {
	for tail := range model.Each[*model.LogTail](p.Space, model.KindLogTail) {
		for _, m := range tail.Missing {
			if m.Kind != model.KindSecret || !sameShape(name, m.Name) {
				continue
			}
			if _, absent := p.Absent(model.Ref{Kind: m.Kind, Namespace: p.Namespace(), Name: m.Name}); absent {
				return true
			}
		}
	}
	return false
}

func orphanSecrets(p *Pass, key string, list []*model.Secret, unused finding.Absence) finding.Finding {
	first := list[0] // sorted by name, as tables are
	oldest, newest := first, first
	for _, s := range list {
		if s.Created.Before(oldest.Created) {
			oldest = s
		}
		if s.Created.After(newest.Created) {
			newest = s
		}
	}
	f := finding.Finding{Subject: first.Ref(), Severity: finding.Low, Grade: finding.Proved, Rests: []finding.Absence{unused}}
	if key != first.Name {
		f.Slot = key
	}
	if len(list) == 1 {
		f.Summary = fmt.Sprintf("Nothing that can be seen refers to this Secret, which is %s old: a candidate for review.", p.Age(first.Created))
	} else {
		f.Summary = fmt.Sprintf("Nothing that can be seen refers to these %d Secrets %s, the newest of them %s old: candidates for review.", len(list), key, p.Age(newest.Created))
	}
	for i, s := range list {
		if i == maxOrphans {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: oldest.Ref(), Value: text.Counted(len(list)-i, "more Secret"), Note: "the oldest was created at " + stamp(oldest.Created)})
			break
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.Ref(), Path: "metadata.creationTimestamp", Value: stamp(s.Created), Note: "type " + orNothing(s.Type) + ", keys " + orNothing(text.Joined(keysOf(s), 6))})
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Path: "not seen", Note: "who reads it through the API: no object says so"})
	f.Fixes = orphanSecretFixes(list)
	if slices.ContainsFunc(list, func(s *model.Secret) bool { return wanted(p, s.Name) }) {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: first.Ref(), Path: "log", Note: "a program ends because a Secret of this shape is missing: this may be the copy that it needs"})
		f.Fixes = f.Fixes[:1]
	}
	return f
}

// maxOrphans bounds how many members of a family are listed, and deleted at once.
const maxOrphans = 20

func orphanSecretFixes(list []*model.Secret) []finding.Fix {
	list = list[:min(len(list), maxOrphans)]
	what := "the Secret"
	if len(list) > 1 {
		what = fmt.Sprintf("the %d Secrets", len(list))
	}
	review := finding.Fix{
		ID: "label-for-review", Title: "Label " + what + " for review", Risk: finding.Safe,
		Undo: "takes the label away again", Note: "Nothing else changes; careen does not speak of it again.",
		Proof: finding.Proof{Text: what + " carry the label", Within: 10 * time.Second},
	}
	gone := finding.Fix{
		ID: "delete", Title: "Delete " + what, Risk: finding.Destructive,
		Undo:  "creates " + what + " again from the copy that is kept in the cluster",
		Note:  "careen cannot see who reads it through the API. Nothing of it leaves the cluster.",
		Proof: finding.Proof{Text: what + " are gone, and no container fails because it is missing", Within: time.Minute},
	}
	if len(list) == 1 {
		review.Proof.Text, gone.Proof.Text = "the Secret carries the label", "the Secret is gone, and no container fails because it is missing"
	}
	for _, s := range list {
		review.Steps = append(review.Steps, finding.Step{
			Verb: "patch", Ref: s.Ref(), Summary: "label " + ReviewLabel + "=orphan-candidate",
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"metadata", "labels", ReviewLabel}, Value: "orphan-candidate"}}},
		})
		review.Proof.Checks = append(review.Proof.Checks, finding.Check{Ref: s.Ref(), Path: "metadata.labels." + ReviewLabel, Want: "orphan-candidate"})
		gone.Steps = append(gone.Steps, deleteStep(s.Ref(), "a copy is kept for undo"))
		gone.Proof.Checks = append(gone.Proof.Checks, finding.Check{Ref: s.Ref(), Path: "gone"})
	}
	return []finding.Fix{review, gone}
}
