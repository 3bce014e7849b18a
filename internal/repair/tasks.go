package repair

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// Task is what an operator may ask for an object that no finding calls for. It is
// planned, proved and taken back as a fix is.
type Task struct {
	ID, Title string
	Note      string // what it does
	Ask       string // what has to be typed for it; empty for nothing
	fix       func(typed string) (*finding.Fix, error)
}

// mostReplicas is how many pods may be asked for: a slip of the finger is no request.
const mostReplicas = 10000

// taskWithin is how long a task has until its object is ready.
const taskWithin = 5 * time.Minute

// Tasks lists what can be asked for an object, as it is now. It is empty where there is
// nothing, or no such object.
func Tasks(report *engine.Report, ref model.Ref) []Task {
	if report == nil {
		return nil
	}
	switch row := report.Snapshot.Row(ref).(type) {
	case *model.Workload:
		return workloadTasks(row)
	case *model.Node:
		return []Task{cordon(row)}
	case *model.Pod:
		if owner, ok := row.Controller(); ok {
			return []Task{replacePod(row.Ref(), model.Ref{Kind: owner.Kind, Namespace: row.Namespace, Name: owner.Name})}
		}
	}
	return nil
}

func workloadTasks(w *model.Workload) []Task {
	var out []Task
	ref := w.Ref()
	switch ref.Kind {
	case model.KindDeployment:
		out = append(out, restartTask(ref), scaleTask(w), switchTask(w, "spec", "paused", "pause", "resume", "its rollout: changes of its template then wait", "its rollout goes on"))
	case model.KindStatefulSet:
		out = append(out, restartTask(ref), scaleTask(w))
	case model.KindDaemonSet:
		out = append(out, restartTask(ref))
	case model.KindCronJob:
		out = append(out, switchTask(w, "spec", "suspend", "suspend", "resume", "no Job is started until it is resumed", "Jobs are started on schedule again"))
	}
	return out
}

func restartTask(ref model.Ref) Task {
	return Task{ID: "restart", Title: "Restart it", Note: "rolls its pods, as kubectl rollout restart does", fix: func(string) (*finding.Fix, error) {
		return &finding.Fix{
			ID: "restart", Title: fmt.Sprintf("Restart %s", ref), Risk: finding.Disruptive,
			Steps: []finding.Step{{Verb: "restart", Ref: ref, Summary: "every pod is replaced", Change: finding.Restart{}}},
			Undo:  "takes the annotation away, which rolls the pods again",
			Proof: finding.Proof{Text: "its pods are replaced and ready", Within: taskWithin, Checks: []finding.Check{{Ref: ref, Path: "ready"}}},
		}, nil
	}}
}

func scaleTask(w *model.Workload) Task {
	ref, now := w.Ref(), w.Desired
	return Task{ID: "scale", Title: "Scale it", Note: "it has " + text.Counted(int(now), "replica"), Ask: fmt.Sprintf("replicas (now %d)", now), fix: func(typed string) (*finding.Fix, error) {
		n, err := strconv.ParseInt(strings.TrimSpace(typed), 10, 32)
		switch {
		case err != nil || n < 0:
			return nil, refuse("%q is not a number of replicas: type 0 or more.", typed)
		case n > mostReplicas:
			return nil, refuse("%d replicas are more than careen scales to (%d); kubectl scale does.", n, mostReplicas)
		case int32(n) == now:
			return nil, refuse("%s has %d replicas already.", ref, n)
		}
		fix := &finding.Fix{
			ID: "scale", Title: fmt.Sprintf("Scale %s to %d", ref, n), Risk: finding.Disruptive,
			Steps: []finding.Step{{Verb: "scale", Ref: ref, Summary: fmt.Sprintf("replicas %d -> %d", now, n), Change: finding.Scale{Replicas: int32(n)}}},
			Undo:  fmt.Sprintf("scales it back to %d", now),
			Proof: finding.Proof{Text: fmt.Sprintf("it has %d replicas", n), Within: taskWithin, Checks: []finding.Check{{Ref: ref, Path: "spec.replicas", Want: strconv.Itoa(int(n))}}},
		}
		if n > 0 {
			fix.Proof.Text = fmt.Sprintf("%d pods are ready", n)
			fix.Proof.Checks = append(fix.Proof.Checks, finding.Check{Ref: ref, Path: "ready"})
		}
		if int32(n) < now && ref.Kind == model.KindStatefulSet {
			fix.Note = "The PVCs of the pods that go stay."
		}
		return fix, nil
	}}
}

// switchTask turns a boolean field on, or off where it is on.
func switchTask(w *model.Workload, group, field, on, off, does, undoes string) Task {
	verb, note := on, does
	if w.Paused {
		verb, note = off, undoes
	}
	return fieldTask(w.Ref(), []string{group, field}, !w.Paused, verb, note, "turns "+field+" back to what it was")
}

// fieldTask sets a boolean field.
func fieldTask(ref model.Ref, path []string, value bool, verb, note, undo string) Task {
	field := strings.Join(path, ".")
	return Task{ID: verb, Title: strings.ToUpper(verb[:1]) + verb[1:] + " it", Note: note, fix: func(string) (*finding.Fix, error) {
		return &finding.Fix{
			ID: verb, Title: fmt.Sprintf("%s %s", strings.ToUpper(verb[:1])+verb[1:], ref), Risk: finding.Disruptive,
			Steps: []finding.Step{{
				Verb: "patch", Ref: ref, Summary: fmt.Sprintf("%s -> %t", field, value),
				Change: finding.Patch{Set: []finding.FieldValue{{Path: path, Value: value}}},
			}},
			Undo: undo, Note: strings.ToUpper(note[:1]) + note[1:] + ".",
			Proof: finding.Proof{Text: fmt.Sprintf("%s reads %t", field, value), Within: 10 * time.Second, Checks: []finding.Check{{Ref: ref, Path: field, Want: strconv.FormatBool(value)}}},
		}, nil
	}}
}

func cordon(n *model.Node) Task {
	path := strings.Split("spec.unschedulable", ".")
	if n.Unschedulable {
		return fieldTask(n.Ref(), path, false, "uncordon", "pods are scheduled to it again", "cordons it again")
	}
	return fieldTask(n.Ref(), path, true, "cordon", "no more pods are scheduled to it; those that run there stay", "uncordons it")
}

func replacePod(pod, owner model.Ref) Task {
	return Task{ID: "replace", Title: "Delete it", Note: fmt.Sprintf("%s makes another", owner), fix: func(string) (*finding.Fix, error) {
		return &finding.Fix{
			ID: "replace", Title: fmt.Sprintf("Delete %s", pod), Risk: finding.Disruptive,
			Steps: []finding.Step{{Verb: "delete", Ref: pod, Summary: fmt.Sprintf("%s makes another", owner), Change: finding.Delete{}}},
			Proof: finding.Proof{Text: "the pod is gone", Within: taskWithin, Checks: []finding.Check{{Ref: pod, Path: "gone"}}},
		}, nil
	}}
}

// PlanTask plans what was asked for an object, with what was typed for it. The error is a
// *Refusal.
func (m *Mender) PlanTask(ctx context.Context, report *engine.Report, ref model.Ref, task Task, typed string) (*Plan, error) {
	fix, err := task.fix(typed)
	if err != nil {
		return nil, err
	}
	return m.plan(ctx, report, []intent{{subject: ref, fix: fix}}, Inputs{})
}
