package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const podEvictedID finding.ProbeID = "pod-evicted"

// PodEvicted finds workloads whose pods the kubelet evicts, or refuses.
var PodEvicted = &Probe{
	ID: podEvictedID,
	Doc: `The kubelet evicts or refuses pods
The pods of a workload were placed on a node, and its kubelet ended them, or never took them.
Their controller makes others, which often fare no better.

**Rule.** A pod is Failed with the reason Evicted, Preempting, OutOfcpu, OutOfmemory,
OutOfpods, OutOfephemeral-storage, NodeAffinity, NodeName, NodePorts, AppArmor,
TopologyAffinityError or UnexpectedAdmissionError, within the last half hour; and its workload
has fewer ready pods than it wants, or this happened three times. The message
tells what ran short: a resource of the node, the pod's own limit of ephemeral storage, the size
limit of an emptyDir, or what a pod that names its node (spec.nodeName) asks for. Sources:
kubernetes pkg/kubelet/eviction (messages of evictions), pkg/kubelet/lifecycle/predicate.go
(the reasons of kubeletRefusals).

**Evidence.** The newest of these pods with its node, reason and message, how many there are, and
the requests and limits that the message speaks of.

**What it cannot see.** What filled the disk or the memory of the node; pods that were cleared away.

**By hand.** ` + "`kubectl describe pod POD`" + `; then raise the limit or the emptyDir's sizeLimit that the
message names, give the container a request, so that it is not the first to go, or find out what
fills the node with ` + "`kubectl describe node NODE`" + `. Failed pods that are left over do no harm:
` + "`kubectl delete pods --field-selector=status.phase=Failed -n NAMESPACE`" + `.

**Silent** for pods that ended when their node was shut down, for workloads that are whole again
after one or two, and for what is scaled to 0 or done.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindNode, model.KindNamespace}),
	Run:   staying(runPodEvicted),
}

const (
	evictionMemory = 30 * time.Minute
	evictionsMany  = 3
)

// kubeletRefusals are the reasons by which a kubelet refuses a pod that was placed on its node.
var kubeletRefusals = []string{
	"OutOfcpu", "OutOfmemory", "OutOfpods", "OutOfephemeral-storage", "NodeAffinity", "NodePorts", "UnexpectedAdmissionError",
	"AppArmor", "TopologyAffinityError", "NodeName", "Preempting",
}

// evicted reports whether a pod's kubelet ended or refused it, and when.
func evicted(pod *model.Pod) (at time.Time, ok bool) {
	if pod.Phase != "Failed" || pod.Reason != "Evicted" && !slices.Contains(kubeletRefusals, pod.Reason) {
		return at, false
	}
	at = pod.Created
	if pod.Started.After(at) {
		at = pod.Started
	}
	if c := model.FindCondition(pod.Conditions, "DisruptionTarget"); c != nil && c.Since.After(at) {
		at = c.Since
	}
	for i := range pod.Containers {
		if e := pod.Containers[i].Exit; e != nil && e.Finished.After(at) {
			at = e.Finished
		}
	}
	return at, true
}

func runPodEvicted(p *Pass) {
	ended := map[model.Ref][]*model.Pod{}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if at, ok := evicted(pod); ok && !p.After(at, evictionMemory) {
			subject := p.Graph.Workload(pod.Ref())
			ended[subject] = append(ended[subject], pod)
		}
	}
	for subject, pods := range ended {
		w, ok := model.Get[*model.Workload](p.Snapshot, subject)
		if !ok || !wantsPods(w) {
			continue // a pod of its own is not made again: its end was the end of it
		}
		if w.Ready >= w.Desired && len(pods) < evictionsMany {
			continue
		}
		p.Report(evictedFinding(p, w, pods))
	}
}

func evictedFinding(p *Pass, w *model.Workload, pods []*model.Pod) finding.Finding {
	slices.SortFunc(pods, func(a, b *model.Pod) int {
		at, _ := evicted(a)
		bt, _ := evicted(b)
		if c := bt.Compare(at); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	last := pods[0]
	first, _ := evicted(pods[len(pods)-1])
	f := finding.Finding{
		Subject: w.Ref(), Severity: finding.Medium, Grade: finding.Proved, Since: first,
		Summary: evictedSummary(last),
		Evidence: []finding.Evidence{
			{Ref: last.Ref(), Path: "status.reason", Value: last.Reason, Note: last.Message},
			{Ref: w.Ref(), Path: "status", Value: fmt.Sprintf("%d of %s ready", w.Ready, text.Counted(int(w.Desired), "pod")), Note: text.Counted(len(pods), "pod") + " evicted or refused in the last half hour"},
		},
	}
	if w.Ready < w.Desired {
		f.Severity = finding.High
	}
	if last.Node != "" {
		node := model.Ref{Kind: model.KindNode, Name: last.Node}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: node, Path: "metadata.name", Value: last.Node, Note: "where it was placed"})
		f.Causes = append(f.Causes, finding.IDOf(nodeUnwellID, node, ""))
	}
	return f
}

// evictionClasses are the messages of the kubelet, and what of them the summary says.
var evictionClasses = []struct {
	is   *regexp.Regexp
	says string
}{
	{regexp.MustCompile(`Usage of EmptyDir volume "([^"]+)" exceeds the limit "([^"]+)"`), "is evicted: its emptyDir %s holds more than its sizeLimit of %s"},
	{regexp.MustCompile(`Container (\S+) exceeded its local ephemeral storage limit "([^"]+)"`), "is evicted: container %s writes more than its limit of %s ephemeral storage"},
	{regexp.MustCompile(`ephemeral local storage usage exceeds the total limit of containers (\S+?)\.?\s*$`), "is evicted: its containers write more than their limit of %s ephemeral storage"},
	{regexp.MustCompile(`The node was low on resource: ([a-z-]+)\..*?Container (\S+) was using ([^,]+), request is ([^,]+)`), "is evicted, since its node is low on %s: container %s used %s, its request is %s"},
	{regexp.MustCompile(`The node was low on resource: ([a-z-]+)`), "is evicted, since its node is low on %s"},
	{regexp.MustCompile(`The node had condition: \[([A-Za-z, ]+)\]`), "is evicted, since its node has the condition %s"},
	{regexp.MustCompile(`Node didn't have enough resource: ([a-z./-]+), requested: (\d+), used: (\d+), capacity: (\d+)`), "is refused, since the node lacks %s: it asks for %s, %s of %s are used"},
	{regexp.MustCompile(`Predicate (\S+) failed`), "is refused: predicate %s fails there"},
}

// evictedSummary says why the kubelet ended or refused a pod.
func evictedSummary(pod *model.Pod) string {
	which := "Its pod on node " + pod.Node
	if pod.Node == "" {
		which = "Its pod"
	}
	for _, c := range evictionClasses {
		if m := c.is.FindStringSubmatch(pod.Message); m != nil {
			args := make([]any, 0, len(m)-1)
			for _, s := range m[1:] {
				args = append(args, s)
			}
			return which + " " + fmt.Sprintf(c.says, args...) + "."
		}
	}
	switch pod.Reason {
	case "NodeAffinity":
		return which + " is refused: the node does not have the labels that its nodeSelector or affinity asks for."
	case "NodePorts":
		return which + " is refused: its hostPort is taken there."
	case "Evicted":
		return fmt.Sprintf("%s is evicted: %s.", which, clause(pod.Message, "the kubelet gives no reason"))
	}
	return fmt.Sprintf("%s is refused (%s): %s.", which, pod.Reason, clause(pod.Message, "the kubelet gives no reason"))
}
