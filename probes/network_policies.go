package probes

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// policyLook is what the policies of a namespace are held against.
type policyLook struct {
	*Pass
	in, out    []*model.NetworkPolicy // that govern what comes in, and what goes out
	resolvers  []party                // the pods of the cluster's DNS
	resolved   bool                   // resolvers was looked up
	crosses    bool                   // something was asked about two namespaces
	namespaces map[string]*model.Namespace
	governed   map[string][]*model.NetworkPolicy // by direction and the labels of pods
	routers    map[string]party                  // ingress controllers, by what their class calls them
	explained  int                               // cuts of which it was looked for the policy that comes nearest
}

// maxExplained bounds for how many cuts of a namespace it is looked for the policy that comes
// nearest to allowing it; the others are laid to the first that governs them.
const maxExplained = 64

// otherPolicies begin the kinds of policies that allow and deny beside NetworkPolicies.
var otherPolicies = []string{
	"CiliumNetworkPolicy.", "CiliumClusterwideNetworkPolicy.", "NetworkPolicy.", "GlobalNetworkPolicy.", "StagedNetworkPolicy.",
	"AdminNetworkPolicy.", "ClusterNetworkPolicy.",
}

// newPolicyLook is nil where no policy of the namespace can be judged.
func newPolicyLook(p *Pass, space *model.Space) *policyLook {
	l := &policyLook{Pass: p, namespaces: map[string]*model.Namespace{}, governed: map[string][]*model.NetworkPolicy{}, routers: map[string]party{}}
	for n := range model.Each[*model.NetworkPolicy](space, model.KindNetworkPolicy) {
		if !n.Deleting.IsZero() || !p.After(n.Created, podPatience) {
			continue
		}
		if n.Ingress {
			l.in = append(l.in, n)
		}
		if n.Egress {
			l.out = append(l.out, n)
		}
	}
	if len(l.in)+len(l.out) == 0 {
		return nil
	}
	for _, space := range []*model.Space{space, p.Snapshot.Space("")} {
		if space == nil {
			continue
		}
		for _, kind := range space.Kinds() {
			if kind.IsCustom() && len(space.Tables[kind]) > 0 && slices.ContainsFunc(otherPolicies, func(o string) bool { return strings.HasPrefix(string(kind), o) }) {
				return nil
			}
		}
	}
	return l
}

// governing are the policies that select pods of a look.
func (l *policyLook) governing(way string, at look) (out []*model.NetworkPolicy) {
	key := way + pairKey(at.labels)
	if out, ok := l.governed[key]; ok {
		return out
	}
	list := l.in
	if way != comingIn {
		list = l.out
	}
	for _, n := range list {
		if n.Selector.Matches(at.labels) {
			out = append(out, n)
		}
	}
	l.governed[key] = out
	return out
}

// open reports whether pods of a party are governed by no policy, or by one that allows
// everything.
func (l *policyLook) open(way string, a party) bool {
	return slices.ContainsFunc(a.looks, func(at look) bool {
		list := l.governing(way, at)
		return len(list) == 0 || slices.ContainsFunc(list, func(n *model.NetworkPolicy) bool {
			rules := n.In
			if way != comingIn {
				rules = n.Out
			}
			return slices.ContainsFunc(rules, func(r model.PolicyRule) bool { return len(r.Peers) == 0 && len(r.Ports) == 0 })
		})
	})
}

// pairKey tells sets of labels apart.
func pairKey(labels map[string]string) string {
	var b strings.Builder
	for _, k := range sortedKeys(labels) {
		b.WriteString("\x00" + k + "\x00" + labels[k])
	}
	return b.String()
}

// cutFrom lists the callers of a Service that policies for what comes in keep from it.
func (l *policyLook) cutFrom(s *model.Service) (out []cut) {
	if !s.Deleting.IsZero() || s.Type == "ExternalName" || len(s.Selector) == 0 || s.Cut {
		return nil
	}
	workloads, pods := l.Graph.Selected(s.Ref())
	target, ok := partyOf(s.Ref(), pods)
	if !ok {
		return nil
	}
	if l.open(comingIn, target) {
		return nil
	}
	for _, c := range append(callersOf(l.Pass, s.Ref()), l.routedTo(s)...) {
		if slices.ContainsFunc(workloads, func(w *model.Workload) bool { return w.Ref() == c.from.ref }) {
			continue // its pods speak among themselves
		}
		if found, ok := l.blocked(c, s, target, comingIn); ok {
			out = append(out, found)
		}
	}
	return out
}

// cutOff lists what policies for what goes out keep a workload or pod from: the DNS, or
// else the Services that it names.
func (l *policyLook) cutOff(row model.Row) (out []cut) {
	from, ok := caller(l.Pass, row.Base().Ref())
	if !ok || l.open(goingOut, from) {
		return nil
	}
	calls := append(callsOf(l.Pass, from, row), lookupsOf(l.Pass, from, row)...)
	for _, c := range calls {
		if found, ok := l.nameless(c); ok && (c.to.IsZero() || l.Exists(c.to)) {
			return []cut{found}
		}
	}
	for _, c := range calls {
		s, ok := model.Get[*model.Service](l.Snapshot, c.to)
		if !ok || !s.Deleting.IsZero() || s.Type == "ExternalName" || len(s.Selector) == 0 || s.Cut {
			continue
		}
		workloads, pods := l.Graph.Selected(c.to)
		target, ok := partyOf(c.to, pods)
		if !ok || slices.ContainsFunc(workloads, func(w *model.Workload) bool { return w.Ref() == c.from.ref }) {
			continue
		}
		if found, ok := l.blocked(c, s, target, goingOut); ok {
			out = append(out, found)
		}
	}
	return out
}

// blocked reports whether a caller is kept from a Service: no policy allows any of its pods
// to any pod of the Service on any port that it may mean.
func (l *policyLook) blocked(c call, s *model.Service, target party, way string) (found cut, blocked bool) {
	ports := portsOf(s, c.host)
	l.crosses = l.crosses || c.from.namespace != s.Namespace
	for _, x := range ports {
		for _, to := range target.looks {
			number := to.target(s, x)
			if number == 0 {
				return found, false
			}
			for _, from := range c.from.looks {
				at, other, ns := to, from, c.from
				if way == goingOut {
					at, other, ns = from, to, target
				}
				governed := l.governing(way, at)
				if len(governed) == 0 {
					return found, false
				}
				t := traffic{policyLook: l, way: way, other: other, party: ns, to: to, protocol: x.Protocol, number: number}
				if t.allowed(governed) {
					return found, false
				}
				if !blocked {
					found = cut{way: way, call: c, service: s.Ref(), port: fmt.Sprintf("port %d", x.Number)}
					found.policies, found.why, found.evidence = t.nearest(governed)
				}
				blocked = true
			}
		}
	}
	return found, blocked
}

// nameless reports whether a caller is kept from the cluster's DNS.
func (l *policyLook) nameless(c call) (found cut, blocked bool) {
	for _, from := range c.from.looks {
		if p := from.template.DNSPolicy; p == "None" || p == "Default" {
			return found, false
		}
		governed := l.governing(goingOut, from)
		for _, dns := range l.dns() {
			for _, to := range dns.looks {
				t := traffic{policyLook: l, way: goingOut, other: to, party: dns, to: to}
				for _, t.protocol = range []string{"UDP", "TCP"} {
					for _, t.number = range []int32{53, to.port("dns", "UDP"), to.port("dns-tcp", "TCP")} {
						if t.number > 0 && t.allowed(governed) {
							return found, false
						}
					}
				}
				if !blocked {
					t.protocol, t.number = "UDP", 53
					found = cut{way: askingNS, call: c, service: c.to, port: "port 53"}
					found.policies, found.why, found.evidence = t.nearest(governed)
				}
				blocked = true
			}
		}
	}
	return found, blocked
}

// dns are the pods that answer for the names of the cluster; none where they are not
// known, or where a cache on each node may answer in their place.
func (l *policyLook) dns() []party {
	if l.resolved {
		return l.resolvers
	}
	l.resolved = true
	for _, at := range []model.Ref{{Namespace: "kube-system", Name: "kube-dns"}, {Namespace: "kube-system", Name: "rke2-coredns-rke2-coredns"}, {Namespace: "openshift-dns", Name: "dns-default"}} {
		at.Kind = model.KindService
		if _, pods := l.Graph.Selected(at); len(pods) > 0 {
			if dns, ok := partyOf(at, pods); ok {
				l.resolvers = append(l.resolvers, dns)
			}
		}
	}
	for set := range model.Each[*model.Workload](l.Snapshot.Space("kube-system"), model.KindDaemonSet) {
		if strings.Contains(set.Name, "node-local-dns") || strings.Contains(set.Name, "nodelocaldns") {
			l.resolvers = nil
		}
	}
	return l.resolvers
}

// traffic is one connection, seen by the policies at one of its ends.
type traffic struct {
	*policyLook
	way      string
	other    look  // the pods at the other end
	party    party // whose they are
	to       look  // the pods that are connected to
	protocol string
	number   int32 // of the port, there
}

func (t *traffic) rules(n *model.NetworkPolicy) []model.PolicyRule {
	if t.way == comingIn {
		return n.In
	}
	return n.Out
}

func (t *traffic) allowed(list []*model.NetworkPolicy) bool {
	for _, n := range list {
		if n.Cut {
			return true // what was not kept may allow it
		}
		for _, r := range t.rules(n) {
			if t.port(r) && t.peer(n, r) {
				return true
			}
		}
	}
	return false
}

// port reports whether a rule covers the port.
func (t *traffic) port(r model.PolicyRule) bool {
	if len(r.Ports) == 0 {
		return true
	}
	return slices.ContainsFunc(r.Ports, func(x model.PolicyPort) bool {
		switch {
		case x.Protocol != t.protocol:
			return false
		case x.Name != "":
			return t.to.port(x.Name, x.Protocol) == t.number
		case x.Number == 0:
			return true
		}
		return t.number >= x.Number && t.number <= max(x.Number, x.End)
	})
}

// peer reports whether a rule covers the other end, or may.
func (t *traffic) peer(n *model.NetworkPolicy, r model.PolicyRule) bool {
	return len(r.Peers) == 0 || slices.ContainsFunc(r.Peers, func(x model.Peer) bool {
		switch {
		case x.Block != "":
			return t.within(x.Block)
		case x.Namespaces != nil:
			ns := t.namespace(t.party.namespace)
			return ns == nil || matchesNamespace(x.Namespaces, ns) && (x.Pods == nil || x.Pods.Matches(t.other.labels))
		case t.party.namespace != n.Namespace:
			return false
		}
		return x.Pods == nil || x.Pods.Matches(t.other.labels)
	})
}

// within reports whether a range of addresses may hold the other end. What goes out may
// be judged by the address of the Service, which is not known.
func (t *traffic) within(block string) bool {
	prefix, err := netip.ParsePrefix(block)
	if err != nil || t.way != comingIn || len(t.party.addresses) == 0 {
		return true
	}
	return slices.ContainsFunc(t.party.addresses, func(s string) bool {
		a, err := netip.ParseAddr(s)
		return err != nil || prefix.Contains(a)
	})
}

func (l *policyLook) namespace(name string) *model.Namespace {
	ns, ok := l.namespaces[name]
	if !ok {
		ns, _ = model.Get[*model.Namespace](l.Snapshot, model.Ref{Kind: model.KindNamespace, Name: name})
		l.namespaces[name] = ns
	}
	return ns
}

// nameLabel is the label that the API server gives each namespace since version 1.21.
const nameLabel = "kubernetes.io/metadata.name"

func matchesNamespace(s *model.Selector, ns *model.Namespace) bool {
	if s.Matches(ns.Labels) {
		return true
	}
	if _, has := ns.Labels[nameLabel]; has {
		return false
	}
	labels := map[string]string{nameLabel: ns.Name}
	for k, v := range ns.Labels {
		labels[k] = v
	}
	return s.Matches(labels)
}

// nearest puts the policy that comes nearest to allowing the traffic first, and says what
// keeps it from that: a rule for the port, or else one for the other end.
func (t *traffic) nearest(list []*model.NetworkPolicy) (sorted []*model.NetworkPolicy, why string, e []finding.Evidence) {
	first := func(n *model.NetworkPolicy) []*model.NetworkPolicy {
		rest := slices.DeleteFunc(slices.Clone(list), func(o *model.NetworkPolicy) bool { return o == n })
		return append([]*model.NetworkPolicy{n}, rest...)
	}
	if t.explained++; t.explained > maxExplained {
		return list, "no rule allows it", nil
	}
	for _, n := range list {
		for i, r := range t.rules(n) {
			if len(r.Ports) > 0 && t.port(r) {
				e = []finding.Evidence{{Ref: n.Ref(), Path: fmt.Sprintf("spec.%s[%d].%s", t.field(), i, t.peers()), Value: sayPeers(r), Note: "and not the other end"}}
				return first(n), t.sayPeer(n, r), e
			}
		}
	}
	for _, n := range list {
		for i, r := range t.rules(n) {
			path := fmt.Sprintf("spec.%s[%d]", t.field(), i)
			switch {
			case t.peer(n, r):
				e = []finding.Evidence{{Ref: n.Ref(), Path: path + ".ports", Value: sayPorts(r), Note: fmt.Sprintf("and not %s %d", t.protocol, t.number)}}
				return first(n), "it allows " + sayPorts(r) + " alone", e
			case t.port(r):
				e = []finding.Evidence{{Ref: n.Ref(), Path: path + "." + t.peers(), Value: sayPeers(r), Note: "and not the other end"}}
				return first(n), t.sayPeer(n, r), e
			}
		}
	}
	at := slices.IndexFunc(list, func(n *model.NetworkPolicy) bool { return len(t.rules(n)) > 0 })
	if at < 0 {
		return list, "it allows nothing, and no other policy allows it", nil
	}
	return first(list[at]), fmt.Sprintf("no rule allows %s %d to it", t.protocol, t.number), nil
}
