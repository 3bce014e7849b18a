package probes

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// namesRefused reports a Corefile that says of Services that exist that there are none.
func namesRefused(p *Pass, cm *model.ConfigMap) {
	var list []denied
	for i := range cm.Corefile.Answers {
		a := &cm.Corefile.Answers[i]
		if refuses := cm.Corefile.Refuses(a); refuses != nil {
			list = append(list, denied{answer: a, refuses: refuses})
		}
	}
	if len(list) == 0 || !isMounted(p, cm.Ref()) || !p.After(cm.Changed, podPatience) {
		return
	}
	p.Wake(p.Now.Add(otherNamespace)) // a Service of another namespace may come or go
	known, _ := p.Snapshot.Knows(model.KindService, "")
	all := 0 // where all are known
	for _, ns := range p.Namespaces() {
		for s := range model.Each[*model.Service](p.Snapshot.Space(ns), model.KindService) {
			name := fmt.Sprintf("%s.%s.svc.%s", s.Name, s.Namespace, cm.Corefile.Domain)
			if known {
				all++
			}
			for i := range list {
				if list[i].refuses(name) {
					list[i].services = append(list[i].services, s.Ref())
					if list[i].first == "" {
						list[i].first = name
					}
				}
			}
		}
	}
	for i := range list {
		if len(list[i].services) > 0 {
			p.Report(list[i].finding(cm, all))
		}
	}
}

// denied is an answer of a Corefile, and the Services for whose names it is given.
type denied struct {
	answer   *model.DNSAnswer
	refuses  func(string) bool
	services []model.Ref
	first    string // the name of the first
}

func (r *denied) finding(cm *model.ConfigMap, all int) finding.Finding {
	f := finding.Finding{Subject: cm.Ref(), Slot: answerSlot(r.answer), Severity: finding.High, Grade: finding.Proved, Since: cm.Changed}
	says := "the name " + r.first
	switch n := len(r.services); {
	case n == all && n > 1:
		f.Severity = finding.Critical
		says = fmt.Sprintf("the names of all %d Services of the cluster", n)
	case n > 1:
		says = fmt.Sprintf("the names of %s, such as %s", text.Counted(n, "Service"), r.first)
	}
	f.Summary = fmt.Sprintf("CoreDNS answers %s for %s: line %d of its Corefile says so, before Kubernetes is asked.", r.answer.Code, says, r.answer.Line)
	f.Evidence = []finding.Evidence{{
		Ref: cm.Ref(), Path: "data." + r.answer.Key, Value: fmt.Sprintf("template %s %s", r.answer.Type, text.Joined(r.answer.Zones, 3)),
		Note: fmt.Sprintf("line %d: rcode %s%s", r.answer.Line, r.answer.Code, matching(r.answer.Match)),
	}}
	for i, s := range r.services {
		if i < 5 {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: s, Note: "exists, and its name is answered with " + r.answer.Code})
		}
	}
	return f
}

// answerSlot tells one answer of a Corefile from the others.
func answerSlot(a *model.DNSAnswer) string { return fmt.Sprintf("line-%d", a.Line) }

func matching(list []string) string {
	if len(list) == 0 {
		return ", for all names of the zone"
	}
	return ", for names that match " + text.Joined(list, 3)
}

// isMounted reports whether some workload or pod mounts an object.
func isMounted(p *Pass, ref model.Ref) bool {
	for _, e := range p.Graph.Users(ref) {
		if e.Type == model.EdgeMounts {
			return true
		}
	}
	return false
}
