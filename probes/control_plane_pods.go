package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// systemWorkloads are what every program of a cluster needs, by the names that their own
// manifests and charts give them.
var systemWorkloads = []struct {
	kind       model.Kind
	namespaces []string
	name, does string
	all        bool // it is needed on each node, not once
}{
	{model.KindDeployment, []string{systemSpace}, "coredns", "The cluster's DNS (CoreDNS)", false},
	{model.KindDeployment, []string{systemSpace}, "kube-dns", "The cluster's DNS (kube-dns)", false},
	{model.KindDeployment, []string{systemSpace}, "rke2-coredns-rke2-coredns", "The cluster's DNS (CoreDNS)", false},
	{model.KindDaemonSet, []string{"openshift-dns"}, "dns-default", "The cluster's DNS (CoreDNS)", false},
	{model.KindDaemonSet, []string{systemSpace}, "kube-proxy", "kube-proxy, which routes to Services,", true},
	{model.KindDaemonSet, []string{systemSpace, "calico-system"}, "calico-node", "The network plugin (Calico)", true},
	{model.KindDaemonSet, []string{systemSpace, "cilium"}, "cilium", "The network plugin (Cilium)", true},
	{model.KindDaemonSet, []string{systemSpace, "kube-flannel"}, "kube-flannel-ds", "The network plugin (Flannel)", true},
	{model.KindDaemonSet, []string{systemSpace}, "aws-node", "The network plugin (Amazon VPC CNI)", true},
	{model.KindDaemonSet, []string{systemSpace}, "kindnet", "The network plugin (kindnet)", true},
	{model.KindDaemonSet, []string{systemSpace}, "weave-net", "The network plugin (Weave Net)", true},
	{model.KindDaemonSet, []string{systemSpace}, "antrea-agent", "The network plugin (Antrea)", true},
	{model.KindDaemonSet, []string{systemSpace}, "canal", "The network plugin (Canal)", true},
}

func systemPods(p *Pass) {
	for _, s := range systemWorkloads {
		for _, ns := range s.namespaces {
			w, ok := model.Get[*model.Workload](p.Snapshot, model.Ref{Kind: s.kind, Namespace: ns, Name: s.name})
			if !ok || !w.Deleting.IsZero() || w.Desired == 0 {
				continue
			}
			if f, is := systemFinding(p, w, s.does, s.all); is {
				p.Report(f)
			}
		}
	}
}

// systemFinding is about a workload of which no pod is ready, or one that is needed on
// each node and is not ready on some.
func systemFinding(p *Pass, w *model.Workload, does string, all bool) (f finding.Finding, is bool) {
	var down []*model.Pod
	ready := 0
	for _, pod := range p.Graph.Pods(w.Ref()) {
		n, known := model.Get[*model.Node](p.Snapshot, model.Ref{Kind: model.KindNode, Name: nodeFor(pod)})
		switch {
		case !alive(pod):
		case pod.Ready:
			ready++
		case all && known && n.Reported && !n.Ready:
		default:
			if notReadyFor(p, pod, systemAge) {
				down = append(down, pod)
			}
		}
	}
	if len(down) == 0 || !all && ready > 0 {
		return f, false
	}
	f = finding.Finding{Subject: w.Ref(), Severity: finding.Critical, Grade: finding.Proved}
	f.Summary = does + " does not work: none of its pods is ready."
	if ready > 0 {
		nodes := make([]string, len(down))
		for i, pod := range down {
			nodes[i] = nodeFor(pod)
		}
		f.Severity = finding.High
		f.Summary = fmt.Sprintf("%s does not work on %s %s: its %s there %s not ready.", does, text.Plural(len(down), "node", "nodes"), text.Joined(unique(nodes), 3), text.Plural(len(down), "pod", "pods"), text.Plural(len(down), "is", "are"))
	}
	slices.SortFunc(down, func(a, b *model.Pod) int { return a.Ref().Compare(b.Ref()) })
	for _, pod := range down[:min(len(down), 5)] {
		note := "on node " + orNothing(nodeFor(pod))
		for _, c := range pod.Containers {
			if c.Waiting != nil {
				note += ", " + c.Name + " waits: " + c.Waiting.Reason
			}
		}
		e := finding.Evidence{Ref: pod.Ref(), Path: "status.conditions[Ready]", Value: "False", Note: note}
		c := model.FindCondition(pod.Conditions, "Ready")
		if c == nil { // no kubelet has it yet
			e.Path, e.Value = "status.phase", pod.Phase
		}
		f.Evidence = append(f.Evidence, e)
		if c != nil && (f.Since.IsZero() || c.Since.Before(f.Since)) {
			f.Since = c.Since
		}
		f.Causes = append(f.Causes, finding.IDOf(nodeUnwellID, model.Ref{Kind: model.KindNode, Name: nodeFor(pod)}, ""))
	}
	for i := range w.Template.Containers {
		f.Causes = append(f.Causes, finding.IDOf(containerFailingID, w.Ref(), containerSlot(&w.Template, w.Template.Containers[i].Name)))
	}
	f.Causes = append(f.Causes, finding.IDOf(unschedulableID, w.Ref(), ""), finding.IDOf(startStalledID, w.Ref(), ""))
	return f, true
}

// nodeFor is the node on which a pod is, or for which its DaemonSet made it.
func nodeFor(pod *model.Pod) string {
	if pod.Node != "" || pod.Template.Placement == nil {
		return pod.Node
	}
	for _, t := range pod.Template.Placement.NodeTerms {
		for _, f := range t.Fields {
			if f.Op == "In" && len(f.Values) == 1 {
				return f.Values[0]
			}
		}
	}
	return ""
}
