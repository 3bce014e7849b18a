package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// hooksOf are the hooks of the operation that a pending record speaks of. A test that somebody
// ran is no part of it.
func hooksOf(rec *model.Record) (out []model.Hook) {
	operation := strings.TrimPrefix(rec.Body.Status, "pending-")
	for _, h := range rec.Body.Hooks {
		if slices.Contains(h.Events, "pre-"+operation) || slices.Contains(h.Events, "post-"+operation) {
			out = append(out, h)
		}
	}
	return out
}

// hookRuns reports whether a hook of the operation that a record speaks of is running; why
// says what kept it from being known.
func hookRuns(p *Pass, rec *model.Record) (running bool, why string) {
	for _, h := range hooksOf(rec) {
		switch o := p.Row(h.Ref).(type) {
		case *model.Workload:
			if o.Kind == model.KindJob && o.Finished.IsZero() { // without a pod it waits to try again
				return true, ""
			}
		case *model.Pod:
			if o.Phase == "Running" || o.Phase == "Pending" {
				return true, ""
			}
		default:
			if h.Ref.Kind != model.KindJob && h.Ref.Kind != model.KindPod {
				continue
			}
			if a, absent := p.Absent(h.Ref); absent && a.Grade != finding.Proved {
				why = strings.Join(a.Why, "; ")
			}
		}
	}
	return false, why
}

// hookWaits is a pending release that waits for a hook which cannot run.
func hookWaits(p *Pass, rel *model.Release, rec *model.Record) (f finding.Finding, ok bool) {
	for _, h := range hooksOf(rec) {
		why, at := hookBlocked(p, h.Ref)
		if why == "" {
			continue
		}
		f = finding.Finding{
			Subject: rel.Ref(), Severity: finding.High, Grade: finding.Proved, Since: begun(rec),
			Summary:  fmt.Sprintf("Revision %d has been %s for %s: it waits for its hook, %s %s, %s.", rec.Revision, rec.Body.Status, p.Age(begun(rec)), h.Ref.Kind, h.Ref.Name, why),
			Evidence: []finding.Evidence{{Ref: storedIn(rec), Path: "data.release info.status", Value: rec.Body.Status, Note: "what Helm's lock reads"}, at},
		}
		f.Causes = podTroubles(p, h.Ref)
		return f, true
	}
	return f, false
}

// hookBlocked says why a hook that has not ended does not run either; empty where it may.
func hookBlocked(p *Pass, ref model.Ref) (why string, at finding.Evidence) {
	var pods []*model.Pod
	switch o := p.Row(ref).(type) {
	case *model.Pod:
		pods = []*model.Pod{o}
	case *model.Workload:
		pods = p.Graph.Pods(ref)
		known, _ := p.Knows(model.KindPod)
		switch {
		case !o.Finished.IsZero() || !o.Deleting.IsZero():
			return "", at
		case o.Paused:
			return "which is suspended", finding.Evidence{Ref: ref, Path: "spec.suspend", Value: "true"}
		case len(pods) == 0 && known && o.Active == 0 && p.After(o.Created, podPatience):
			return "which has no pod", finding.Evidence{Ref: ref, Path: "status.active", Value: "0", Note: "none of its pods was made"}
		}
	}
	for _, pod := range pods {
		if !alive(pod) {
			continue
		}
		if !waitsHeld(pod) || !p.After(pod.Created, podPatience) {
			return "", at
		}
		why = "whose pod cannot run: " + state(pod)
		if pod.Ref() == ref {
			why = "which cannot run: " + state(pod)
		}
		at = finding.Evidence{Ref: pod.Ref(), Path: "status", Value: state(pod), Note: "of the hook"}
	}
	return why, at
}

// waitsHeld reports whether a pod waits for something that somebody has to mend: a node, an image,
// what its specification names.
func waitsHeld(pod *model.Pod) bool {
	if pod.Phase != "Pending" {
		return false
	}
	if c := model.FindCondition(pod.Conditions, "PodScheduled"); pod.Node == "" {
		return c != nil && c.Status == "False"
	}
	return slices.ContainsFunc(pod.Containers, func(c model.ContainerStatus) bool {
		return c.Waiting != nil && (slices.Contains(pullReasons, c.Waiting.Reason) || slices.Contains(makeReasons, c.Waiting.Reason))
	})
}
