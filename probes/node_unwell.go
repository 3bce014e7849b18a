package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const nodeUnwellID finding.ProbeID = "node-unwell"

// NodeUnwell finds nodes that are not ready, or that run out of something.
var NodeUnwell = &Probe{
	ID: nodeUnwellID,
	Doc: `A node is not ready, or runs out of memory, disk or processes
Its pods are not ready either, are evicted, or cannot start; new ones are not scheduled there.

**Rule.** The node's condition Ready is False or Unknown for a minute (five, where the node was made
within ten minutes before: it may still be starting); or MemoryPressure, DiskPressure,
PIDPressure, NetworkUnavailable, or one of the node problem detector's KernelDeadlock and
ReadonlyFilesystem, is True for a minute. Sources: kubernetes
pkg/controller/nodelifecycle/node_lifecycle_controller.go (Unknown after 50 seconds without a
heartbeat), pkg/kubelet/nodestatus/setters.go (what the kubelet says), node-problem-detector
config/kernel-monitor.json.

**Evidence.** The condition with its message, the kubelet's last heartbeat, in a dump its lease in
kube-node-lease, taints, how many pods are there and how many of them are not ready.

**What it cannot see.** Why a kubelet is silent: the machine may be off, cut off, or out of memory. The
kubelet's and the runtime's logs are on the node.

**By hand.** ` + "`kubectl describe node NODE`" + `; on the node ` + "`systemctl status kubelet containerd`" + `,
` + "`journalctl -u kubelet`" + `, ` + "`df -h`" + `. ` + "`kubectl cordon NODE`" + ` keeps new pods off it.
Where the machine will not come back: ` + "`kubectl delete node NODE`" + `, or the taint
node.kubernetes.io/out-of-service, which lets its volumes go.

**Silent** for nodes that are only cordoned, that are being deleted, scaled away or taken back by the cloud (their taint says
so), and that no kubelet ever reported for.`,
	Worst: finding.Critical,
	Needs: []model.Kind{model.KindNode},
	Uses:  []model.Kind{model.KindPod, model.KindLease},
	Scope: Cluster,
	Run:   runNodeUnwell,
}

const (
	unwellAge   = time.Minute
	startingAge = 5 * time.Minute
	youngNode   = 10 * time.Minute
)

// leavingTaints are put on nodes that a scaler, or the cloud that lent them, takes away: keys, or what
// they begin with.
var leavingTaints = []string{
	"ToBeDeletedByClusterAutoscaler", "karpenter.sh/disrupted", "karpenter.sh/disruption", "node.kubernetes.io/out-of-service",
	"aws-node-termination-handler/", "cloud.google.com/impending-node-termination",
}

// shutdownTaint is put on a node by the controller of its cloud whose machine was shut down (kubernetes
// staging/src/k8s.io/cloud-provider/api/well_known_taints.go).
const shutdownTaint = "node.cloudprovider.kubernetes.io/shutdown"

// nodeTroubles are the conditions that report trouble when they are True.
var nodeTroubles = map[string]string{
	"MemoryPressure":     "is short of memory",
	"DiskPressure":       "is short of disk",
	"PIDPressure":        "is short of process IDs",
	"NetworkUnavailable": "has no network",
	"KernelDeadlock":     "has a deadlock in its kernel",
	"ReadonlyFilesystem": "has a file system that became read-only",
}

func runNodeUnwell(p *Pass) {
	ready, all := 0, 0
	for n := range model.Each[*model.Node](p.Space, model.KindNode) {
		all++
		if n.Ready || !n.Reported {
			ready++
		}
	}
	for n := range model.Each[*model.Node](p.Space, model.KindNode) {
		if !n.Deleting.IsZero() || leavingNode(n) {
			continue
		}
		if c, what := unwell(p, n); what != "" {
			p.Report(unwellFinding(p, n, c, what, ready*2 <= all))
		}
	}
}

// nodeDown reports whether the kubelet of a pod's node does not answer: it ends no pod then.
func nodeDown(p *Pass, pod *model.Pod) (node model.Ref, down bool) {
	node = model.Ref{Kind: model.KindNode, Name: pod.Node}
	n, known := model.Get[*model.Node](p.Snapshot, node)
	return node, known && n.Reported && !n.Ready
}

func leavingNode(n *model.Node) bool {
	for _, t := range n.Taints {
		for _, key := range leavingTaints {
			if t.Key == key || strings.HasSuffix(key, "/") && strings.HasPrefix(t.Key, key) {
				return true
			}
		}
	}
	return false
}

// unwell says what is wrong with a node, and which condition says so.
func unwell(p *Pass, n *model.Node) (c model.Condition, what string) {
	if n.Reported && !n.Ready {
		age, ready := unwellAge, n.Readiness()
		if ready.Since.Sub(n.Created) < youngNode {
			age = startingAge
		}
		if p.After(ready.Since, age) {
			return ready, notReady(n)
		}
		return c, ""
	}
	for _, c := range n.Conditions {
		if what := nodeTroubles[c.Type]; what != "" && p.After(c.Since, unwellAge) {
			return c, what
		}
	}
	return c, ""
}

// notReady names why a node is not ready, by what the kubelet said last.
func notReady(n *model.Node) string {
	ready := n.Readiness()
	m := ready.Message
	switch {
	case slices.ContainsFunc(n.Taints, func(t model.Taint) bool { return t.Key == shutdownTaint }):
		return "is not ready: its machine is shut down, says the cloud"
	case ready.Status == "Unknown" && ready.Reason == "NodeStatusNeverUpdated":
		return "is not ready: its kubelet never reported"
	case ready.Status == "Unknown":
		return "is not ready: its kubelet stopped reporting"
	case strings.Contains(m, "cni plugin not initialized"), strings.Contains(m, "cni config uninitialized"), strings.Contains(m, "NetworkPluginNotReady"):
		return "is not ready: its network plugin (CNI) is not set up"
	case strings.Contains(m, "container runtime is down"), strings.Contains(m, "container runtime not ready"), strings.Contains(m, "runtime network not ready"), strings.Contains(m, "RuntimeReady=false"):
		return "is not ready: its container runtime does not answer"
	case strings.Contains(m, "PLEG is not healthy"):
		return "is not ready: its container runtime is too slow to answer (PLEG is not healthy)"
	case m != "":
		return "is not ready: " + clause(m, ready.Reason)
	}
	return "is not ready"
}

func unwellFinding(p *Pass, n *model.Node, c model.Condition, what string, many bool) finding.Finding {
	f := finding.Finding{Subject: n.Ref(), Severity: finding.High, Grade: finding.Proved, Since: c.Since}
	if !n.Ready && many {
		f.Severity = finding.Critical
	}
	if n.Unschedulable {
		f.Severity = finding.Medium // somebody took it out of service
	}
	pods, hit, example := podsOn(p, n.Name)
	on := ""
	switch known, _ := p.Snapshot.Knows(model.KindPod, ""); {
	case !known:
	case pods == 0:
		on = "; no pods are on it"
	default:
		on = fmt.Sprintf("; %s on it, %d of them not ready", text.Counted(pods, "pod"), hit)
	}
	f.Summary = "The node " + what + on + "."
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: n.Ref(), Path: "status.conditions[" + c.Type + "]", Value: c.Status + " " + c.Reason, Note: c.Message})
	if !n.Silent.IsZero() {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: n.Ref(), Path: "status.conditions[Ready].lastHeartbeatTime", Value: stamp(n.Silent), Note: "the kubelet's last report"})
	}
	if l, ok := model.Get[*model.Lease](p.Snapshot, model.Ref{Kind: model.KindLease, Namespace: "kube-node-lease", Name: n.Name}); ok && !n.Ready && !l.Renewed.IsZero() {
		note := "by the node's clock; it still renews its lease"
		if p.Now.Sub(l.Renewed) > 2*l.Duration {
			note = "by the node's clock; not renewed since"
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: l.Ref(), Path: "spec.renewTime", Value: stamp(l.Renewed), Note: note})
	}
	for _, o := range n.Conditions {
		if o.Type != c.Type && nodeTroubles[o.Type] != "" {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: n.Ref(), Path: "status.conditions[" + o.Type + "]", Value: o.Status + " " + o.Reason, Note: o.Message})
		}
	}
	if n.Unschedulable {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: n.Ref(), Path: "spec.unschedulable", Value: "true", Note: "it is cordoned"})
	}
	if example != nil {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: example.Ref(), Path: "spec.nodeName", Value: n.Name, Note: fmt.Sprintf("not ready, as %d of the %d pods there", hit, pods)})
	}
	return f
}

// podsOn counts the pods on a node, and those of them that are not ready.
func podsOn(p *Pass, node string) (all, hit int, example *model.Pod) {
	for _, ns := range p.Namespaces() {
		for pod := range model.Each[*model.Pod](p.Snapshot.Space(ns), model.KindPod) {
			if pod.Node != node || pod.Phase == "Succeeded" || pod.Phase == "Failed" {
				continue
			}
			all++
			if !pod.Ready {
				hit++
				if example == nil {
					example = pod
				}
			}
		}
	}
	return all, hit, example
}
