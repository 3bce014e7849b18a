package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

const (
	cordonTaint = "node.kubernetes.io/unschedulable"
	hostLabel   = "kubernetes.io/hostname"
)

// unwellTaints are what the node controller and the kubelet put on a node that is in
// trouble, and what they mean (kubernetes staging/src/k8s.io/api/core/v1/well_known_taints.go).
var unwellTaints = map[string]string{
	"node.kubernetes.io/not-ready":           "not ready",
	"node.kubernetes.io/unreachable":         "unreachable",
	"node.kubernetes.io/memory-pressure":     "short of memory",
	"node.kubernetes.io/disk-pressure":       "short of disk",
	"node.kubernetes.io/pid-pressure":        "short of process IDs",
	"node.kubernetes.io/network-unavailable": "without network",
	"node.kubernetes.io/out-of-service":      "out of service",
}

// labelHindrances judges nodeSelector and required node affinity
// (pkg/scheduler/framework/plugins/nodeaffinity).
func labelHindrances(at *model.Placement, n *model.Node) (out []hindrance) {
	for _, k := range sortedKeys(at.NodeSelector) {
		if got, has := n.Labels[k]; !has || got != at.NodeSelector[k] {
			out = append(out, hindrance{class: bySelector, key: k, has: got, fixed: true})
		}
	}
	if len(at.NodeTerms) == 0 || slices.ContainsFunc(at.NodeTerms, func(t model.NodeTerm) bool { return t.Matches(n.Name, n.Labels) }) {
		return out
	}
	has := ""
	for _, t := range at.NodeTerms {
		for _, l := range t.Labels {
			if !l.Holds(n.Labels) && has == "" {
				has = n.Labels[l.Key]
			}
		}
	}
	return append(out, hindrance{class: byAffinity, key: termsText(at.NodeTerms), has: has, fixed: true})
}

// termsText writes a node affinity: "zone in eu-a, eu-b and disk exists, or name in n1".
func termsText(terms []model.NodeTerm) string {
	parts := make([]string, 0, len(terms))
	for _, t := range terms {
		var all []string
		for _, l := range slices.Concat(t.Labels, t.Fields) {
			all = append(all, termText(l))
		}
		parts = append(parts, strings.Join(all, " and "))
	}
	return strings.Join(parts, ", or ")
}

func termText(t model.Term) string {
	switch t.Op {
	case "In":
		if len(t.Values) == 1 {
			return t.Key + "=" + t.Values[0]
		}
		return t.Key + " in (" + strings.Join(t.Values, ", ") + ")"
	case "NotIn":
		return t.Key + " not in (" + strings.Join(t.Values, ", ") + ")"
	case "Exists":
		return t.Key + " set"
	case "DoesNotExist":
		return t.Key + " not set"
	case "Gt":
		return t.Key + " > " + strings.Join(t.Values, ", ")
	case "Lt":
		return t.Key + " < " + strings.Join(t.Values, ", ")
	}
	return t.Key + " " + t.Op
}

// taintHindrances judges cordons and taints (plugins nodeunschedulable, tainttoleration).
func taintHindrances(at *model.Placement, n *model.Node) (out []hindrance) {
	cordoned := n.Unschedulable && !at.Tolerates(model.Taint{Key: cordonTaint, Effect: "NoSchedule"})
	if cordoned {
		out = append(out, hindrance{class: byCordon, fixed: true})
	}
	for _, t := range n.Taints {
		if t.Effect != "NoSchedule" && t.Effect != "NoExecute" || at.Tolerates(t) {
			continue
		}
		h := hindrance{class: byTaint, key: t.String(), fixed: true}
		if what := unwellTaints[t.Key]; what != "" {
			h = hindrance{class: byUnwell, key: what}
		}
		if t.Key == cordonTaint {
			if cordoned {
				continue
			}
			h = hindrance{class: byCordon, fixed: true}
		}
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// amountHindrances judges what is asked against what is free (plugin noderesources).
func (f *placing) amountHindrances(ask amounts, n *model.Node) (out []hindrance) {
	if len(n.Allocatable) == 0 {
		return nil // it did not say what it has
	}
	if most, ok := n.Allocatable["pods"]; ok && int64(len(f.pods[n.Name])+1)*1000 > thousandths(most) {
		out = append(out, hindrance{class: byAmount, key: "pods"})
	}
	for _, name := range sortedKeys(ask) {
		all := thousandths(n.Allocatable[name])
		if ask[name] > 0 && ask[name] > all-f.used[n.Name][name] {
			out = append(out, hindrance{class: byAmount, key: name, fixed: ask[name] > all})
		}
	}
	return out
}

// hostPorts are the ports of the node that a pod takes for as long as it runs (kubernetes
// pkg/scheduler/util, GetHostPorts).
func hostPorts(t *model.Template) (out []model.ContainerPort) {
	for i := range t.Containers {
		if t.Containers[i].Init && !t.Containers[i].Sidecar {
			continue
		}
		for _, port := range t.Containers[i].Ports {
			if port.Host > 0 {
				out = append(out, port)
			}
		}
	}
	return out
}

// portHindrances judges ports of the node (plugin nodeports).
func (f *placing) portHindrances(ports []model.ContainerPort, n *model.Node) (out []hindrance) {
	if len(ports) == 0 {
		return nil
	}
	for _, pod := range f.pods[n.Name] {
		for _, taken := range hostPorts(pod.Template) {
			for _, port := range ports {
				if port.Meets(&taken) {
					out = append(out, hindrance{class: byPort, key: fmt.Sprintf("%d/%s", port.Host, port.Protocol), pod: pod.Ref()})
				}
			}
		}
	}
	return out
}
