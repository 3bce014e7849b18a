package probes

import (
	"fmt"
	"strconv"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const portConflictID finding.ProbeID = "port-conflict"

// PortConflict finds what is there twice in a pod and can be there only once: a port,
// or a variable.
var PortConflict = &Probe{
	ID: portConflictID,
	Doc: `Two containers of a pod need the same port, or one variable has two values
The containers of a pod share its network: the second that listens on a port ends with
"address already in use". Of a variable that env sets twice the last value is taken, and the
first is as if it were not there.

**Rule.** (a) The log of a failing container says that a port is in use, and another
container of its pod, or on the node's network another pod of the node, declares that port for
that protocol. A pod that has a network of its own and takes it as hostPort is a guess: some runtimes listen
for it, others only rewrite packets.
(b) Two containers of a pod declare one port, one of them fails, and its log says nothing
else; that is inferred. (c) A workload that wants pods sets a variable twice in env, to
different values, and the later one is not made of the earlier. Sources: kubernetes
pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables.

**Evidence.** Both declarations, the line of the log, the variable.

**What it cannot see.** Ports that no container declares; which value was meant.

**By hand.** Give one of the containers another port, or take one of the two entries out of
env.

**Silent** for two declarations of one port whose containers run well, for one port of two
protocols, for init containers that end before the others start, and for a variable that is
set twice to the same value.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindLogTail, model.KindNamespace}),
	Run:   staying(runPortConflict),
}

func runPortConflict(p *Pass) {
	for subject, list := range failuresBySubject(p) {
		for _, f := range list {
			if f.how == crashing {
				takenPort(p, subject, f)
			}
		}
	}
	for w := range model.Workloads(p.Space) {
		if topLevel(w) && wantsPods(w) {
			twice(p, w)
		}
	}
}

// takenPort reports a port that a failing container does not get.
func takenPort(p *Pass, subject model.Ref, f failing) {
	pod, t := f.tellingOf(p)
	if t == nil || t.Class == model.LogInUse && t.Port == 0 {
		pod, _ = f.worst()
		if port, other := sharedPort(pod, f.name); other != "" && p.Exists(model.Ref{Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + f.name}) {
			p.Report(finding.Finding{
				Subject: subject, Slot: strconv.Itoa(int(port)), Severity: finding.High, Grade: finding.Inferred,
				Summary:  fmt.Sprintf("Containers %s and %s of one pod both declare port %d, and %s keeps failing.", f.name, other, port, f.name),
				Evidence: declarations(pod, port),
			})
		}
		return
	}
	if t.Class != model.LogInUse || t.Port == 0 {
		return
	}
	h := portHolder(p, pod, f.name, t)
	if h.who == "" {
		return
	}
	out := finding.Finding{
		Subject: subject, Slot: strconv.Itoa(int(t.Port)), Severity: finding.High, Grade: finding.Proved,
		Summary:  fmt.Sprintf("Container %s cannot listen on port %d: %s has it.", f.name, t.Port, h.who),
		Evidence: append([]finding.Evidence{{Ref: pod.Ref(), Path: "log", Value: t.Line}}, declarations(pod, t.Port)...),
	}
	if h.guess {
		out.Grade = finding.Inferred
		out.Summary = fmt.Sprintf("Container %s cannot listen on port %d, which %s takes as hostPort.", f.name, t.Port, h.who)
	}
	if h.ref != pod.Ref() {
		out.Evidence = append(out.Evidence, finding.Evidence{Ref: h.ref, Path: "spec.nodeName", Value: pod.Node, Note: "on the same node, with the node's network or a hostPort"})
	}
	p.Report(out)
}

// sharedPort is a port that another container of the pod declares as well.
func sharedPort(pod *model.Pod, container string) (port int32, other string) {
	own := containerOf(pod.Template, container)
	if own == nil || own.Init && !own.Sidecar {
		return 0, ""
	}
	for _, declared := range own.Ports {
		for _, c := range pod.Template.Containers {
			if c.Name != container && (!c.Init || c.Sidecar) && declared.Protocol == "TCP" && c.Declares(declared.Number) {
				return declared.Number, c.Name
			}
		}
	}
	return 0, ""
}

// declarations points to each declaration of a port in a pod.
func declarations(pod *model.Pod, port int32) (out []finding.Evidence) {
	for _, c := range pod.Template.Containers {
		if c.Declares(port) {
			out = append(out, finding.Evidence{Ref: pod.Ref(), Path: fmt.Sprintf("spec.containers[%s].ports", c.Name), Value: strconv.Itoa(int(port))})
		}
	}
	return out
}

// twice reports the variables that a workload's containers set twice.
func twice(p *Pass, w *model.Workload) {
	for _, c := range w.Template.Containers {
		for _, name := range c.Twice {
			out := finding.Finding{
				Subject: w.Ref(), Slot: c.Name + "/" + name, Severity: finding.Medium, Grade: finding.Proved,
				Summary: fmt.Sprintf("Container %s sets variable %s twice, to different values: only the last one counts.", c.Name, name),
			}
			for i, n := range c.EnvNames {
				if n == name {
					out.Evidence = append(out.Evidence, finding.Evidence{Ref: w.Ref(), Path: fmt.Sprintf("%s.containers[%s].env[%d]", podPath(w.Kind), c.Name, i), Value: name})
				}
			}
			p.Report(out)
		}
	}
}
