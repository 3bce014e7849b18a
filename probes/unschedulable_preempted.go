package probes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// preemptionMemory is how long a preemption is told as the reason why pods wait.
const preemptionMemory = time.Hour

// sayPreempted adds that pods which waited pods took the place of were preempted, and for
// which pod, where an event says so (kubernetes
// pkg/scheduler/framework/preemption/preemption.go). The events outlive the pods that they
// are about, so that these are known by the name of their controller alone.
func (s *stranded) sayPreempted(p *Pass, f *finding.Finding) {
	owner, ok := s.pod.Controller()
	if !ok {
		return
	}
	var last *model.Event
	for e := range model.Each[*model.Event](p.Space, model.KindEvent) {
		if e.Reason != "Preempted" || e.About.Kind != model.KindPod || !strings.HasPrefix(e.About.Name, owner.Name+"-") || p.After(e.Last, preemptionMemory) {
			continue
		}
		if last == nil || e.Last.After(last.Last) || e.Last.Equal(last.Last) && e.Name < last.Name {
			last = e
		}
	}
	if last == nil {
		return
	}
	who := "a pod of higher priority"
	if by, ok := s.preemptor(p, last.Message); ok {
		who = string(by.Kind) + " " + by.Path()
		if by.priority != 0 {
			who += fmt.Sprintf(" (priority %d)", by.priority)
		}
	}
	f.Summary = strings.TrimSuffix(f.Summary, ".") + "; an earlier pod of it was preempted by " + who + "."
	f.Evidence = append(f.Evidence, eventEvidence(last))
}

// preemptor is the workload whose pod took a place.
type preemptor struct {
	model.Ref
	priority int32
}

var preemptedBy = regexp.MustCompile(`Preempted by (?:pod )?(\S+)(?: on node|$)`)

// preemptor finds who preempted a pod by the message of the event: newer schedulers give the
// pod's UID, older ones its namespace and name.
func (s *stranded) preemptor(p *Pass, message string) (by preemptor, ok bool) {
	m := preemptedBy.FindStringSubmatch(message)
	if m == nil {
		return by, false
	}
	var spaces []string
	if ns, _, named := strings.Cut(m[1], "/"); named {
		spaces = []string{ns}
	} else {
		spaces = p.Snapshot.Namespaces()
	}
	for _, name := range spaces {
		space := p.Snapshot.Space(name)
		if space == nil {
			continue
		}
		i := slices.IndexFunc(space.Tables[model.KindPod], func(r model.Row) bool { return r.Base().UID == m[1] || r.Base().Ref().Path() == m[1] })
		if i < 0 {
			continue
		}
		pod := space.Tables[model.KindPod][i].(*model.Pod)
		by.Ref = p.Graph.Workload(pod.Ref())
		if pl := pod.Template.Placement; pl != nil {
			by.priority = pl.Priority
		}
		return by, true
	}
	return by, false
}
