package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const admissionRefusedID finding.ProbeID = "admission-refused"

// AdmissionRefused finds workloads whose pods the API server does not admit.
var AdmissionRefused = &Probe{
	ID: admissionRefusedID,
	Doc: `The API server refuses a workload's pods
A workload that was created without a complaint may still get no pods: a quota is used up,
a limit is passed, the namespace's pod security level forbids what the pod asks for, a
webhook says no or does not answer, or several of them together take longer than the API server waits.

**Rule.** The workload has the condition ReplicaFailure=True, or fewer pods than it wants and
a FailedCreate event of itself or of the ReplicaSet or Job that it made. What refused is
read from the message. Sources: kubernetes pkg/controller/replicaset (the condition, which
a StatefulSet, a DaemonSet and a Job do not have), plugin/pkg/admission/resourcequota,
plugin/pkg/admission/limitranger, pod-security-admission/policy.

**Evidence.** The refusal, by class; what was asked and what is left of a quota; the pod
security label of the namespace; the webhook.

**What it cannot see.** A refusal whose event has expired (after an hour) on a workload
without the condition; why a webhook says no. Where ServiceAccounts were not read, that one does not
exist is inferred from what the API server said.

**By hand.** ` + "`kubectl describe KIND NAME`" + `, then by class: ask for less or raise the quota, stay
within the LimitRange, give the containers the security context that the level asks for,
fix the webhook's Service. A ReplicaSet waits up to 1,000 s before it tries again; an
annotation makes it look at once.

**Silent** for a workload scaled to zero, paused or done, and once all its pods are there; for a Job that has got a
pod since it was refused.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses: []model.Kind{
		model.KindDeployment, model.KindReplicaSet, model.KindEvent,
		model.KindStatefulSet, model.KindDaemonSet, model.KindReplicationController, model.KindJob, model.KindCronJob,
		model.KindServiceAccount, model.KindNamespace, model.KindResourceQuota, model.KindLimitRange,
		model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindPriorityClass, model.KindRuntimeClass,
		model.KindService, model.KindEndpointSlice,
	},
	Run: staying(runAdmissionRefused),
}

func runAdmissionRefused(p *Pass) {
	var events map[model.Ref][]*model.Event
	var children map[model.Ref][]*model.Workload
	for _, kind := range []model.Kind{model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet} {
		p.Sees(kind)
	}
	for w := range model.Workloads(p.Space) {
		if !topLevel(w) || !wantsPods(w) {
			continue
		}
		if events == nil {
			events, children = eventsAbout(p, "FailedCreate"), madeBy(p)
		}
		if r, ok := refusalOf(p, w, children[w.Ref()], events); ok {
			p.Report(refusedFinding(p, w, r, children))
		} else if lacksPods(w) {
			p.Sees(model.KindEvent)
			if w.Kind == model.KindDeployment {
				p.Sees(model.KindReplicaSet)
			}
		}
	}
}

// refusal is the newest thing that the API server said against a workload's pods.
type refusal struct {
	message  string
	since    time.Time
	evidence []finding.Evidence
}

// refusalOf finds what stands against a workload's pods now.
func refusalOf(p *Pass, w *model.Workload, made []*model.Workload, events map[model.Ref][]*model.Event) (r refusal, ok bool) {
	if c := model.FindCondition(w.Conditions, "ReplicaFailure"); c != nil && c.Status == "True" {
		r.message, r.since, ok = c.Message, c.Since, true
		r.evidence = append(r.evidence, finding.Evidence{Ref: w.Ref(), Path: "status.conditions[ReplicaFailure]", Value: c.Message, Note: "since " + stamp(c.Since)})
	}
	var newest *model.Event
	for _, m := range append([]*model.Workload{w}, made...) {
		if !lacksPods(m) {
			continue
		}
		for _, e := range events[m.Ref()] {
			if m.Kind == model.KindJob && m.Active > 0 && goneOn(p, m.Ref(), e.Last) {
				continue // it wants fewer pods at once than it has completions to come
			}
			if newest == nil || e.Last.After(newest.Last) {
				newest = e
			}
			if r.since.IsZero() || !e.First.IsZero() && e.First.Before(r.since) {
				r.since = e.First
			}
		}
	}
	if newest == nil {
		return r, ok
	}
	r.message = newest.Message
	r.evidence = append([]finding.Evidence{eventEvidence(newest)}, r.evidence...)
	return r, true
}

// goneOn reports whether a Job has a pod that was made since then, or may have.
func goneOn(p *Pass, ref model.Ref, since time.Time) bool {
	if known, _ := p.Snapshot.Knows(model.KindPod, ref.Namespace); !known {
		p.Blind(model.KindPod, ref.Namespace)
		return true
	}
	return slices.ContainsFunc(p.Graph.Pods(ref), func(pod *model.Pod) bool { return !pod.Created.Before(since) })
}

// lacksPods reports whether a workload has fewer pods than it wants. A CronJob wants
// none itself.
func lacksPods(w *model.Workload) bool {
	return w.Kind != model.KindCronJob && wantsPods(w) && w.Current < w.Desired
}

func refusedFinding(p *Pass, w *model.Workload, r refusal, children map[model.Ref][]*model.Workload) finding.Finding {
	class := classify(p, r.message)
	f := finding.Finding{
		Subject: w.Ref(), Severity: finding.High, Grade: finding.Proved, Since: r.since,
		Summary:  fmt.Sprintf("Pods are refused: %s.", class.why),
		Evidence: append(r.evidence, class.evidence...), Rests: class.rests, Causes: class.causes,
	}
	if class.names.Name != "" {
		f.Causes = append(f.Causes, finding.IDOf(referenceMissingID, w.Ref(), string(class.names.Kind)+"/"+class.names.Name))
	}
	if class.id == "account" && missingAccount(p, w) {
		f.Causes = []finding.ID{finding.IDOf(serviceAccountMissingID, w.Ref(), "")}
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "status", Value: fmt.Sprintf("%d of %d pods", w.Current, w.Desired)})
	if class.gone {
		if steps := nudges(w, children); len(steps) > 0 {
			f.Fixes = append(f.Fixes, finding.Fix{
				ID: "try-again", Title: "Make it try again now", Risk: finding.Safe, Steps: steps,
				Undo: "takes the annotation away again", Note: "What refused the pods is gone, but the controller waits up to 1,000 s before it looks again.",
				Proof: finding.Proof{Text: "its pods come", Within: time.Minute, Checks: []finding.Check{{Ref: w.Ref(), Path: "ready"}}},
			})
		}
	}
	if class.id == "security" && w.Kind != model.KindJob {
		if fix, ok := conform(w, r.message); ok {
			f.Fixes = append(f.Fixes, fix)
		}
	}
	return f
}
