package probes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const secretCopiesDifferID finding.ProbeID = "secret-copies-differ"

// SecretCopiesDiffer finds copies of a Secret that do not hold what it holds.
var SecretCopiesDiffer = &Probe{
	ID: secretCopiesDifferID,
	Doc: `Copies of a Secret differ
A password or certificate was changed in one namespace and not in the others: what works here is
refused there.

**Rule.** Secrets of one name or origin, in two namespaces or more, with the same keys, hold
different data for ten minutes, and one of these says that they are copies:

- a replicator's annotation names the Secret that a copy is made of (kubernetes-replicator:
  replicator.v1.mittwald.de/replicate-from; Reflector: reflector.v1.k8s.emberstack.com/reflects;
  kubed and Config Syncer: kubed.appscode.com/origin);
- they have one name, and one Helm release, by name and namespace, made them; something else than Helm
  changed one of them, and those that only Helm wrote are equal.

What is compared is a hash with a salt of this process, never a value. Sources: the documentation of
those tools; helm pkg/action/validate.go (the annotations of a release).

**Evidence.** Where the copies are, when each was last changed, and by whom.

**What it cannot see.** Which of them is right; copies that nothing marks as such; Secrets whose data
was taken out of a dump.

**By hand.** ` + "`kubectl get secret NAME -n NAMESPACE -o jsonpath={.data} | sha256sum`" + ` in each namespace; then look
at the log of the replicator, or upgrade the release.

**Silent** where the keys differ, for tokens of service accounts and release records, for namespaces
that are being deleted, for copies that are made once (replicator.v1.mittwald.de/replicate-once), and where nothing says that
one is a copy of the other: certificates that are issued in each namespace, passwords that a chart generates
in each, whatever their names.`,
	Worst: finding.Low,
	Needs: []model.Kind{model.KindSecret},
	Uses:  []model.Kind{model.KindNamespace},
	Scope: Cluster,
	Run:   runSecretCopiesDiffer,
}

// copySettles is how long a replicator may take to write the copies.
const copySettles = 10 * time.Minute

// reflected are the annotations in which replicators name what a Secret is a copy of, as
// namespace/name.
var reflected = []string{"replicator.v1.mittwald.de/replicate-from", "reflector.v1.k8s.emberstack.com/reflects"}

// copiedOnce is that of kubernetes-replicator, on the copy or on its source, by which a copy is
// left as it is once it has been made.
const copiedOnce = "replicator.v1.mittwald.de/replicate-once"

// syncedFrom is that of kubed and Config Syncer, which is JSON.
const syncedFrom = "kubed.appscode.com/origin"

func runSecretCopiesDiffer(p *Pass) {
	copies := map[model.Ref][]*model.Secret{} // by what they are copies of
	made := map[madeCopy][]*model.Secret{}
	for _, ns := range p.Namespaces() {
		if space, ok := model.Get[*model.Namespace](p.Snapshot, model.Ref{Kind: model.KindNamespace, Name: ns}); ok && !space.Deleting.IsZero() {
			continue
		}
		for s := range model.Each[*model.Secret](p.Snapshot.Space(ns), model.KindSecret) {
			if !readWhole(s) {
				continue
			}
			if of, ok := copyOf(s); ok {
				if s.Annotations[copiedOnce] != "true" {
					copies[of] = append(copies[of], s)
				}
				continue
			}
			if release := s.Annotations["meta.helm.sh/release-name"]; release != "" && s.Labels["app.kubernetes.io/managed-by"] == "Helm" {
				key := madeCopy{release, s.Annotations["meta.helm.sh/release-namespace"], s.Name}
				made[key] = append(made[key], s)
			}
		}
	}
	for of, list := range copies {
		if source, ok := model.Get[*model.Secret](p.Snapshot, of); ok && readWhole(source) && source.Annotations[copiedOnce] != "true" {
			reportCopies(p, source, list, "a replicator says that they are copies of it")
		}
	}
	for key, list := range made {
		if !alikeOnce(list) {
			continue
		}
		newest := slices.MaxFunc(list, func(a, b *model.Secret) int { return changedAt(a).Compare(changedAt(b)) })
		others := slices.DeleteFunc(slices.Clone(list), func(s *model.Secret) bool { return s == newest })
		reportCopies(p, newest, others, "release "+key.release+" makes them all")
	}
}

// alikeOnce reports whether the Secrets that a release makes in several namespaces may have been
// equal: somebody else than Helm changed one, and those that nobody else changed are equal
// still. A chart may give each tenant a password of its own.
func alikeOnce(list []*model.Secret) bool {
	var kept []*model.Secret
	for _, s := range list {
		if s.ChangedBy == "" || strings.Contains(strings.ToLower(s.ChangedBy), "helm") {
			kept = append(kept, s)
		}
	}
	return len(kept) < len(list) && !slices.ContainsFunc(kept, func(s *model.Secret) bool { return s.Hash != kept[0].Hash })
}

// madeCopy is one Secret that a release makes, in several namespaces maybe.
type madeCopy struct{ release, namespace, name string }

// readWhole reports whether all of a Secret's data is known, by its hash.
func readWhole(s *model.Secret) bool {
	return s.Deleting.IsZero() && s.Hash != "" && !s.Stripped && s.Type != "kubernetes.io/service-account-token" &&
		!slices.ContainsFunc(s.Keys, func(k model.DataKey) bool { return k.Hidden })
}

// copyOf is what a Secret says that it is a copy of.
func copyOf(s *model.Secret) (of model.Ref, ok bool) {
	of.Kind = model.KindSecret
	for _, key := range reflected {
		if namespace, name, both := strings.Cut(s.Annotations[key], "/"); both {
			of.Namespace, of.Name = namespace, name
			return of, of != s.Ref()
		}
	}
	var origin struct{ Namespace, Name string }
	if json.Unmarshal([]byte(s.Annotations[syncedFrom]), &origin) != nil || origin.Name == "" || origin.Namespace == "" {
		return of, false
	}
	of.Namespace, of.Name = origin.Namespace, origin.Name
	return of, of != s.Ref()
}

// changedAt is when the data of a Secret last changed, as far as that is known.
func changedAt(s *model.Secret) time.Time { return latest(s.Changed, s.Seen, s.Created) }

func reportCopies(p *Pass, source *model.Secret, list []*model.Secret, how string) {
	var differ []*model.Secret
	for _, s := range list {
		same := slices.EqualFunc(s.Keys, source.Keys, func(a, b model.DataKey) bool { return a.Name == b.Name })
		if same && s.Hash != source.Hash && p.After(latest(changedAt(s), changedAt(source)), copySettles) {
			differ = append(differ, s)
		}
	}
	if len(differ) == 0 {
		return
	}
	slices.SortFunc(differ, func(a, b *model.Secret) int { return a.Ref().Compare(b.Ref()) })
	where := make([]string, len(differ))
	f := finding.Finding{Subject: source.Ref(), Severity: finding.Low, Grade: finding.Observed}
	f.Evidence = []finding.Evidence{copyEvidence(source, how)}
	for i, s := range differ {
		where[i] = s.Namespace
		if s.Name != source.Name {
			where[i] = s.Ref().Path()
		}
		if i < maxObjectEvidence {
			f.Evidence = append(f.Evidence, copyEvidence(s, "holds other data under the same keys"))
		}
	}
	f.Summary = fmt.Sprintf("Its copies in %s hold other data than it does.", text.Joined(where, 4))
	if len(differ) == 1 {
		f.Summary = fmt.Sprintf("Its copy in %s holds other data than it does.", where[0])
	}
	p.Report(f)
}

func copyEvidence(s *model.Secret, note string) finding.Evidence {
	by := ""
	if s.ChangedBy != "" {
		by = " by " + s.ChangedBy
	}
	return finding.Evidence{Ref: s.Ref(), Path: "data", Value: "changed at " + stamp(changedAt(s)) + by, Note: note}
}
