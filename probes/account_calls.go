package probes

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// callsForbidden reports the rights that commands of containers need and that nobody was refused
// yet, as far as the logs say that were read.
func callsForbidden(p *Pass, told map[finding.ID]bool) {
	for w := range model.Workloads(p.Space) {
		if topLevel(w) && wantsPods(w) {
			calling(p, w.Ref(), &w.Template, told)
		}
	}
	for pod := range model.Each[*model.Pod](p.Space, model.KindPod) {
		if alive(pod) && p.Graph.Workload(pod.Ref()) == pod.Ref() {
			calling(p, pod.Ref(), pod.Template, told)
		}
	}
}

// calling reports the rights that commands of a pod's containers need, and that its account
// does not have.
func calling(p *Pass, subject model.Ref, t *model.Template, told map[finding.ID]bool) {
	if !t.AutomountToken {
		return
	}
	account := model.Ref{Kind: model.KindServiceAccount, Namespace: subject.Namespace, Name: t.ServiceAccount}
	for i := range t.Containers {
		c := &t.Containers[i]
		for _, call := range c.Calls {
			d := refusedRight{account, call.Verb, call.Resource, call.Group, call.Namespace}
			if told[d.id()] || !p.Exists(account) {
				continue
			}
			by := asked{c.Name, finding.Evidence{
				Ref: subject, Path: fmt.Sprintf("%s.containers[%s].command", podPath(subject.Kind), c.Name), Value: "kubectl", Note: "asks to " + call.Verb + " " + d.what(),
			}, finding.Medium, true}
			if out, lacks := forbiddenFinding(p, d, by); lacks {
				told[d.id()] = true
				p.Report(out)
			}
		}
	}
}

// asked is what tells of a right that a container lacks.
type asked struct {
	container string
	evidence  finding.Evidence
	severity  finding.Severity
	guess     bool // it is its command that tells, and nobody refused it yet
}

func askedIn(tail *model.LogTail) asked {
	a := asked{tail.Container, finding.Evidence{Ref: tail.Pod, Path: "log", Value: tail.Telling.Line}, finding.High, false}
	if tail.Well {
		a.severity = finding.Medium
	}
	return a
}
