package probes

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// goesRound is a Job that cannot complete, since a container of it runs a script that does not
// end, and nothing else ends it.
func goesRound(p *Pass, j *model.Workload) (f finding.Finding, ok bool) {
	subject := p.Graph.Workload(j.Ref())
	if j.Paused || j.Bounded || subject.Kind != model.KindCronJob && len(j.Owners) > 0 {
		return f, false
	}
	for _, pod := range p.Graph.Pods(j.Ref()) {
		if !alive(pod) {
			continue
		}
		for i := range pod.Containers {
			c := &pod.Containers[i]
			spec := containerOf(pod.Template, c.Name)
			if spec == nil || !spec.Endless || spec.Init || c.Running.IsZero() || !p.After(c.Running, sidecarPatience) {
				continue
			}
			f = finding.Finding{
				Slot: "endless", Severity: finding.Low, Grade: finding.Inferred, Since: c.Running,
				Summary: fmt.Sprintf("It cannot complete: the script of container %s goes round in a loop that nothing in it leaves.", c.Name),
				Evidence: []finding.Evidence{
					{Ref: pod.Ref(), Path: fmt.Sprintf("spec.containers[%s].command", c.Name), Note: "a loop without break, exit or exec"},
					{Ref: pod.Ref(), Path: "status.containerStatuses[" + c.Name + "].state.running", Value: stamp(c.Running)},
					{Ref: j.Ref(), Path: "spec.activeDeadlineSeconds", Note: "not set: nothing ends it"},
				},
			}
			if subject.Kind == model.KindCronJob {
				f.Severity = finding.Medium
			}
			return f, true
		}
	}
	return f, false
}
