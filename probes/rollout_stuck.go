package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const rolloutStuckID finding.ProbeID = "rollout-stuck"

// RolloutStuck finds rollouts that do not come to their end.
var RolloutStuck = &Probe{
	ID: rolloutStuckID,
	Doc: `A rollout does not come to its end
Some pods run the new template, or none does, and nothing moves any more.

**Rule.** One of these, for a workload that is neither paused nor scaled to 0, and whose
controller has seen its newest specification:

- a Deployment has the condition Progressing=False with ProgressDeadlineExceeded, and not all
  its pods are of the new template and ready;
- an ordered StatefulSet with a rolling update waits for a pod of its own that runs an old
  template and has not been ready for two minutes: the controller does not replace it before
  it is ready, even where the new template would cure it;
- a StatefulSet or a DaemonSet with a rolling update has pods of the old template, and a pod of the
  new one that has not been ready for two minutes where it crashes or has no image, for ten
  minutes otherwise;
- a StatefulSet with a partition, or a StatefulSet or DaemonSet with the strategy OnDelete, has had
  pods of an old template for a day: nothing but a person replaces them.

Sources: kubernetes pkg/controller/deployment/progress.go, pkg/controller/statefulset
(stateful_set_control.go: "If we have a Pod that has been created but is not running and ready
we can not make progress"; kubernetes/kubernetes #67250), pkg/controller/daemon/update.go.

**Evidence.** The condition, how many pods are of the new template and ready, the pod that is
waited for and how it stands.

**What it cannot see.** Why a program does not get ready: the findings on its pods say that, and
are named as the cause. How many pods are of the new template, where ReplicaSets were not read.

**By hand.** ` + "`kubectl rollout status`" + `, ` + "`kubectl rollout undo`" + `, and for a StatefulSet
` + "`kubectl delete pod NAME`" + ` of the pod that it waits for.

**Silent** while a rollout moves; for a workload that is paused, scaled to 0 or going; for a
StatefulSet or DaemonSet with OnDelete or a partition that an operator owns.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindEvent, model.KindNode, model.KindNamespace, model.KindServiceAccount, model.KindSecret, model.KindConfigMap, model.KindClaim,
	}),
	Run: staying(runRolloutStuck),
}

const (
	readyPatience  = 10 * time.Minute // progressDeadlineSeconds of a Deployment, where none is set
	forgottenAfter = 24 * time.Hour
)

func runRolloutStuck(p *Pass) {
	var made map[model.Ref][]*model.Workload
	p.Sees(model.KindDeployment)
	for d := range model.Each[*model.Workload](p.Space, model.KindDeployment) {
		c := model.FindCondition(d.Conditions, "Progressing")
		if c == nil || c.Status != "False" || c.Reason != "ProgressDeadlineExceeded" || !settledSpec(d) || d.Updated >= d.Desired && d.Available >= d.Desired {
			continue
		}
		if made == nil {
			made = madeBy(p)
		}
		p.Report(deadlineExceeded(p, d, c, made[d.Ref()]))
	}
	for _, kind := range []model.Kind{model.KindStatefulSet, model.KindDaemonSet} {
		p.Sees(kind)
		for w := range model.Each[*model.Workload](p.Space, kind) {
			if !settledSpec(w) {
				continue
			}
			if f, ok := heldUp(p, w); ok {
				p.Report(f)
			} else if f, ok := forgotten(p, w); ok {
				p.Report(f)
			}
		}
	}
}

// settledSpec reports whether a workload should have pods, and its controller has seen
// what it should be.
func settledSpec(w *model.Workload) bool {
	return wantsPods(w) && w.ObservedGeneration >= w.Generation
}

func deadlineExceeded(p *Pass, d *model.Workload, c *model.Condition, made []*model.Workload) finding.Finding {
	f := finding.Finding{Subject: d.Ref(), Severity: finding.High, Grade: finding.Proved, Since: c.Since}
	old, ready := "", int32(0)
	var broken *model.Pod
	sets, _ := p.Knows(model.KindReplicaSet)
	if !sets {
		broken = firstUnready(p.Graph.Pods(d.Ref()))
	}
	for _, rs := range made {
		if rs.Kind != model.KindReplicaSet {
			continue
		}
		if rs.Revision == d.Revision {
			ready = rs.Ready
			broken = firstUnready(p.Graph.Pods(rs.Ref()))
		} else if rs.Ready > 0 {
			old = fmt.Sprintf("; %s of revision %s still serve", text.Counted(int(rs.Ready), "pod"), rs.Revision)
		}
	}
	why, note := "", "a pod of the new template"
	if !sets {
		note = "a pod that is not ready; its ReplicaSet was not read"
	}
	switch {
	case broken != nil:
		why = ": " + state(broken)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: broken.Ref(), Path: "status", Value: state(broken), Note: note})
	case d.Updated == 0:
		why = ": no pod of the new template was made"
	}
	count := fmt.Sprintf(", %d of %s ready", ready, text.Counted(int(d.Desired), "new pod"))
	if !sets {
		count = ""
	}
	f.Summary = fmt.Sprintf("Its rollout of revision %s is stuck%s%s%s.", d.Revision, count, why, old)
	f.Evidence = append([]finding.Evidence{{Ref: d.Ref(), Path: "status.conditions[Progressing]", Value: c.Reason, Note: clause(c.Message, "since "+stamp(c.Since))}}, f.Evidence...)
	f.Causes = podTroubles(p, d.Ref())
	return f
}

func firstUnready(pods []*model.Pod) *model.Pod {
	for _, pod := range pods {
		if alive(pod) && !pod.Ready {
			return pod
		}
	}
	return nil
}

// heldUp is a StatefulSet or DaemonSet whose rollout waits for a pod that does not get
// ready.
func heldUp(p *Pass, w *model.Workload) (f finding.Finding, ok bool) {
	if w.Strategy == "OnDelete" {
		return f, false
	}
	old, behind := 0, (*model.Pod)(nil)
	var failing *model.Pod
	for _, pod := range p.Graph.Pods(w.Ref()) {
		if !alive(pod) {
			continue
		}
		stale := w.Kind == model.KindStatefulSet && ofOldTemplate(w, pod)
		if stale {
			old++
		}
		switch {
		case pod.Ready:
		case stale && w.Ordered && notReadyFor(p, pod, podPatience):
			behind = pod
		case !stale && failing == nil && notReadyFor(p, pod, patienceWith(pod)):
			failing = pod
		}
	}
	if w.Kind == model.KindDaemonSet {
		old = int(w.Desired - w.Updated)
	}
	f = finding.Finding{Subject: w.Ref(), Severity: finding.High, Grade: finding.Proved}
	switch {
	case behind != nil:
		f.Slot = "old-pod"
		f.Summary = fmt.Sprintf("Its rollout waits for pod %s, which still has the old template and is not replaced before it is ready: %s.", behind.Name, state(behind))
		f.Evidence = podEvidence(w, behind)
		if node, down := nodeDown(p, behind); down {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: node, Path: "status.conditions[Ready]", Note: "the node of the pod does not answer: deleted, the pod would stay until it does"})
		} else if notReadyFor(p, behind, patienceWith(behind)) { // a database that recovers would begin anew
			f.Fixes = []finding.Fix{replacePod(w, behind)}
		}
	case old > 0 && failing != nil && (w.Kind == model.KindDaemonSet || w.Revision != w.CurrentRevision):
		f.Summary = fmt.Sprintf("Its rollout is stuck at pod %s, %s: %s of the old template %s.", failing.Name, withIs(state(failing)), text.Counted(old, "pod"), text.Plural(old, "waits", "wait"))
		f.Evidence = podEvidence(w, failing)
	default:
		return f, false
	}
	f.Causes = podTroubles(p, w.Ref())
	return f, true
}

// withIs makes of the state of a pod the middle of a sentence.
func withIs(state string) string {
	if len(state) > 6 && state[:6] == "it is " {
		return "which is " + state[6:]
	}
	return "whose " + state
}

// ofOldTemplate reports whether a pod of a StatefulSet was made from an older template, and the
// controller is to replace it.
func ofOldTemplate(w *model.Workload, pod *model.Pod) bool {
	hash := pod.Labels["controller-revision-hash"]
	n, numbered := ordinalOf(pod.Name, w.Name)
	return hash != "" && w.Revision != "" && hash != w.Revision && numbered && n >= firstUpdated(w)
}

// firstUpdated is the ordinal of the first pod that a StatefulSet's partition does not keep as it
// is: it counts from where the ordinals begin (kubernetes pkg/controller/statefulset,
// newVersionedStatefulSetPod).
func firstUpdated(w *model.Workload) int {
	return int(w.OrdinalStart + w.Partition)
}

// patienceWith is how long a pod may take to get ready: less where it says what fails.
func patienceWith(pod *model.Pod) time.Duration {
	for _, c := range pod.Containers {
		if c.Waiting != nil && (c.Waiting.Reason == "CrashLoopBackOff" || slices.Contains(pullReasons, c.Waiting.Reason) || slices.Contains(makeReasons, c.Waiting.Reason)) {
			return podPatience
		}
	}
	return readyPatience
}

// notReadyFor reports whether a pod has not been ready for as long as that.
func notReadyFor(p *Pass, pod *model.Pod, d time.Duration) bool {
	since := pod.Created
	if c := model.FindCondition(pod.Conditions, "Ready"); c != nil && c.Since.After(since) {
		since = c.Since
	}
	return p.After(since, d)
}

func podEvidence(w *model.Workload, pod *model.Pod) []finding.Evidence {
	out := []finding.Evidence{{Ref: pod.Ref(), Path: "status", Value: state(pod), Note: "not ready"}}
	if hash := pod.Labels["controller-revision-hash"]; w.Kind == model.KindStatefulSet {
		out = append(out, finding.Evidence{Ref: w.Ref(), Path: "status.updateRevision", Value: w.Revision, Note: "the pod is of " + hash})
	}
	return out
}

// replacePod deletes the one pod for which a StatefulSet waits.
func replacePod(w *model.Workload, pod *model.Pod) finding.Fix {
	return finding.Fix{
		ID: "replace-" + pod.Name, Title: "Delete pod " + pod.Name + ", which is made again with the new template", Risk: finding.Disruptive,
		Steps: []finding.Step{{Verb: "delete", Ref: pod.Ref(), Summary: "it is not ready; the StatefulSet makes it again", Change: finding.Delete{}}},
		Undo:  "nothing to take back: the StatefulSet makes the pod again", Note: "Its PVCs stay.",
		Proof: finding.Proof{Text: "the pod is there with the new template, and ready", Within: 5 * time.Minute, Checks: []finding.Check{{Ref: w.Ref(), Path: "ready"}}},
	}
}
