package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// The ways to say that something is not there. No probe compares a row with nil to
// say so: what was not read looks the same as what does not exist.

// Exists reports whether an object was read. Where it was not, see Absent.
func (p *Pass) Exists(ref model.Ref) bool { return p.Graph.Exists(ref) }

// Absent reports whether an object was not read, and how well it is known that it
// does not exist: proved where its kind is completely read in its namespace, else
// unknown.
func (p *Pass) Absent(ref model.Ref) (a finding.Absence, absent bool) {
	if p.Exists(ref) {
		return a, false
	}
	a = finding.Absence{Of: ref, Claim: fmt.Sprintf("%s does not exist", ref), Grade: finding.Proved}
	if ok, why := p.Graph.Absent(ref); !ok {
		a.Grade, a.Why = finding.Unknown, []string{why}
	}
	return a, true
}

// AbsentKey is Absent for a key of a Secret or ConfigMap.
func (p *Pass) AbsentKey(ref model.Ref, key string) (a finding.Absence, absent bool) {
	if a, absent = p.Absent(ref); absent || key == "" {
		return a, absent
	}
	a = finding.Absence{Of: ref, Claim: fmt.Sprintf("%s has no key %s", ref, key), Grade: finding.Proved}
	var keys []model.DataKey
	switch o := p.Row(ref).(type) {
	case *model.Secret:
		if keys = o.Keys; o.Stripped {
			a.Grade, a.Why = finding.Unknown, []string{fmt.Sprintf("the data of %s was taken out of the dump", ref)}
		}
	case *model.ConfigMap:
		keys = o.Keys
	default:
		return a, false
	}
	return a, !model.HasKey(keys, key)
}

// namers lists, for a kind whose objects are used by name, the kinds that can name
// one: from its own namespace, or from anywhere.
var namers = map[model.Kind]struct{ beside, anywhere []model.Kind }{
	model.KindSecret: {
		beside: []model.Kind{
			model.KindPod, model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindReplicaSet, model.KindReplicationController,
			model.KindJob, model.KindCronJob, model.KindServiceAccount, model.KindIngress, model.KindRole, model.KindRecord, model.KindClaim,
		},
		// Gateways, issuers, stores and mirrors name Secrets of other namespaces, storage
		// classes and volumes those of their drivers.
		anywhere: []model.Kind{
			model.KindCustom, model.KindSecret, model.KindConfigMap, model.KindStorageClass, model.KindVolume, model.KindIngressClass, model.KindClusterRole,
		},
	},
	model.KindClaim: {
		beside: []model.Kind{
			model.KindPod, model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindReplicaSet, model.KindReplicationController,
			model.KindJob, model.KindCronJob, model.KindRecord,
		},
		anywhere: []model.Kind{model.KindCustom},
	},
}

// namersOf are the kinds that a probe reads which calls an object of a kind unused.
func namersOf(kind model.Kind) []model.Kind {
	n := namers[kind]
	return slices.Concat(n.beside, n.anywhere)
}

// Unused reports whether nothing that was read refers to an object, and how well
// that is known: proved where all that can name it is completely read. uses leaves
// out edges that are no use.
func (p *Pass) Unused(ref model.Ref, use func(graph.Edge) bool) (a finding.Absence, unused bool) {
	if p.Graph.Any(ref, use) {
		return a, false
	}
	n := namers[ref.Kind]
	a = finding.Absence{Of: ref, Claim: fmt.Sprintf("nothing refers to %s", ref), Grade: finding.Proved}
	for _, kind := range n.beside {
		p.lacks(&a, kind, ref.Namespace)
	}
	for _, kind := range n.anywhere {
		p.lacks(&a, kind, "")
	}
	for _, cut := range p.Graph.Cut() {
		a.Grade = finding.Unknown
		a.Why = append(a.Why, fmt.Sprintf("%s is too large to be looked at whole", cut))
	}
	if len(n.anywhere) > 0 {
		p.Wake(p.Now.Add(otherNamespace)) // a change elsewhere makes no probe of this namespace look again
	}
	return a, true
}

// lacks makes an absence unknown where a kind is not completely read.
func (p *Pass) lacks(a *finding.Absence, kind model.Kind, namespace string) {
	if ok, why := p.Snapshot.Knows(kind, kind.In(namespace)); !ok {
		a.Grade = finding.Unknown
		a.Why = append(a.Why, why)
	}
}

// doubts makes an absence a guess where a kind is not completely read: what might hold what
// is not expected to be there, since it stands beside what was read.
func (p *Pass) doubts(a *finding.Absence, kinds []model.Kind, namespace string) {
	for _, kind := range kinds {
		if ok, why := p.Snapshot.Knows(kind, kind.In(namespace)); !ok {
			a.Grade = max(a.Grade, finding.Inferred)
			a.Why = append(a.Why, why)
		}
	}
}

// Sees reports whether a kind is completely read in the namespace. Where it is not, the probe's
// silence about its objects is no answer, which is said.
func (p *Pass) Sees(kind model.Kind) bool {
	ok, _ := p.Knows(kind)
	if !ok {
		p.Blind(kind, p.Namespace())
	}
	return ok
}

// Blind says that something a probe would have looked at in this run was not read,
// so that its silence is no answer. The engine makes one finding of all that a probe
// says of a kind.
func (p *Pass) Blind(kind model.Kind, namespace string) { p.BlindTo(kind, namespace, "") }

// BlindTo is Blind for what a kind was read without; why says what that is.
func (p *Pass) BlindTo(kind model.Kind, namespace, why string) {
	b := Unseen{kind, kind.In(namespace), why}
	if !slices.Contains(p.blind, b) {
		p.blind = append(p.blind, b)
	}
}

// Unseen is what a probe could not look at.
type Unseen struct {
	Kind      model.Kind
	Namespace string
	Why       string // empty where the kind was not read there, of which the coverage says why
}

// Blinds is what Blind was told.
func (p *Pass) Blinds() []Unseen { return p.blind }
