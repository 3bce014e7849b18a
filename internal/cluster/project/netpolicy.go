package project

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/careen-tui/careen/internal/model"
)

const (
	maxPolicyRules = 512 // of a policy, each way
	maxPeers       = 128 // of a rule, and its ports
)

func (p *Projector) networkPolicy(o *networkingv1.NetworkPolicy) *model.NetworkPolicy {
	out := &model.NetworkPolicy{Meta: p.meta(model.KindNetworkPolicy, &o.ObjectMeta), Selector: p.selector(&o.Spec.PodSelector)}
	// Where no type is said, it governs what comes in, and what goes out where it has
	// rules for that.
	out.Ingress = len(o.Spec.PolicyTypes) == 0 || slices.Contains(o.Spec.PolicyTypes, networkingv1.PolicyTypeIngress)
	out.Egress = len(o.Spec.PolicyTypes) == 0 && len(o.Spec.Egress) > 0 || slices.Contains(o.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	for i := range o.Spec.Ingress {
		if out.Cut = out.Cut || i == maxPolicyRules; i == maxPolicyRules {
			break
		}
		out.In = append(out.In, p.policyRule(out, o.Spec.Ingress[i].From, o.Spec.Ingress[i].Ports))
	}
	for i := range o.Spec.Egress {
		if out.Cut = out.Cut || i == maxPolicyRules; i == maxPolicyRules {
			break
		}
		out.Out = append(out.Out, p.policyRule(out, o.Spec.Egress[i].To, o.Spec.Egress[i].Ports))
	}
	return out
}

func (p *Projector) policyRule(out *model.NetworkPolicy, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) (r model.PolicyRule) {
	out.Cut = out.Cut || len(peers) > maxPeers || len(ports) > maxPeers
	for i := range peers[:min(len(peers), maxPeers)] {
		peer := model.Peer{Pods: p.selector(peers[i].PodSelector), Namespaces: p.selector(peers[i].NamespaceSelector)}
		if b := peers[i].IPBlock; b != nil {
			peer.Block = p.word(b.CIDR)
		}
		r.Peers = append(r.Peers, peer)
	}
	for i := range ports[:min(len(ports), maxPeers)] {
		port := model.PolicyPort{Protocol: p.protocol(ports[i].Protocol)}
		if n := ports[i].Port; n != nil && n.Type == intstr.String {
			port.Name = p.word(n.StrVal)
		} else if n != nil {
			port.Number, port.End = n.IntVal, n.IntVal
		}
		if ports[i].EndPort != nil {
			port.End = *ports[i].EndPort
		}
		r.Ports = append(r.Ports, port)
	}
	return r
}
