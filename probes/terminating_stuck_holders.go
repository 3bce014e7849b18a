package probes

import (
	"fmt"
	"strings"
	"sync"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// holder is what a finalizer waits for.
type holder struct {
	says     string
	evidence []finding.Evidence
	causes   []finding.ID
}

// holderOf finds what a finalizer of an object waits for.
func holderOf(p *Pass, m *model.Meta, finalizer string) holder {
	switch {
	case finalizer == "kubernetes.io/pvc-protection":
		return mountedStill(p, m)
	case finalizer == "kubernetes.io/pv-protection":
		if v, ok := model.Get[*model.Volume](p.Snapshot, m.Ref()); ok && v.Phase == "Bound" {
			return holder{says: fmt.Sprintf("PVC %s is bound to it", v.Claim.Path()), evidence: []finding.Evidence{{Ref: v.Claim, Path: "spec.volumeName", Value: v.Name}}, causes: []finding.ID{finding.IDOf(terminatingStuckID, v.Claim, "")}}
		}
	case strings.HasPrefix(finalizer, "external-attacher/"):
		for a := range model.Each[*model.Attachment](p.Snapshot.Space(""), model.KindVolumeAttachment) {
			if a.Volume == m.Name {
				return holder{says: fmt.Sprintf("it is attached to node %s", a.Node), evidence: []finding.Evidence{{Ref: a.Ref(), Path: "spec.nodeName", Value: a.Node, Note: a.Error}}, causes: []finding.ID{finding.IDOf(nodeUnwellID, model.Ref{Kind: model.KindNode, Name: a.Node}, "")}}
			}
		}
	case finalizer == "foregroundDeletion":
		return ownedStill(p, m)
	case finalizer == "service.kubernetes.io/load-balancer-cleanup":
		return holder{says: "the cloud's controller has not removed its load balancer"}
	}
	return ownFinalizer(p, m, finalizer)
}

// mountedStill names the pods that mount a PVC.
func mountedStill(p *Pass, m *model.Meta) holder {
	h := holder{}
	var pods []string
	for _, e := range p.Graph.Users(m.Ref()) {
		pod, ok := model.Get[*model.Pod](p.Snapshot, e.From)
		// A pod without a node keeps no PVC (kubernetes pkg/controller/volume/pvcprotection, podUsesPVC).
		if !ok || e.Type != model.EdgeMounts || pod.Node == "" || pod.Phase == "Succeeded" || pod.Phase == "Failed" {
			continue
		}
		subject := p.Graph.Workload(pod.Ref())
		pods = append(pods, pod.Name)
		h.evidence = append(h.evidence, finding.Evidence{Ref: pod.Ref(), Path: "spec.volumes", Value: m.Name, Note: "of " + string(subject.Kind) + " " + subject.Name})
		if !pod.Deleting.IsZero() {
			h.causes = append(h.causes, finding.IDOf(terminatingStuckID, subject, podsSlot))
		}
	}
	switch {
	case len(pods) > 0:
		h.says = fmt.Sprintf("%s %s it", text.Plural(len(pods), "pod", "pods")+" "+text.Joined(pods, 2), text.Plural(len(pods), "mounts", "mount"))
		return h
	case !knowsPods(p):
		h.says = "pods that cannot be seen may mount it"
		return h
	}
	h.says = "the finalizer kubernetes.io/pvc-protection keeps it, though no pod on a node mounts it: the controller manager has not removed it"
	return h
}

func knowsPods(p *Pass) bool {
	ok, _ := p.Knows(model.KindPod)
	return ok
}

// ownedStill names what an object owns that is still there.
func ownedStill(p *Pass, m *model.Meta) holder {
	h := holder{}
	var owned []string
	for _, e := range p.Graph.Out(m.Ref()) {
		if e.Type != model.EdgeOwns || !p.Exists(e.To) {
			continue
		}
		owned = append(owned, string(e.To.Kind)+" "+e.To.Name)
		if len(owned) <= 5 {
			h.evidence = append(h.evidence, finding.Evidence{Ref: e.To, Note: "owned by it"})
		}
	}
	h.says = "what it owns is deleted first"
	if len(owned) > 0 {
		h.says += ", and " + text.Joined(owned, 2) + " " + text.Plural(len(owned), "is", "are") + " still there"
	}
	return h
}

// ownFinalizer names a finalizer that some other controller set, a pod that carries its
// name, and whether that pod may write the object.
func ownFinalizer(p *Pass, m *model.Meta, finalizer string) holder {
	h := holder{says: fmt.Sprintf("the finalizer %s keeps it, and its controller has not removed it", finalizer)}
	domain, _, _ := strings.Cut(finalizer, "/")
	word := token(domain)
	if len(word) < 4 || word == "kubernetes" {
		return h
	}
	var first *model.Pod
	kept, rights := rightOver{}, rightsOver(p, m)
	for _, ns := range p.Namespaces() {
		for pod := range model.Each[*model.Pod](p.Snapshot.Space(ns), model.KindPod) {
			if !alive(pod) || !resembles(pod, word) {
				continue
			}
			r := rights(pod)
			if first == nil || r.writes && !kept.writes || r.reads && !kept.reads && !kept.writes {
				first, kept = pod, r
			}
		}
	}
	if first == nil {
		if ok, _ := p.Snapshot.Knows(model.KindPod, ""); ok {
			h.evidence = append(h.evidence, finding.Evidence{Path: "pods", Note: fmt.Sprintf("no pod of the cluster carries %q in its name or image: its controller may be gone", word)})
		}
		return h
	}
	note := "carries the finalizer's name, and is ready"
	if !first.Ready {
		note = "carries the finalizer's name, and is not ready"
	}
	h.evidence = append(h.evidence, finding.Evidence{Ref: first.Ref(), Path: "status.conditions[Ready]", Note: note})
	if kept.reads && !kept.writes {
		w := p.Graph.Workload(first.Ref())
		h.says = fmt.Sprintf("the finalizer %s keeps it, and %s %s, which carries that name, cannot remove it: no role lets its ServiceAccount %s update %s", finalizer, w.Kind, w.Name, kept.account.Name, kept.resource)
		h.evidence = append(h.evidence, finding.Evidence{Ref: kept.account, Path: "roles", Note: "some grant reading " + kept.resource + ", none update or patch"})
	}
	return h
}

// rightOver is what the account of a pod may do with objects like one.
type rightOver struct {
	account       model.Ref
	resource      string
	reads, writes bool // false where the rights are not known
}

// rightsOver is rightOver by pod, which looks at each account once: many pods may carry one
// name.
func rightsOver(p *Pass, m *model.Meta) func(*model.Pod) rightOver {
	info, known := model.Info(m.Kind)
	for _, kind := range rightsKinds {
		ok, _ := p.Snapshot.Knows(kind, kind.In(m.Namespace))
		known = known && ok
	}
	grants := sync.OnceValue(func() map[model.Subject][]grant { return grantsOf(p, p.Snapshot.Space(m.Namespace)) })
	seen := map[model.Ref]rightOver{}
	return func(pod *model.Pod) rightOver {
		account := model.Ref{Kind: model.KindServiceAccount, Namespace: pod.Namespace, Name: pod.Template.ServiceAccount}
		out, looked := seen[account]
		if looked {
			return out
		}
		out = rightOver{account: account, resource: info.Resource}
		if known {
			for _, s := range withGroups(model.Subject{Kind: "ServiceAccount", Namespace: account.Namespace, Name: account.Name}) {
				for _, g := range grants()[s] {
					allows := func(verb string) bool { return g.role.Rules[g.rule].Allows(verb, info.Group, info.Resource, m.Name) }
					out.reads = out.reads || allows("list") || allows("get")
					out.writes = out.writes || allows("update") || allows("patch")
				}
			}
		}
		seen[account] = out
		return out
	}
}

// remains are what a namespace says of its own deletion (kubernetes
// pkg/controller/namespace/deletion/status_condition_utils.go), the first that tells most.
var remains = []struct{ condition, says string }{
	{"NamespaceDeletionDiscoveryFailure", "the server cannot list all kinds of objects (an API service does not answer)"},
	{"NamespaceDeletionGroupVersionParsingFailure", "the server lists a kind that cannot be read"},
	{"NamespaceFinalizersRemaining", "finalizers keep what is in it"},
	{"NamespaceDeletionContentFailure", "what is in it cannot be deleted"},
	{"NamespaceContentRemaining", "objects are still in it"},
}

// stuckNamespace names what a namespace still contains.
func stuckNamespace(p *Pass, ns *model.Namespace) finding.Finding {
	f := finding.Finding{Subject: ns.Ref(), Severity: finding.High, Grade: finding.Proved, Since: ns.Deleting}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: ns.Ref(), Path: "metadata.deletionTimestamp", Value: stamp(ns.Deleting)})
	why := ""
	for _, r := range remains {
		c := model.FindCondition(ns.Conditions, r.condition)
		if c == nil || c.Status != "True" {
			continue
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: ns.Ref(), Path: "status.conditions[" + c.Type + "]", Value: c.Reason, Note: c.Message})
		if why == "" {
			why = r.says
			if _, what, ok := strings.Cut(c.Message, ": "); ok {
				why += ": " + clause(what, c.Reason)
			}
		}
	}
	for _, kind := range p.Space.Kinds() {
		if !mayStick(kind) {
			continue
		}
		for _, row := range p.Space.Tables[kind] {
			if m := row.Base(); !m.Deleting.IsZero() {
				subject, slot := m.Ref(), ""
				if kind == model.KindPod {
					subject, slot = p.Graph.Workload(subject), podsSlot
				}
				f.Causes = append(f.Causes, finding.IDOf(terminatingStuckID, subject, slot))
			}
		}
	}
	switch {
	case why != "":
	case len(ns.Finalizers) > 0:
		why = "the finalizer " + text.Joined(ns.Finalizers, 2) + " keeps it"
	default:
		why = "the namespace controller has not reported what remains"
	}
	f.Summary = fmt.Sprintf("This namespace was deleted %s ago and is still there: %s.", p.Age(ns.Deleting), why)
	return f
}
