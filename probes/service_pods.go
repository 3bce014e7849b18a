package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// podsHop is a selector that matches workloads without a pod, or pods of which none is
// ready: a symptom of what ails them.
func podsHop(p *Pass, s *way) (f finding.Finding, ok bool) {
	if s.Unready || slices.ContainsFunc(s.pods, func(pod *model.Pod) bool { return pod.Ready }) {
		return f, false // before it is asked who depends on it, which costs more
	}
	if !missed(s.dependants()) {
		return f, false
	}
	if len(s.pods) == 0 {
		return podless(p, s)
	}
	var since time.Time
	for _, pod := range s.pods {
		at := pod.Created
		if c := model.FindCondition(pod.Conditions, "Ready"); c != nil && !c.Since.IsZero() {
			at = c.Since
		}
		if since.IsZero() || at.After(since) {
			since = at
		}
	}
	if !p.After(since, podPatience) || readyEndpoints(p, s.Service) > 0 {
		return f, false
	}
	f = finding.Finding{Severity: finding.High, Grade: finding.Proved, Since: since}
	f.Summary = fmt.Sprintf("None of the %s that it selects is ready: %s.", text.Counted(len(s.pods), "pod"), state(s.pods[0]))
	if len(s.pods) == 1 {
		f.Summary = fmt.Sprintf("The one pod that it selects is not ready: %s.", state(s.pods[0]))
	}
	for _, pod := range s.pods[:min(len(s.pods), 3)] {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "status", Value: state(pod), Note: "not ready"})
	}
	seen := map[model.Ref]bool{}
	for _, pod := range s.pods {
		if subject := p.Graph.Workload(pod.Ref()); !seen[subject] {
			seen[subject] = true
			f.Causes = append(f.Causes, podTroubles(p, subject)...)
		}
	}
	return f, true
}

// podless is a Service whose workloads should run and have no pod.
func podless(p *Pass, s *way) (f finding.Finding, ok bool) {
	var idle []*model.Workload
	for _, w := range s.workloads {
		if w.Kind != model.KindJob && w.Kind != model.KindCronJob && wantsPods(w) && w.Current == 0 && p.After(w.SpecChanged(), podPatience) {
			idle = append(idle, w)
		}
	}
	if len(idle) == 0 || len(idle) < len(s.workloads) || !p.After(s.Created, podPatience) {
		return f, false
	}
	f = finding.Finding{Severity: finding.High, Grade: finding.Proved, Summary: fmt.Sprintf("It selects the pods of %s, which has none.", s.whose())}
	if len(idle) > 1 {
		f.Summary = fmt.Sprintf("It selects the pods of %s, which have none.", s.whose())
	}
	for _, w := range idle[:min(len(idle), 3)] {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: "status.replicas", Value: "0", Note: fmt.Sprintf("of %d", w.Desired)})
		f.Causes = append(f.Causes, podTroubles(p, w.Ref())...)
	}
	return f, true
}

// podTroubles names the findings that explain why pods of a workload do not come or are
// not ready; those that are not reported are dropped when reports are linked.
func podTroubles(p *Pass, subject model.Ref) (out []finding.ID) {
	for _, id := range []finding.ProbeID{serviceAccountMissingID, admissionRefusedID, unschedulableID, startStalledID, podEvictedID} {
		out = append(out, finding.IDOf(id, subject, ""))
	}
	out = append(out, finding.IDOf(probeFailingID, subject, gateSlot))
	seen := map[string]bool{}
	for _, pod := range p.Graph.Pods(subject) {
		if node := (model.Ref{Kind: model.KindNode, Name: pod.Node}); !pod.Ready && pod.Node != "" && !seen["node "+pod.Node] {
			seen["node "+pod.Node] = true
			out = append(out, finding.IDOf(nodeUnwellID, node, ""))
		}
		for _, c := range pod.Containers {
			slot := containerSlot(pod.Template, c.Name)
			if c.Ready && c.Waiting == nil || seen[slot] {
				continue
			}
			seen[slot] = true
			for _, id := range []finding.ProbeID{containerFailingID, imageUnpullableID, probeFailingID} {
				out = append(out, finding.IDOf(id, subject, slot))
			}
		}
	}
	if row := p.Row(subject); row != nil {
		for _, b := range brokenRefs(p, row) {
			out = append(out, finding.IDOf(referenceMissingID, subject, b.slot()))
		}
	}
	return out
}

// state says in a few words how a pod that is not ready stands.
func state(pod *model.Pod) string {
	for i := range pod.Containers {
		c := &pod.Containers[i]
		switch {
		case c.Waiting != nil && c.Waiting.Reason != "PodInitializing":
			return fmt.Sprintf("container %s waits in %s", c.Name, c.Waiting.Reason)
		case c.Exit != nil && (!c.Init || c.Exit.Code != 0):
			return fmt.Sprintf("container %s ended with exit code %d", c.Name, c.Exit.Code)
		}
	}
	if pod.Node == "" {
		return "no node was found for it"
	}
	for i := range pod.Containers {
		if c := &pod.Containers[i]; !c.Init && !c.Ready && !c.Running.IsZero() {
			return fmt.Sprintf("container %s runs and is not ready", c.Name)
		}
	}
	return "it is " + pod.Phase
}
