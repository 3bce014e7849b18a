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

// workloadCheck judges the workloads of a namespace. What all of them are judged by is
// looked up when the first is asked for.
type workloadCheck struct {
	*Pass
	failing map[model.Ref][]failing
	events  map[model.Ref][]*model.Event
	made    map[model.Ref][]*model.Workload
}

// idleWorkload is one that does not work, and why: a clause without a full stop.
type idleWorkload struct {
	w     *model.Workload
	why   string
	since time.Time
	told  []finding.ID // the findings that say the same of its containers
}

// workload says what keeps a workload from working that should have pods; ok is false
// where nothing does, or nothing for so long that it counts.
func (r *workloadCheck) workload(w *model.Workload) (u idleWorkload, ok bool) {
	u.w = w
	switch {
	case w.Kind == model.KindJob && w.Failed:
		f := failedJob(r.Pass, w)
		u.why, u.since = "it failed: "+strings.TrimSuffix(strings.TrimPrefix(f.Summary, "It failed: "), "."), w.Finished
		return u, !r.After(w.Finished, failureMemory)
	case w.Kind == model.KindCronJob || w.Kind == model.KindJob || !settledSpec(w):
		return u, false
	}
	if r.failing == nil {
		r.failing = failuresBySubject(r.Pass)
	}
	for _, f := range r.failing[w.Ref()] {
		if f.once() || !r.After(f.began(), time.Minute) {
			continue
		}
		u.told = append(u.told, finding.IDOf(containerFailingID, w.Ref(), f.slot()), finding.IDOf(imageUnpullableID, w.Ref(), f.slot()))
		if u.why == "" {
			u.why, u.since = failingClause(f), f.since()
		}
	}
	if u.why != "" {
		return u, true
	}
	if w.Ready >= w.Desired {
		return u, false
	}
	return r.unready(u)
}

// failingClause says how a container fails, as the end of a sentence.
func failingClause(f failing) string {
	summary := strings.TrimSuffix(failingSummary(f), ".")
	if f.how == unpulled {
		summary = f.where() + " has no image that can be pulled"
		if spec := f.specOf(); spec != nil {
			summary = fmt.Sprintf("%s does not start, since its image %s cannot be pulled", f.where(), spec.Image)
		}
	}
	return strings.ToLower(summary[:1]) + summary[1:]
}

// unready is a workload that has fewer pods ready than it wants, and none that fails.
func (r *workloadCheck) unready(u idleWorkload) (idleWorkload, bool) {
	w := u.w
	pods, waits := r.Graph.Pods(w.Ref()), []*model.Pod{}
	for _, pod := range pods {
		if alive(pod) && !pod.Ready && notReadyFor(r.Pass, pod, deployedSettles+startupPatience(pod)) {
			waits = append(waits, pod)
		}
	}
	if len(waits) > 0 {
		if c := model.FindCondition(waits[0].Conditions, "Ready"); c != nil {
			u.since = c.Since
		}
		u.why = fmt.Sprintf("%d of %s %s not ready: %s", len(waits), text.Counted(int(w.Desired), "pod"), text.Plural(len(waits), "is", "are"), state(waits[0]))
		return u, true
	}
	if lacksPods(w) {
		if r.events == nil {
			r.events, r.made = eventsAbout(r.Pass, "FailedCreate"), madeBy(r.Pass)
		}
		if refused, ok := refusalOf(r.Pass, w, r.made[w.Ref()], r.events); ok && r.After(refused.since, deployedSettles) {
			u.why, u.since = "its pods are refused: "+classify(r.Pass, refused.message).why, refused.since
			return u, true
		}
		at, _ := scaled(w)
		if len(pods) == 0 && w.Current == 0 && r.After(latest(w.SpecChanged(), at), deployedSettles) {
			u.why = fmt.Sprintf("none of its %s was made", text.Counted(int(w.Desired), "pod"))
			return u, true
		}
	}
	if c := model.FindCondition(w.Conditions, "Available"); c != nil && c.Status == "False" && r.After(c.Since, deployedSettles) {
		u.why, u.since = fmt.Sprintf("%d of %s ready", w.Ready, text.Counted(int(w.Desired), "pod")), c.Since
		return u, true
	}
	return u, false
}

// startupPatience is how long a pod may take to start, by the startup probes of its
// containers.
func startupPatience(pod *model.Pod) (d time.Duration) {
	for i := range pod.Template.Containers {
		if probe := pod.Template.Containers[i].ProbeOf(model.Startup); probe != nil {
			d = max(d, time.Duration(probe.Patience())*time.Second)
		}
	}
	return d
}

// causes names the findings that explain why the workload does not work; those that are
// not reported are dropped when reports are linked.
func (u idleWorkload) causes(p *Pass) []finding.ID {
	ref := p.Graph.Workload(u.w.Ref())
	return append(slices.Concat(u.told, podTroubles(p, ref)),
		finding.IDOf(apiReadSecretMissingID, ref, ""), finding.IDOf(rolloutStuckID, ref, ""), finding.IDOf(rolloutStuckID, ref, "old-pod"), finding.IDOf(jobFailedID, ref, ""))
}
