package probes

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

func (t *traffic) field() string {
	if t.way == comingIn {
		return "ingress"
	}
	return "egress"
}

func (t *traffic) peers() string {
	if t.way == comingIn {
		return "from"
	}
	return "to"
}

// sayPorts writes the ports of a rule: "TCP 5432 and UDP 53".
func sayPorts(r model.PolicyRule) string {
	parts := make([]string, len(r.Ports))
	for i, x := range r.Ports {
		switch {
		case x.Name != "":
			parts[i] = x.Protocol + " " + x.Name
		case x.Number == 0:
			parts[i] = "all of " + x.Protocol
		case x.End > x.Number:
			parts[i] = fmt.Sprintf("%s %d-%d", x.Protocol, x.Number, x.End)
		default:
			parts[i] = fmt.Sprintf("%s %d", x.Protocol, x.Number)
		}
	}
	return text.Joined(parts, 4)
}

// sayPeers writes the peers of a rule.
func sayPeers(r model.PolicyRule) string {
	parts := make([]string, len(r.Peers))
	for i, x := range r.Peers {
		switch {
		case x.Block != "":
			parts[i] = x.Block
		case x.Namespaces == nil:
			parts[i] = strings.TrimPrefix("pods with "+saySelector(orAll(x.Pods)), "pods with all ")
		case x.Pods == nil || x.Pods.Empty():
			parts[i] = "namespaces with " + saySelector(x.Namespaces)
			if x.Namespaces.Empty() {
				parts[i] = "all namespaces"
			}
		default:
			parts[i] = "pods with " + saySelector(x.Pods) + " of namespaces with " + saySelector(x.Namespaces)
		}
	}
	return text.Joined(parts, 3)
}

func orAll(s *model.Selector) *model.Selector {
	if s == nil {
		return &model.Selector{}
	}
	return s
}

// sayPeer says why the peers of a rule are not the other end: by the one peer that it has,
// or as a list.
func (t *traffic) sayPeer(n *model.NetworkPolicy, r model.PolicyRule) string {
	if len(r.Peers) != 1 || r.Peers[0].Block != "" {
		return "it allows " + sayPeers(r) + " alone"
	}
	x := r.Peers[0]
	ns := t.namespace(t.party.namespace)
	switch {
	case x.Namespaces == nil && t.party.namespace != n.Namespace:
		return "it allows pods of its own namespace alone"
	case x.Namespaces != nil && ns != nil && !matchesNamespace(x.Namespaces, ns):
		if c := compared(ns.Ref(), ns.Labels, x.Namespaces.Labels); len(c.differ) > 0 {
			return fmt.Sprintf("it allows namespaces with %s, and %s has %s", pairs(c.asked(x.Namespaces.Labels)), ns.Name, c.instead())
		}
	case x.Pods != nil:
		if c := compared(t.party.ref, t.other.labels, x.Pods.Labels); len(c.differ) > 0 {
			return fmt.Sprintf("it allows pods with %s, and those of %s have %s", pairs(c.asked(x.Pods.Labels)), t.party.ref.Name, c.instead())
		}
	}
	return "it allows " + sayPeers(r) + " alone"
}
