package probes

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const containerFailingID finding.ProbeID = "container-failing"

// ContainerFailing finds containers that do not come up, or do not stay up.
var ContainerFailing = &Probe{
	ID: containerFailingID,
	Doc: `A container does not come up, or does not stay up
It crashes again and again, is killed for lack of memory, cannot be created as its
specification says, or its image cannot be pulled.

**Rule.** For longer than a minute a container waits in CrashLoopBackOff, ImagePullBackOff (or
ErrImagePull, with which it alternates) or CreateContainerConfigError, or it was restarted
twice or more and ended badly within the last ten minutes. A container that runs again
counts as failing until it is ready and has run for a minute, and for twice as long as the
last time. Sources: kubernetes pkg/kubelet/container/sync_result.go,
pkg/kubelet/images/types.go, pkg/kubelet/kubelet.go (the back-off).

**Evidence.** The state, the last exit, the restarts, the last lines of the log.

**What it cannot see.** Why a program ends, unless its log says so: api-read-secret-missing
and reference-missing are asked, and named as the cause where they know it.

**By hand.** ` + "`kubectl logs POD -c CONTAINER --previous`" + `, ` + "`kubectl describe pod POD`" + `.

**Silent** for pods that ended on purpose (Jobs), are being deleted, or failed long ago.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindLogTail, model.KindEvent, model.KindSecret, model.KindConfigMap, model.KindClaim,
		model.KindNamespace,
	}),
	Run: staying(runContainerFailing),
}

func runContainerFailing(p *Pass) {
	var events map[model.Ref][]*model.Event
	for subject, list := range failuresBySubject(p) {
		for _, f := range list {
			if events == nil {
				events = failureEvents(p)
			}
			if !f.once() && p.After(f.began(), time.Minute) {
				p.Report(failingFinding(p, subject, f, events))
			}
		}
	}
}

func failingFinding(p *Pass, subject model.Ref, f failing, events map[model.Ref][]*model.Event) finding.Finding {
	pod, c := f.worst()
	out := finding.Finding{
		Subject: subject, Slot: f.slot(), Severity: finding.High, Grade: finding.Proved, Since: f.told(events),
		Summary: failingSummary(f),
	}
	path := fmt.Sprintf("status.containerStatuses[%s]", c.Name)
	switch w := c.Waiting; {
	case f.how == unpulled:
		out.Evidence = append(out.Evidence, pullEvidence(pod, c, events[pod.Ref()]))
	case f.how == unmade && w != nil:
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: pod.Ref(), Path: path + ".state.waiting", Value: w.Reason, Note: w.Message})
	}
	if e := lastExit(c); e != nil {
		note := e.Reason
		if ran := e.Finished.Sub(e.Started); !e.Started.IsZero() && ran >= 0 {
			note += " after " + ran.Truncate(time.Second).String()
		}
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: pod.Ref(), Path: path + ".lastState.terminated.exitCode", Value: fmt.Sprint(e.Code), Note: note})
	}
	if c.Restarts > 0 {
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: pod.Ref(), Path: path + ".restartCount", Value: fmt.Sprint(c.Restarts)})
	}
	out.Evidence = append(out.Evidence, logEvidence(p, pod, c.Name)...)
	out.Causes = failingCauses(p, subject, f)
	if f.how == starved {
		if fix, ok := moreMemory(p, subject, f); ok {
			out.Fixes = []finding.Fix{fix}
		}
	}
	return out
}

func failingSummary(f failing) string {
	pod, c := f.worst()
	switch f.how {
	case unpulled:
		image := ""
		if spec := containerOf(&pod.Template, f.name); spec != nil {
			image = " " + spec.Image
		}
		return fmt.Sprintf("%s cannot start: its image%s cannot be pulled.", f.where(), image)
	case unmade:
		return fmt.Sprintf("%s cannot be created: %s.", f.where(), clause(c.Waiting.Message, c.Waiting.Reason))
	case starved:
		limit := "the node's memory ran out"
		if spec := f.specOf(); spec != nil && spec.Limits["memory"] != "" {
			limit = "its limit is " + spec.Limits["memory"]
		}
		return fmt.Sprintf("%s is killed for lack of memory again and again: %s.", f.where(), limit)
	}
	if e := lastExit(c); e != nil {
		return fmt.Sprintf("%s ends with exit code %d again and again.", f.where(), e.Code)
	}
	return fmt.Sprintf("%s ends again and again.", f.where())
}

// pullEvidence is what the kubelet said when it last tried to pull an image: the
// state alternates between that and backing off.
func pullEvidence(pod *model.Pod, c *model.ContainerStatus, events []*model.Event) finding.Evidence {
	for _, e := range events {
		if strings.Contains(e.Message, "pull image") && (e.Field == "" || strings.Contains(e.Field, "{"+c.Name+"}")) {
			return eventEvidence(e)
		}
	}
	out := finding.Evidence{Ref: pod.Ref(), Path: fmt.Sprintf("status.containerStatuses[%s].state.waiting", c.Name)}
	if c.Waiting != nil {
		out.Value, out.Note = c.Waiting.Reason, c.Waiting.Message
	}
	return out
}

// clause makes a message of the kubelet the end of a sentence.
func clause(message, otherwise string) string {
	if message == "" {
		return otherwise
	}
	line, _, _ := strings.Cut(message, "\n")
	return strings.TrimRight(line, ". ")
}

const logLines = 3 // of the end of a log, for the eye

func logEvidence(p *Pass, pod *model.Pod, container string) (out []finding.Evidence) {
	tail, ok := model.Get[*model.LogTail](p.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + container})
	if !ok {
		return nil
	}
	if tail.Error != "" {
		return []finding.Evidence{{Ref: pod.Ref(), Path: "log", Note: "the previous log was not read: " + tail.Error}}
	}
	for _, line := range tail.Lines[max(0, len(tail.Lines)-logLines):] {
		out = append(out, finding.Evidence{Ref: pod.Ref(), Path: "log", Value: line})
	}
	return out
}

// failingCauses names the findings that explain a failing container; those that are
// not there are dropped when reports are linked.
func failingCauses(p *Pass, subject model.Ref, f failing) (out []finding.ID) {
	if pod, _ := f.worst(); len(absences(p, pod, f.name)) > 0 {
		out = append(out, finding.IDOf(apiReadSecretMissingID, subject, f.slot()))
	}
	row := p.Row(subject)
	if row == nil {
		pod, _ := f.worst()
		row = pod
	}
	for _, b := range brokenRefs(p, row) {
		for _, r := range b.fields {
			if r.Container == f.name || r.Container == "" {
				out = append(out, finding.IDOf(referenceMissingID, subject, b.slot()))
				break
			}
		}
	}
	return out
}

// moreMemory doubles the memory limit.
func moreMemory(p *Pass, subject model.Ref, f failing) (finding.Fix, bool) {
	w, ok := model.Get[*model.Workload](p.Snapshot, subject)
	spec := f.specOf()
	if !ok || spec == nil || !mayRestart(subject.Kind) {
		return finding.Fix{}, false
	}
	limit, err := resource.ParseQuantity(spec.Limits["memory"])
	base := containerPath(w, f.name)
	if err != nil || limit.Sign() <= 0 || base == nil {
		return finding.Fix{}, false
	}
	more := limit.DeepCopy()
	more.Add(limit)
	return finding.Fix{
		ID: "raise-memory-limit", Title: fmt.Sprintf("Raise the memory limit of %s to %s", f.name, more.String()), Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "patch", Ref: subject, Summary: fmt.Sprintf("limits.memory %s -> %s", limit.String(), more.String()),
			Change: finding.Patch{Set: []finding.FieldValue{{Path: append(base, "resources", "limits", "memory"), Value: more.String()}}},
		}},
		Undo: "sets the limit as it was", Note: "A program that leaks memory will reach this limit as well.",
		Proof: finding.Proof{Text: "its pods become ready and are not killed again", Within: 3 * time.Minute, Hold: time.Minute, Checks: []finding.Check{{Ref: subject, Path: "ready"}}},
	}, true
}
