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

const terminatingStuckID finding.ProbeID = "terminating-stuck"

// TerminatingStuck finds objects whose deletion does not come to an end.
var TerminatingStuck = &Probe{
	ID: terminatingStuckID,
	Doc: `A deletion does not come to an end
An object was deleted and is still there: a finalizer keeps it until whoever set it has cleaned
up, or a kubelet does not answer.

**Rule.** A namespace, a PersistentVolume, or any object of a namespace (a pod, a PVC, a Service, a
ConfigMap, a workload, a custom resource and so on) has a deletionTimestamp older than
` + "`--terminating-after`" + ` (10 minutes). What holds it is looked up by its finalizers: pods that mount a PVC (kubernetes.io/pvc-protection), the PVC that is
bound to a volume (kubernetes.io/pv-protection), an attachment to a node
(external-attacher), objects that it owns (foregroundDeletion), what a namespace still
contains. For a finalizer of another controller, a pod that carries the finalizer's name is looked
for, and whether its ServiceAccount may write the object at all. Sources: kubernetes
pkg/controller/volume/pvcprotection, pvprotection, pkg/controller/namespace/deletion,
pkg/controller/garbagecollector.

**Evidence.** Each finalizer and what holds it, the namespace's conditions, the pod's node.

**What it cannot see.** Whether the controller of a finalizer of its own kind still runs: a pod that
carries its name is mentioned. careen removes no finalizer: what it guards (a cloud disk, a
load balancer, a backup) would be left behind.

**By hand.** Remove what holds it first. Where the controller is gone for good, and what the finalizer
guards is cleaned up:
` + "`kubectl patch KIND NAME --type merge -p '{\"metadata\":{\"finalizers\":null}}'`" + `. A pod on a
dead node: ` + "`kubectl delete pod NAME --force`" + `, once the machine is off.

**Silent** for deletions that are younger, for a custom resource whose phase or condition says that its controller is at work on it
(Deleting, Deprovisioning and so on), for an hour, and for objects without a deletionTimestamp.`,
	Worst: finding.High,
	Uses: reads(workloadReads, deletedReads, []model.Kind{
		model.KindClusterRole, model.KindClusterRoleBinding, model.KindNamespace, model.KindVolume, model.KindPod, model.KindVolumeAttachment, model.KindNode, model.KindCustom,
	}),
	Run: runTerminatingStuck,
}

func runTerminatingStuck(p *Pass) {
	pods := map[model.Ref][]*model.Pod{}
	for _, kind := range p.Space.Kinds() {
		if !mayStick(kind) {
			continue
		}
		for _, row := range p.Space.Tables[kind] {
			m := row.Base()
			if !stuck(p, m) || cleaningUp(p, row) {
				continue
			}
			if pod, ok := row.(*model.Pod); ok {
				subject := p.Graph.Workload(pod.Ref())
				pods[subject] = append(pods[subject], pod)
				continue
			}
			if len(m.Finalizers) > 0 {
				p.Report(lingeringFinding(p, m))
			}
		}
	}
	for subject, list := range pods {
		p.Report(stuckPods(p, subject, list))
	}
	for v := range model.Each[*model.Volume](p.Snapshot.Space(""), model.KindVolume) {
		if v.Claim.Namespace == p.Namespace() && len(v.Finalizers) > 0 && stuck(p, &v.Meta) {
			p.Report(lingeringFinding(p, &v.Meta))
		}
	}
	if ns, ok := model.Get[*model.Namespace](p.Snapshot, model.Ref{Kind: model.KindNamespace, Name: p.Namespace()}); ok && stuck(p, &ns.Meta) {
		p.Report(stuckNamespace(p, ns))
	}
}

// deletedReads are the kinds beside pods, workloads and custom resources whose deletions
// are looked at. Endpoints, events and leases are parts of something else, and quotas are
// deleted with what they bound.
var deletedReads = []model.Kind{
	model.KindClaim, model.KindService, model.KindConfigMap, model.KindSecret, model.KindServiceAccount, model.KindIngress, model.KindNetworkPolicy,
	model.KindRole, model.KindRoleBinding, model.KindPDB, model.KindHPA,
}

// mayStick reports whether deletions of a kind's objects are looked at.
func mayStick(k model.Kind) bool {
	return k == model.KindPod || k.IsWorkload() || k.IsCustom() || slices.Contains(deletedReads, k)
}

func stuck(p *Pass, m *model.Meta) bool {
	return !m.Deleting.IsZero() && p.After(m.Deleting, p.Settings.TerminatingAfter)
}

// slowEnd is how long a controller may take that says that it is at work on a deletion: machines,
// databases and clusters of a cloud take that long.
const slowEnd = time.Hour

var endingNow = regexp.MustCompile(`(?i)^(deleting|deprovisioning|terminating|draining|destroying|uninstalling)`)

// cleaningUp reports whether the controller of a custom resource says that it is at work on its deletion,
// which is no hour old.
func cleaningUp(p *Pass, row model.Row) bool {
	o, ok := row.(*model.Object)
	if !ok || !endingNow.MatchString(o.Detail) && !slices.ContainsFunc(o.Conditions, func(c model.Condition) bool { return endingNow.MatchString(c.Reason) }) {
		return false
	}
	return !p.After(o.Deleting, max(slowEnd, p.Settings.TerminatingAfter))
}

// lingeringFinding is about one object and its finalizers.
func lingeringFinding(p *Pass, m *model.Meta) finding.Finding {
	f := finding.Finding{Subject: m.Ref(), Severity: finding.High, Grade: finding.Proved, Since: m.Deleting}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: m.Ref(), Path: "metadata.deletionTimestamp", Value: stamp(m.Deleting)})
	var why []string
	for _, name := range m.Finalizers {
		h := holderOf(p, m, name)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: m.Ref(), Path: "metadata.finalizers", Value: name, Note: h.says})
		f.Evidence = append(f.Evidence, h.evidence...)
		f.Causes = append(f.Causes, h.causes...)
		why = append(why, h.says)
	}
	f.Summary = fmt.Sprintf("This %s was deleted %s ago and is still there: %s.", kindWord(m.Kind), p.Age(m.Deleting), strings.Join(slices.Compact(why), "; "))
	return f
}

// kindWord is a kind without its group.
func kindWord(k model.Kind) string {
	if k == model.KindClaim {
		return "PVC"
	}
	word, _, _ := strings.Cut(string(k), ".")
	return word
}

// podsSlot tells the pods of a workload from the workload itself.
const podsSlot = "pods"

// stuckPods is about the pods of one workload.
func stuckPods(p *Pass, subject model.Ref, pods []*model.Pod) finding.Finding {
	first := pods[0]
	f := finding.Finding{Subject: subject, Slot: podsSlot, Severity: finding.High, Grade: finding.Proved, Since: first.Deleting}
	var unready, finalizers, nodes []string
	for _, pod := range pods {
		note := "on node " + orNothing(pod.Node)
		if node, down := nodeDown(p, pod); down {
			note += ", which is not ready"
			unready = append(unready, node.Name)
			f.Causes = append(f.Causes, finding.IDOf(nodeUnwellID, node, ""))
		}
		for _, name := range pod.Finalizers {
			finalizers = append(finalizers, name)
			note += ", finalizer " + name
		}
		nodes = append(nodes, pod.Node)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "metadata.deletionTimestamp", Value: stamp(pod.Deleting), Note: note})
	}
	which := "This pod"
	if subject != first.Ref() {
		which = "Pod " + first.Name + " of it"
		if len(pods) > 1 {
			which = text.Counted(len(pods), "pod") + " of it"
		}
	}
	why := "the kubelet of node " + text.Joined(unique(nodes), 2) + " has not ended it"
	switch {
	case len(finalizers) > 0:
		why = "the finalizer " + text.Joined(unique(finalizers), 2) + " keeps it"
	case len(unready) > 0:
		why = "node " + text.Joined(unique(unready), 2) + " is not ready, and its kubelet has to end it"
	}
	f.Summary = fmt.Sprintf("%s %s deleted %s ago and %s still there: %s.", which, text.Plural(len(pods), "was", "were"), p.Age(first.Deleting), text.Plural(len(pods), "is", "are"), why)
	f.Causes = slices.Compact(f.Causes)
	return f
}

func unique(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}
