package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// workloadReads are the kinds by which a pod is traced to its top-level workload.
var workloadReads = model.WorkloadKinds

// reads joins lists of kinds.
func reads(lists ...[]model.Kind) []model.Kind { return slices.Concat(lists...) }

// topLevel reports whether no other workload made w.
func topLevel(w *model.Workload) bool {
	o, ok := w.Controller()
	return !ok || !o.Kind.IsWorkload()
}

// alive reports whether a pod is neither being deleted nor done.
func alive(pod *model.Pod) bool {
	return pod.Deleting.IsZero() && pod.Phase != "Succeeded" && pod.Phase != "Failed"
}

// podsBySubject groups the pods of which pick is true by what an operator would
// name. Few are picked in a healthy namespace, so that few are traced to their
// workload.
func podsBySubject(p *Pass, pick func(*model.Pod) bool) map[model.Ref][]*model.Pod {
	out := map[model.Ref][]*model.Pod{}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if alive(pod) && pick(pod) {
			ref := p.Graph.Workload(pod.Ref())
			out[ref] = append(out[ref], pod)
		}
	}
	return out
}

// madeBy groups the ReplicaSets and Jobs of the namespace by the workload that made
// them.
func madeBy(p *Pass) map[model.Ref][]*model.Workload {
	out := map[model.Ref][]*model.Workload{}
	for _, k := range []model.Kind{model.KindReplicaSet, model.KindJob} {
		for w := range model.Each[*model.Workload](p.Space, k) {
			if o, ok := w.Controller(); ok {
				ref := model.Ref{Kind: o.Kind, Namespace: w.Namespace, Name: o.Name}
				out[ref] = append(out[ref], w)
			}
		}
	}
	return out
}

// wantsPods reports whether a workload wants pods now: it is not scaled to zero,
// paused, done or going.
func wantsPods(w *model.Workload) bool {
	switch {
	case !w.Deleting.IsZero() || w.Paused:
		return false
	case w.Kind == model.KindCronJob:
		return true
	case w.Kind == model.KindJob:
		return w.Desired > 0 && w.Finished.IsZero() && !w.Failed
	}
	return w.Desired > 0
}

// rolling reports whether a rollout or a scaling of w is under way.
func rolling(w *model.Workload) bool {
	if w.ObservedGeneration < w.Generation {
		return true
	}
	switch w.Kind {
	case model.KindDeployment:
		return w.Updated < w.Desired || w.Current > w.Updated
	case model.KindStatefulSet:
		if w.Strategy == "OnDelete" {
			return w.Current != w.Desired
		}
		return w.Current != w.Desired || w.Revision != w.CurrentRevision && w.Updated < w.Desired
	case model.KindDaemonSet:
		return w.Strategy != "OnDelete" && w.Updated < w.Desired
	}
	return false
}

// podPath is where the pod's spec stands in an object.
func podPath(k model.Kind) string {
	switch k {
	case model.KindPod:
		return "spec"
	case model.KindCronJob:
		return "spec.jobTemplate.spec.template.spec"
	}
	return "spec.template.spec"
}

// containerSlot tells the containers of one pod apart; it is empty where there is
// only one.
func containerSlot(t *model.Template, container string) string {
	if len(t.Containers) == 1 {
		return ""
	}
	return container
}

// containerOf finds a container of a template, or nil.
func containerOf(t *model.Template, name string) *model.Container {
	for i := range t.Containers {
		if t.Containers[i].Name == name {
			return &t.Containers[i]
		}
	}
	return nil
}

// restart is the step that rolls a workload.
func restart(ref model.Ref) finding.Step {
	return finding.Step{Verb: "restart", Ref: ref, Summary: "roll its pods, and wait until they are ready", Change: finding.Restart{}}
}

// becomesReady is the check that a workload's pods get ready; none for a CronJob, which says
// of itself neither that it is ready nor that it is not.
func becomesReady(w *model.Workload) []finding.Check {
	if w.Kind == model.KindCronJob {
		return nil
	}
	return []finding.Check{{Ref: w.Ref(), Path: "ready"}}
}

// keepsPods says why a change of a workload's template would not replace its pods; empty where
// it would.
func keepsPods(w *model.Workload) string {
	switch {
	case !w.Deleting.IsZero():
		return "it is being deleted"
	case w.Paused:
		return "its rollout is paused"
	case w.Strategy == "OnDelete":
		return "its pods are replaced only when they are deleted (OnDelete)"
	case w.Partition > 0:
		return fmt.Sprintf("its partition keeps pods below %d as they are", firstUpdated(w))
	}
	return ""
}

// rolled says what becomes of a workload's pods once its template is changed.
func rolled(w *model.Workload) string {
	why := keepsPods(w)
	switch {
	case w.Kind == model.KindCronJob:
		return "The pods of its next Job are made so; those that run are left."
	case why != "":
		return "Its pods are not rolled by it: " + why + "."
	}
	return "Its pods are rolled."
}

// mayRestart reports whether a subject's pods can be rolled by its template.
func mayRestart(k model.Kind) bool {
	return k == model.KindDeployment || k == model.KindStatefulSet || k == model.KindDaemonSet
}
