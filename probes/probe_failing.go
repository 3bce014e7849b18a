package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const probeFailingID finding.ProbeID = "probe-failing"

// ProbeFailing finds containers that run and are not ready, or are restarted, because a
// probe of theirs fails.
var ProbeFailing = &Probe{
	ID: probeFailingID,
	Doc: `A probe fails, so that a container is not ready or is restarted
A readiness probe that fails keeps the pod out of its Services; a liveness or startup probe
that fails has the kubelet kill the container, with exit code 137 or 143.

**Rule.** (a) A container runs, is not ready, did not crash lately, and a minute more has
passed than its readiness and startup probes allow (initialDelaySeconds + periodSeconds x
failureThreshold). (b) It was restarted twice or more, last within ten minutes, its last run
ended with exit code 0, 137 or 143 without OOMKilled, and an Unhealthy event of that run says
that its liveness or startup probe failed; without such an event only where that probe asks a
port that is not there, which is inferred. Why it fails is read from the ports that the
workload's template declares, and from the last Unhealthy event; by the ports alone it is inferred,
since a program may listen on others. (c) All containers of a
pod have been ready for five minutes, and a readiness gate of it is not True: the controller that
answers for the gate has not said so. Medium while other pods of the workload are ready. Sources: kubernetes pkg/kubelet/prober/worker.go and prober.go,
pkg/probe/http, pkg/probe/grpc.

**Evidence.** The probe, the declared ports, the last Unhealthy event, the last exit, the
line of the log that tells most.

**What it cannot see.** What an exec probe runs; on which ports a program really listens.
Meshes rewrite the probes of pods: ports are judged on the template.

**By hand.** ` + "`kubectl describe pod POD`" + ` shows what the probe is told; then correct its port,
path, scheme or timing in the workload's template.

**Silent** for old Unhealthy events of containers that are ready, while a container may still
start, for pods that are being deleted, and for containers that crash by themselves.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindEvent, model.KindLogTail, model.KindService, model.KindNamespace}),
	Run:   staying(runProbeFailing),
}

// unhealthy is a container of a subject whose probe fails.
type unhealthy struct {
	pods     []*model.Pod
	pod      *model.Pod // the one that is spoken of
	status   *model.ContainerStatus
	spec     *model.Container // as the template of the pod's revision has it
	template *model.Template
	probe    *model.Probe
	event    *model.Event // of that probe, or nil
	since    time.Time
	killed   bool
}

// settlingProbe is added to what a container's probes allow.
const settlingProbe = time.Minute

func runProbeFailing(p *Pass) {
	var events map[model.Ref][]*model.Event
	about := func(pod *model.Pod, container string) []*model.Event {
		if events == nil {
			events = eventsAbout(p, "Unhealthy")
		}
		return slices.DeleteFunc(slices.Clone(events[pod.Ref()]), func(e *model.Event) bool {
			return e.Field != "" && !strings.Contains(e.Field, "{"+container+"}")
		})
	}
	found := map[model.Ref]map[string]*unhealthy{}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if !alive(pod) {
			continue
		}
		for i := range pod.Containers {
			c := &pod.Containers[i]
			u := unhealthyOf(p, pod, c, about)
			if u == nil {
				continue
			}
			subject := p.Graph.Workload(pod.Ref())
			if found[subject] == nil {
				found[subject] = map[string]*unhealthy{}
			}
			if first := found[subject][c.Name]; first != nil {
				if first.event == nil && u.event != nil { // the one that says most
					u.pods = append(u.pods, first.pods...)
					found[subject][c.Name] = u
				} else {
					first.pods = append(first.pods, pod)
				}
				continue
			}
			found[subject][c.Name] = u
		}
	}
	for subject, containers := range found {
		for _, name := range sortedKeys(containers) {
			p.Report(unhealthyFinding(p, subject, containers[name]))
		}
	}
	runGates(p)
}

// unhealthyOf judges one container; it is nil for one whose probes are no trouble.
func unhealthyOf(p *Pass, pod *model.Pod, c *model.ContainerStatus, about func(*model.Pod, string) []*model.Event) *unhealthy {
	own := containerOf(pod.Template, c.Name)
	if own == nil || len(own.Probes) == 0 || own.Init && !own.Sidecar {
		return nil
	}
	u := &unhealthy{pods: []*model.Pod{pod}, pod: pod, status: c, spec: own, template: pod.Template}
	if t := templateOf(p, pod); t != nil && containerOf(t, c.Name) != nil {
		u.template, u.spec = t, containerOf(t, c.Name)
	}
	if killedLately(p, c) {
		u.killed = true
		for _, e := range about(pod, c.Name) {
			for _, role := range []model.ProbeRole{model.Liveness, model.Startup} {
				if says(e, role) && !e.Last.Before(lastExit(c).Started) && u.spec.ProbeOf(role) != nil {
					u.probe, u.event, u.since = u.spec.ProbeOf(role), e, e.First
					return u
				}
			}
		}
		for _, role := range []model.ProbeRole{model.Startup, model.Liveness} {
			if probe := u.spec.ProbeOf(role); probe != nil && lastExit(c).Code != 0 && wrongPort(u.template, u.spec, probe) != "" {
				u.probe = probe
				return u
			}
		}
		return nil
	}
	if c.Running.IsZero() || c.Ready || failureOf(p, c) != "" {
		return nil
	}
	readiness, startup := u.spec.ProbeOf(model.Readiness), u.spec.ProbeOf(model.Startup)
	if readiness == nil && startup == nil {
		return nil
	}
	u.since = c.Running
	if ready := model.FindCondition(pod.Conditions, "Ready"); ready != nil && ready.Status != "True" && ready.Since.After(u.since) {
		u.since = ready.Since
	}
	if u.since.After(p.Now) { // the node's clock is ahead
		u.since = pod.Created
	}
	patience := settlingProbe
	for _, probe := range []*model.Probe{startup, readiness} {
		if probe != nil {
			u.probe = probe
			patience += time.Duration(probe.Patience()) * time.Second
		}
	}
	if !p.After(u.since, patience) {
		return nil
	}
	for _, e := range about(pod, c.Name) {
		for _, probe := range []*model.Probe{startup, readiness} {
			if probe != nil && says(e, probe.Role) && !e.Last.Before(u.since.Add(-settlingProbe)) {
				u.probe, u.event = probe, e
				return u
			}
		}
	}
	return u
}

// killedLately reports whether a container is restarted as the kubelet does it that
// kills one: it ended by a signal, or well when it was told to.
func killedLately(p *Pass, c *model.ContainerStatus) bool {
	exit := lastExit(c)
	if exit == nil || c.Restarts < 2 || exit.Reason == "OOMKilled" || exit.Code != 0 && exit.Code != 137 && exit.Code != 143 || p.After(exit.Finished, crashMemory) {
		return false
	}
	steady := min(max(steadyFor, 2*exit.Finished.Sub(exit.Started)), crashMemory)
	return c.Running.IsZero() || !c.Ready || !p.After(c.Running, steady)
}

// says reports whether an event is about a probe of that role: "Readiness probe failed:
// ...", "Liveness probe errored: ..." (kubernetes pkg/kubelet/prober/prober.go).
func says(e *model.Event, role model.ProbeRole) bool {
	return len(e.Message) > len(role) && strings.EqualFold(e.Message[:len(role)], string(role)) && strings.HasPrefix(e.Message[len(role):], " probe ")
}

// templateOf is the template that a pod was made from: that of its ReplicaSet,
// StatefulSet, DaemonSet or Job, or nil.
func templateOf(p *Pass, pod *model.Pod) *model.Template {
	o, ok := pod.Controller()
	if !ok {
		return nil
	}
	w, ok := model.Get[*model.Workload](p.Snapshot, model.Ref{Kind: o.Kind, Namespace: pod.Namespace, Name: o.Name})
	if !ok {
		return nil
	}
	return &w.Template
}

func unhealthyFinding(p *Pass, subject model.Ref, u *unhealthy) finding.Finding {
	out := finding.Finding{
		Subject: subject, Slot: containerSlot(u.pod.Template, u.spec.Name), Severity: finding.High, Grade: finding.Proved, Since: u.since,
	}
	total, ready := 0, 0
	for _, pod := range p.Graph.Pods(subject) {
		if alive(pod) {
			if total++; pod.Ready {
				ready++
			}
		}
	}
	where := "Container " + u.spec.Name
	switch {
	case total > 1 && len(u.pods) == total:
		where += fmt.Sprintf(" of all %d pods", total)
	case total > 1:
		where += fmt.Sprintf(" of %d of %d pods", len(u.pods), total)
	}
	message := ""
	if u.event != nil {
		message = u.event.Message
	}
	why := whyUnhealthy(u, message)
	switch {
	case u.killed:
		out.Summary = fmt.Sprintf("%s is restarted by its %s probe: the probe %s", where, u.probe.Role, why)
		if u.event == nil {
			out.Grade = finding.Inferred
		}
	default:
		out.Summary = fmt.Sprintf("%s runs but is not ready: its %s probe %s", where, u.probe.Role, why)
		if ready > 0 {
			out.Severity = finding.Medium
		}
		if u.event == nil && u.probe.PortName == "" && u.misses() != "" {
			out.Grade = finding.Inferred // a program may listen on ports that it does not declare
		}
	}
	out.Evidence = u.evidence()
	if tail, ok := tailOf(p, u.pod, u.spec.Name); ok && tail.Telling != nil && tail.Telling.Class != model.LogSaid && u.misses() == "" {
		told := accountOf(p, u.pod, u.spec.Name, tail.Telling)
		out.Evidence, out.Causes = append(out.Evidence, told.evidence...), told.causes
		out.Summary += "; " + told.clause
	}
	out.Summary += "."
	out.Fixes = u.fixes(p, subject)
	return out
}
