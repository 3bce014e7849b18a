package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const networkBlockedID finding.ProbeID = "network-blocked"

// NetworkBlocked finds NetworkPolicies that cut workloads off from Services that their
// settings name.
var NetworkBlocked = &Probe{
	ID: networkBlockedID,
	Doc: `A NetworkPolicy cuts a workload off from a Service that it names
Connections time out, though the Service, its endpoints and its pods are well.

**Rule.** A workload that should run names a Service in an environment variable, an argument or a
ConfigMap that it uses, or is the ingress controller of an Ingress that routes to it; the Service has
pods, and one of these holds for all of its pods:

- *in*: NetworkPolicies for what comes in select the Service's pods, and none of them allows the
  workload's pods to the port;
- *out*: NetworkPolicies for what goes out select the workload's pods, and none of them allows the
  Service's pods and the port;
- *dns*: those for what goes out allow no port 53 to the pods of the cluster's DNS, so that no name is
  resolved; the name may also be one of which the log of a container says that it does not resolve.

Policies add up: what one allows is allowed. No rules allow nothing, no peers mean everybody, no
ports mean all; where no type is said, a policy governs what comes in, and what goes out where it
has rules for that. Ports are those of the pods. Whether the network plugin enforces policies is not
known, so this is inferred. Medium; high where the workload's pods are not ready. Sources: kubernetes
pkg/apis/networking/types.go (NetworkPolicySpec, NetworkPolicyPeer, NetworkPolicyPort).

**Evidence.** The policies, the setting that names the Service, the port, the labels that differ.

**What it cannot see.** Whether the network plugin enforces policies; who calls a Service by a name that
stands nowhere, or in a Secret; what comes through an Ingress of a controller that careen does not
know by its image, or of which there are two; addresses outside the cluster.

**By hand.** ` + "`kubectl describe networkpolicy -n NAMESPACE`" + `; add a rule for the pods and the port, and
for what goes out one for port 53, UDP and TCP.

**Silent** for pods on the host's network; for rules by address range that may hold the pods; where
policies of other kinds (Cilium, Calico, AdminNetworkPolicy) are in the namespace or the cluster; for a
policy that is younger than two minutes; where the policies, or the namespaces that they speak of,
were not all read.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindNetworkPolicy, model.KindService, model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindConfigMap, model.KindNamespace, model.KindCustom, model.KindLogTail, model.KindIngress, model.KindIngressClass}),
	Run:   staying(runNetworkBlocked),
}

// The directions in which a policy cuts off: the slots of its findings.
const (
	comingIn = ""
	goingOut = "egress"
	askingNS = "dns"
)

func runNetworkBlocked(p *Pass) {
	l := newPolicyLook(p, p.Space)
	if l == nil {
		return
	}
	found := map[cutKey][]cut{}
	add := func(list []cut) {
		for _, c := range list {
			key := cutKey{c.policies[0].Name, c.way}
			found[key] = append(found[key], c)
		}
	}
	if len(l.in) > 0 {
		for s := range model.Each[*model.Service](p.Space, model.KindService) {
			add(l.cutFrom(s))
		}
	}
	if len(l.out) > 0 {
		for w := range model.Workloads(p.Space) {
			add(l.cutOff(w))
		}
		for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
			if len(pod.Owners) == 0 {
				add(l.cutOff(pod))
			}
		}
	}
	if l.crosses || len(found) > 0 {
		p.Wake(p.Now.Add(otherNamespace)) // the other end may stand in another namespace
	}
	for key, list := range found {
		f := cutFinding(p, list)
		f.Slot = key.way
		p.Report(f)
	}
}

type cutKey struct{ policy, way string }

// cut is a workload that cannot reach what it names.
type cut struct {
	way      string
	call     call
	service  model.Ref
	port     string                 // "port 5432"
	policies []*model.NetworkPolicy // that govern it, the nearest to allowing it first
	why      string                 // a clause
	evidence []finding.Evidence
}

func cutFinding(p *Pass, list []cut) finding.Finding {
	ill := func(c cut) bool { return unreadyCaller(p, c.call.from.ref) }
	slices.SortStableFunc(list, func(a, b cut) int {
		return cmp.Or(rank(ill(b))-rank(ill(a)), a.call.from.ref.Compare(b.call.from.ref), a.service.Compare(b.service))
	})
	first := list[0]
	f := finding.Finding{Subject: first.policies[0].Ref(), Severity: finding.Medium, Grade: finding.Inferred}
	if ill(first) {
		f.Severity = finding.High
	}
	who := fmt.Sprintf("%s %s", first.call.from.ref.Kind, first.call.from.shown(first.policies[0].Namespace))
	if first.way == askingNS {
		f.Summary = fmt.Sprintf("It keeps %s from the DNS of the cluster, so that it cannot look up %s: %s.", who, first.looksUp(), first.why)
	} else {
		f.Summary = fmt.Sprintf("It keeps %s from %s of Service %s: %s.", who, first.port, first.service.Path(), first.why)
	}
	callers := map[model.Ref]bool{}
	for _, c := range list {
		callers[c.call.from.ref] = true
	}
	if more := len(callers) - 1; more > 0 {
		f.Summary = strings.TrimSuffix(f.Summary, ".") + fmt.Sprintf("; %s cut off as well.", text.Plural(more, "another workload is", fmt.Sprintf("%d others are", more)))
	}
	for i, policy := range first.policies {
		if i < 4 {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: policy.Ref(), Path: "spec.podSelector", Value: saySelector(policy.Selector), Note: policyNote(policy, first.way)})
		}
	}
	f.Evidence = append(f.Evidence, first.evidence...)
	for i, c := range list {
		if i < maxObjectEvidence {
			note := "names " + c.looksUp()
			if c.service.IsZero() {
				note = "the log of it says that this host does not resolve"
			}
			if ill(c) {
				note += ", and is not ready"
			}
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: c.call.holder, Path: c.call.path, Value: c.call.host, Note: note})
		}
	}
	f.Causes = strayCauses(p, list)
	if ok, why := p.Knows(model.KindCustom); !ok {
		f.Rests = []finding.Absence{{Of: first.policies[0].Ref(), Claim: "no policy of another kind allows it", Grade: finding.Inferred, Why: []string{why}}}
	}
	return f
}

// looksUp is the name that is looked up.
func (c *cut) looksUp() string {
	if c.service.IsZero() {
		return "host " + c.call.host
	}
	return "Service " + c.service.Path()
}

func rank(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// unreadyCaller reports whether pods of a workload, or a pod, are not ready.
func unreadyCaller(p *Pass, ref model.Ref) bool {
	if pod, ok := model.Get[*model.Pod](p.Snapshot, ref); ok {
		return !pod.Ready
	}
	if w, ok := model.Get[*model.Workload](p.Snapshot, ref); ok && (w.Kind == model.KindJob || w.Kind == model.KindCronJob) {
		return slices.ContainsFunc(p.Graph.Pods(ref), func(pod *model.Pod) bool { return alive(pod) && !pod.Ready })
	}
	return failingNow(p, ref) != ""
}

// saySelector writes a selector for evidence.
func saySelector(s *model.Selector) string {
	if s.Empty() {
		return "all pods"
	}
	parts := []string{}
	if len(s.Labels) > 0 {
		parts = append(parts, pairs(s.Labels))
	}
	for _, t := range s.Terms {
		parts = append(parts, strings.TrimSpace(t.Key+" "+t.Op+" "+strings.Join(t.Values, ",")))
	}
	return text.Joined(parts, 4)
}

func policyNote(n *model.NetworkPolicy, way string) string {
	rules, what := n.In, "comes in"
	if way != comingIn {
		rules, what = n.Out, "goes out"
	}
	if len(rules) == 0 {
		return "governs what " + what + ", and allows nothing"
	}
	return fmt.Sprintf("governs what %s, by %s", what, text.Counted(len(rules), "rule"))
}

// networkCauses names the findings on policies that keep a workload from a Service.
func networkCauses(p *Pass, from, service model.Ref) (out []finding.ID) {
	at, calls := caller(p, from)
	s, ok := model.Get[*model.Service](p.Snapshot, service)
	if !calls || !ok {
		return nil
	}
	name := func(c cut, blocked bool) {
		if blocked {
			out = append(out, finding.IDOf(networkBlockedID, c.policies[0].Ref(), c.way))
		}
	}
	for _, c := range callsOf(p, at, p.Row(from)) {
		if c.to != service {
			continue
		}
		_, pods := p.Graph.Selected(service)
		target, ok := partyOf(service, pods)
		if l := newPolicyLook(p, p.Snapshot.Space(service.Namespace)); ok && l != nil {
			name(l.blocked(c, s, target, comingIn))
		}
		if l := newPolicyLook(p, p.Snapshot.Space(from.Namespace)); l != nil {
			name(l.nameless(c))
			if ok {
				name(l.blocked(c, s, target, goingOut))
			}
		}
	}
	return out
}

// lookupCauses names the findings on policies that keep a pod from the DNS, where its log says
// that a name does not resolve.
func lookupCauses(p *Pass, pod *model.Pod) (out []finding.ID) {
	of := p.Graph.Workload(pod.Ref())
	from, ok := caller(p, of)
	l := newPolicyLook(p, p.Snapshot.Space(pod.Namespace))
	if !ok || l == nil {
		return nil
	}
	for _, c := range lookupsOf(p, from, p.Row(of)) {
		if found, blocked := l.nameless(c); blocked {
			out = append(out, finding.IDOf(networkBlockedID, found.policies[0].Ref(), found.way))
		}
	}
	return out
}

// strayCauses names the findings on policies that select nothing and mean the workloads that
// are cut off, or that are cut off from: they may be what should have allowed it. There are
// none where they do not explain all.
func strayCauses(p *Pass, list []cut) (out []finding.ID) {
	meant := map[model.Ref]finding.ID{}
	for _, x := range strayed(p, model.KindNetworkPolicy) {
		meant[x.near.ref] = finding.IDOf(selectsNothingID, x.Meta.Ref(), "")
	}
	if len(meant) == 0 {
		return nil
	}
	for _, c := range list {
		at := []model.Ref{c.call.from.ref}
		if c.way == comingIn {
			at = nil
			workloads, _ := p.Graph.Selected(c.service)
			for _, w := range workloads {
				at = append(at, w.Ref())
			}
		}
		i := slices.IndexFunc(at, func(ref model.Ref) bool { return meant[ref] != "" })
		if i < 0 {
			return nil
		}
		out = append(out, meant[at[i]])
	}
	slices.Sort(out)
	return slices.Compact(out)
}
