package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// ended is a container that ended badly and is not started again, of pods that are done.
type ended struct {
	failing
	exit *model.Exit
}

// endedOf finds the container for which the newest of some pods failed; ok is false where
// none of them has failed by a container of its own. Of a pod that was evicted or ran out
// of time something else is the cause.
func endedOf(pods []*model.Pod) (e ended, ok bool) {
	for _, pod := range pods {
		if pod.Phase != "Failed" || pod.Reason != "" || !pod.Deleting.IsZero() {
			continue
		}
		for i := range pod.Containers {
			c := &pod.Containers[i]
			exit := lastExit(c)
			if exit == nil || exit.Code == 0 || e.exit != nil && !exit.Finished.After(e.exit.Finished) {
				continue
			}
			e = ended{failing{name: c.Name, how: crash(exit), pods: []*model.Pod{pod}, statuses: []*model.ContainerStatus{c}, total: 1}, exit}
		}
	}
	return e, e.exit != nil
}

// says is how the container ended, as the rest of a sentence that begins with "container
// NAME", with its evidence and the findings that explain it.
func (e ended) says(p *Pass) account {
	pod, c := e.pods[0], e.statuses[0]
	out := account{clause: fmt.Sprintf("ends with exit code %d", e.exit.Code)}
	started := e.exit.Reason != "StartError" && e.exit.Reason != "ContainerCannotRun"
	meaning, known := exitMeanings[e.exit.Code]
	switch {
	case e.how == starved:
		out.clause = "is OOMKilled"
		if spec := e.specOf(); spec != nil {
			out.clause += ": its memory limit is " + cmp.Or(spec.Limits["memory"], "none")
		}
	case !started:
		out.clause = "cannot start: " + cmp.Or(startMessage(e.exit.Message, e.specOf()), clause(e.exit.Message, e.exit.Reason))
	case known:
		out.clause = "fails: " + meaning
	}
	path := fmt.Sprintf("status.containerStatuses[%s].state.terminated.exitCode", c.Name)
	out.evidence = append(out.evidence, finding.Evidence{Ref: pod.Ref(), Path: path, Value: fmt.Sprint(e.exit.Code), Note: strings.TrimSpace(e.exit.Reason + " at " + stamp(e.exit.Finished))})
	if from, t := e.tellingOf(p); t != nil && e.how == crashing && started && e.tells(p, from, t) {
		told := accountOf(p, from, e.name, t)
		out.clause += ": " + told.clause
		out.evidence, out.causes = append(out.evidence, told.evidence...), append(out.causes, told.causes...)
	}
	out.evidence = append(out.evidence, logEvidence(p, pod, c.Name, out.evidence)...)
	return out
}

// runAlone reports pods of their own that failed and are not started again.
func runAlone(p *Pass) {
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if len(pod.Owners) > 0 || pod.Phase != "Failed" || isHook(&pod.Meta) {
			continue
		}
		e, ok := endedOf([]*model.Pod{pod})
		if !ok || p.After(e.exit.Finished, failureMemory) {
			continue
		}
		told := e.says(p)
		p.Report(finding.Finding{
			Subject: pod.Ref(), Slot: e.slot(), Severity: finding.Medium, Grade: finding.Proved, Since: e.exit.Finished,
			Summary:  fmt.Sprintf("Container %s %s. It is not started again (restartPolicy %s).", e.name, told.clause, cmp.Or(pod.Template.RestartPolicy, "Never")),
			Evidence: told.evidence, Causes: append(told.causes, failingCauses(p, pod.Ref(), e.failing)...),
		})
	}
}

// isHook reports whether Helm or Argo CD runs an object once, and looks at its end itself.
func isHook(m *model.Meta) bool {
	return slices.ContainsFunc([]string{"helm.sh/hook", "argocd.argoproj.io/hook"}, func(key string) bool { return m.Annotations[key] != "" })
}
