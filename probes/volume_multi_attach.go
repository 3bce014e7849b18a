package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const volumeMultiAttachID finding.ProbeID = "volume-multi-attach"

// VolumeMultiAttach finds pods that wait for a volume which another node holds.
var VolumeMultiAttach = &Probe{
	ID: volumeMultiAttachID,
	Doc: `A pod waits for a volume that another node holds
A volume of access mode ReadWriteOnce is attached to one node at a time. A new pod on another
node waits until the old one is gone and the volume is detached.

**Rule.** A pod has a node and none of its containers has started for two minutes; it mounts a bound
PVC with ReadWriteOnce or ReadWriteOncePod alone; and the volume is not attached to its node, but to
another by a VolumeAttachment, or an event of this pod says Multi-Attach while a pod on another node
mounts the PVC. Sources: kubernetes pkg/controller/volume/attachdetach/reconciler
(Multi-Attach error), KEP-2485.

**Evidence.** Both pods and nodes, the attachment, the Deployment's strategy, the event.

**What it cannot see.** Whether a node that does not answer still writes to the volume: careen detaches
nothing.

**By hand.** Delete the old pod, or set the Deployment's strategy to Recreate. Where the old node is dead:
switch the machine off, then taint it node.kubernetes.io/out-of-service.

**Silent** for volumes that many nodes may mount, and within the first two minutes of a move.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod, model.KindClaim},
	Uses: reads(workloadReads, []model.Kind{
		model.KindVolume, model.KindVolumeAttachment, model.KindEvent, model.KindNode, model.KindNamespace,
	}),
	Run: staying(runVolumeMultiAttach),
}

const startingFor = 2 * time.Minute

// notStarted reports whether a pod has a node, and none of its containers has started.
func notStarted(pod *model.Pod) bool {
	return pod.Node != "" && pod.Phase == "Pending" && alive(pod) && !slices.ContainsFunc(pod.Containers, func(c model.ContainerStatus) bool {
		return !c.Running.IsZero() || c.Exit != nil || c.Restarts > 0 || c.Waiting != nil && c.Waiting.Reason != "ContainerCreating" && c.Waiting.Reason != "PodInitializing"
	})
}

// placedAt is when a pod got its node.
func placedAt(pod *model.Pod) time.Time {
	if c := model.FindCondition(pod.Conditions, "PodScheduled"); c != nil && c.Status == "True" && !c.Since.IsZero() {
		return c.Since
	}
	return pod.Created
}

// heldVolume is a volume that a pod waits for, and who holds it.
type heldVolume struct {
	claim      *model.Claim
	node       string
	by         *model.Pod // on that node; nil where only the attachment is left
	attachment *model.Attachment
	event      *model.Event
}

func runVolumeMultiAttach(p *Pass) {
	var events map[model.Ref][]*model.Event
	done := map[model.Ref]bool{}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if !notStarted(pod) || !p.After(placedAt(pod), startingFor) {
			continue
		}
		if events == nil {
			events = eventsAbout(p, "FailedAttachVolume")
		}
		h, held := holdsVolume(p, pod, events[pod.Ref()])
		if held && !done[h.claim.Ref()] {
			done[h.claim.Ref()] = true
			p.Report(heldFinding(p, pod, h))
		}
	}
}

// holdsVolume finds the node that holds a volume of a pod.
func holdsVolume(p *Pass, pod *model.Pod, events []*model.Event) (h heldVolume, held bool) {
	for _, c := range podClaims(p, pod) {
		if c.Volume == "" || slices.ContainsFunc(c.Modes, func(m string) bool { return m == "ReadWriteMany" || m == "ReadOnlyMany" }) {
			continue
		}
		if attachedTo(p, c.Volume, pod.Node) {
			continue // it has the volume: what it waits for is something else
		}
		h = heldVolume{claim: c}
		for _, e := range p.Graph.Users(c.Ref()) {
			other, ok := model.Get[*model.Pod](p.Snapshot, e.From)
			if ok && e.Type == model.EdgeMounts && other.Node != "" && other.Node != pod.Node && other.Phase != "Succeeded" && other.Phase != "Failed" {
				h.node, h.by = other.Node, other
			}
		}
		for a := range model.Each[*model.Attachment](p.Snapshot.Space(""), model.KindVolumeAttachment) {
			if a.Volume == c.Volume && a.Attached && a.Node != pod.Node && (h.by == nil || h.by.Node == a.Node) {
				h.node, h.attachment = a.Node, a
			}
		}
		for _, e := range events {
			if strings.Contains(e.Message, "Multi-Attach") && strings.Contains(e.Message, c.Volume) && h.event == nil {
				h.event = e
			}
		}
		if h.attachment != nil || h.event != nil && h.by != nil {
			return h, true
		}
	}
	return h, false
}

// attachedTo reports whether a volume is attached to a node. Some storage attaches one to two
// nodes at once, while what is on it moves.
func attachedTo(p *Pass, volume, node string) bool {
	for a := range model.Each[*model.Attachment](p.Snapshot.Space(""), model.KindVolumeAttachment) {
		if a.Volume == volume && a.Node == node && a.Attached {
			return true
		}
	}
	return false
}

func heldFinding(p *Pass, pod *model.Pod, h heldVolume) finding.Finding {
	subject := p.Graph.Workload(pod.Ref())
	f := finding.Finding{Subject: subject, Slot: h.claim.Name, Severity: finding.High, Grade: finding.Proved, Since: placedAt(pod)}
	if h.attachment == nil {
		f.Grade = finding.Observed
	}
	who := "no pod mounts it there any more"
	if h.by != nil {
		who = "pod " + h.by.Name + " mounts it"
		if !h.by.Deleting.IsZero() {
			who = "pod " + h.by.Name + ", which is being deleted, still mounts it"
		}
	}
	f.Summary = fmt.Sprintf("Pod %s on node %s waits for PVC %s: its volume is attached to node %s, where %s.", pod.Name, pod.Node, h.claim.Name, h.node, who)
	f.Evidence = append(f.Evidence,
		finding.Evidence{Ref: h.claim.Ref(), Path: "spec.accessModes", Value: modesText(h.claim.Modes), Note: "one node at a time"},
		finding.Evidence{Ref: pod.Ref(), Path: "spec.nodeName", Value: pod.Node, Note: "waits"})
	if h.by != nil {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: h.by.Ref(), Path: "spec.nodeName", Value: h.by.Node, Note: "holds it"})
	}
	if h.attachment != nil {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: h.attachment.Ref(), Path: "status.attached", Value: "true", Note: "to node " + h.attachment.Node})
	}
	if h.event != nil {
		f.Evidence = append(f.Evidence, eventEvidence(h.event))
	}
	f.Causes = append(f.Causes, finding.IDOf(nodeUnwellID, model.Ref{Kind: model.KindNode, Name: h.node}, ""))
	w, ok := model.Get[*model.Workload](p.Snapshot, subject)
	if ok && w.Kind == model.KindDeployment && w.Desired == 1 && w.Strategy != "Recreate" && h.by != nil && p.Graph.Workload(h.by.Ref()) == subject && h.rolls(p, pod) {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: subject, Path: "spec.strategy.type", Value: cmp.Or(w.Strategy, "RollingUpdate"), Note: "the new pod starts before the old one ends"})
		f.Fixes = append(f.Fixes, recreate(w))
	}
	return f
}

// rolls reports whether a pod waits because a rollout starts it before it ends the one that
// holds the volume: they are of two ReplicaSets, and nothing else ends the other, or keeps
// it from ending. A pod that takes the place of one whose node is gone is of the same.
func (h heldVolume) rolls(p *Pass, pod *model.Pod) bool {
	holder, held := h.by.Controller()
	waiter, waits := pod.Controller()
	node, known := model.Get[*model.Node](p.Snapshot, model.Ref{Kind: model.KindNode, Name: h.node})
	return held && waits && holder.Name != waiter.Name && h.by.Deleting.IsZero() && known && node.Ready
}

// recreate has the old pod end before the new one starts.
func recreate(w *model.Workload) finding.Fix {
	return finding.Fix{
		ID: "recreate-strategy", Title: "End the old pod before the new one starts (strategy Recreate)", Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: w.Ref(), Summary: fmt.Sprintf("strategy %s -> Recreate", cmp.Or(w.Strategy, "RollingUpdate")),
			Change: finding.Patch{Set: []finding.FieldValue{
				{Path: []string{"spec", "strategy", "type"}, Value: "Recreate"}, {Path: []string{"spec", "strategy", "rollingUpdate"}, Value: nil},
			}},
		}},
		Undo: "sets the strategy as it was", Note: "The old pod ends at once, and nothing serves until the new one has started.",
		Proof: finding.Proof{Text: "the new pod has the volume and is ready", Within: 5 * time.Minute, Checks: []finding.Check{{Ref: w.Ref(), Path: "ready"}}},
	}
}
