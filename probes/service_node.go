package probes

import (
	"fmt"
	"maps"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// nodeHop is a Service that is reached on the nodes of its own pods alone, and named by pods
// that run elsewhere.
func nodeHop(p *Pass, s *way) (f finding.Finding, ok bool) {
	if !s.Inward || s.Headless || !p.After(s.Created, podPatience) {
		return f, false
	}
	on := map[string]bool{}
	for _, pod := range s.pods {
		if pod.Ready || s.Unready {
			on[pod.Node] = true
		}
	}
	if len(on) == 0 {
		return f, false // podsHop says what ails them
	}
	var cut []*model.Pod // pods of its callers without one of it on their node
	for _, d := range s.dependants() {
		for _, pod := range p.Graph.Pods(d.ref) {
			if alive(pod) && pod.Node != "" && !on[pod.Node] && p.After(placedAt(pod), podPatience) {
				cut = append(cut, pod)
			}
		}
	}
	if len(cut) == 0 {
		return f, false
	}
	nodes := map[string]bool{}
	for _, pod := range cut {
		nodes[pod.Node] = true
	}
	where := "node " + cut[0].Node
	if len(nodes) > 1 {
		where = text.Counted(len(nodes), "node")
	}
	caller := p.Graph.Workload(cut[0].Ref())
	f = finding.Finding{
		Severity: finding.High, Grade: finding.Proved, Since: s.Created,
		Summary: fmt.Sprintf("Its internalTrafficPolicy is Local, and %s has no ready pod of it: what %s %s sends from there is dropped.", where, caller.Kind, caller.Name),
		Evidence: []finding.Evidence{
			{Ref: s.Ref(), Path: "spec.internalTrafficPolicy", Value: "Local", Note: "ready pods of it run on " + text.Joined(slices.Sorted(maps.Keys(on)), 3)},
		},
	}
	for _, pod := range cut[:min(len(cut), 3)] {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: pod.Ref(), Path: "spec.nodeName", Value: pod.Node, Note: "names the Service; no ready pod of it runs there"})
	}
	return f, true
}
