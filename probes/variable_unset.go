package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const variableUnsetID finding.ProbeID = "variable-unset"

// VariableUnset finds variables whose value names another one that is not set there.
var VariableUnset = &Probe{
	ID: variableUnsetID,
	Doc: `A variable's value names another variable that is not set
Kubernetes puts the value of a variable in the place of $(NAME) only where NAME stands before it in
env, or comes from envFrom or from a Service. Otherwise the program gets the characters "$(NAME)" as
they are: a host, a URL or a password of that name.

**Rule.** A value in the env of a container of a workload that wants pods holds $(NAME), NAME is
in capitals, and env sets it further down, or does not set it at all. Where it is set further down that is
proved; where it is not, inferred: a program may know what to put there itself. Source: kubernetes
third_party/forked/golang/expansion, pkg/kubelet/kubelet_pods.go (makeEnvironmentVariables).

**Evidence.** The variable whose value names the other, and where the other is set.

**What it cannot see.** Names in command and args, which a shell may replace; containers with envFrom.

**By hand.** Set NAME above the variable that names it; write $$(NAME) where the characters are meant.

**Silent** for $$(NAME), for names that are not all in capitals, for a variable that names itself,
for those that Services would set (NAME_SERVICE_HOST, NAME_PORT), and for workloads that are scaled to 0.`,
	Worst: finding.Medium,
	Uses:  reads(workloadReads, []model.Kind{model.KindPod}),
	Run:   staying(runVariableUnset),
}

func runVariableUnset(p *Pass) {
	for w := range model.Workloads(p.Space) {
		if topLevel(w) && wantsPods(w) {
			unset(p, w.Ref(), &w.Template)
		}
	}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if alive(pod) && p.Graph.Workload(pod.Ref()) == pod.Ref() {
			unset(p, pod.Ref(), pod.Template)
		}
	}
}

// unset reports, for each container, the variables that name one that is not set.
func unset(p *Pass, subject model.Ref, t *model.Template) {
	for i := range t.Containers {
		c := &t.Containers[i]
		if len(c.Unset) == 0 {
			continue
		}
		f := finding.Finding{Subject: subject, Slot: c.Name, Severity: finding.Medium, Grade: finding.Proved}
		var holders, names []string
		for _, u := range c.Unset {
			note := "not set by env"
			if at := slices.Index(c.EnvNames, u.Name); at >= 0 {
				note = fmt.Sprintf("set further down, which is too late: env[%d]", at)
			} else {
				f.Grade = finding.Inferred
			}
			holders, names = append(holders, c.EnvNames[u.Index]), append(names, "$("+u.Name+")")
			f.Evidence = append(f.Evidence, finding.Evidence{
				Ref: subject, Path: fmt.Sprintf("%s.containers[%s].env[%d]", podPath(subject.Kind), c.Name, u.Index),
				Value: c.EnvNames[u.Index] + " names $(" + u.Name + ")", Note: note,
			})
		}
		slices.Sort(names)
		holders, names = slices.Compact(holders), slices.Compact(names)
		f.Summary = fmt.Sprintf("%s %s of container %s %s %s, which nothing sets before: the program gets %s.",
			text.Plural(len(holders), "Variable", "Variables"), text.Joined(holders, 3), c.Name, text.Plural(len(holders), "names", "name"), text.Joined(names, 3),
			text.Plural(len(names), "that as it is written", "those as they are written"))
		p.Report(f)
	}
}
