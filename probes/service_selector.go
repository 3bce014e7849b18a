package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// unmatchedHop is a selector that no pod and no template has.
func unmatchedHop(p *Pass, s *way) (f finding.Finding, ok bool) {
	if len(s.workloads) > 0 || len(s.pods) > 0 || operated(&s.Meta) || s.Follows {
		return f, false
	}
	endpoints := readyEndpoints(p, s.Service)
	if endpoints > 0 || !p.After(s.Created, podPatience) {
		return f, false
	}
	p.Wake(p.Now.Add(otherNamespace)) // who names it may stand in another namespace
	near := nearest(p, s.Selector, &s.Meta, s.unserved)
	if near == nil && !missed(s.dependants()) || madeByCustom(p, s.Selector) {
		return f, false
	}
	none := finding.Absence{Of: s.Ref(), Claim: "nothing else gives it endpoints", Grade: finding.Proved}
	p.doubts(&none, []model.Kind{model.KindEndpointSlice, model.KindCustom}, s.Namespace)
	templates := finding.Absence{Of: s.Ref(), Claim: "no other workload has these labels", Grade: finding.Proved}
	p.doubts(&templates, workloadReads, s.Namespace)
	if near == nil && templates.Grade != finding.Proved {
		templates.Grade = finding.Unknown
	}
	f = finding.Finding{Severity: finding.High, Grade: finding.Proved, Rests: []finding.Absence{none, templates}}
	f.Evidence = []finding.Evidence{{Ref: s.Ref(), Path: "spec.selector", Value: pairs(s.Selector), Note: "no pod has these labels"}}
	if near == nil {
		f.Summary = fmt.Sprintf("It selects pods with %s, and no pod and no workload here has that.", pairs(s.Selector))
		return f, true
	}
	f.Summary = fmt.Sprintf("It selects pods with %s, but those of %s %s have %s.", pairs(near.asked(s.Selector)), near.kind(), near.name(), near.instead())
	f.Evidence = append(f.Evidence, near.evidence())
	path := []string{"spec", "selector"}
	f.Fixes = near.fix(s.Ref(), path, "It then sends traffic to the pods of "+near.name()+".")
	if !narrows(p, &model.Selector{Labels: s.Selector}, near, path, &f.Fixes[0]) {
		f.Fixes = nil
	}
	return f, true
}

// madeByCustom reports whether a custom resource of the namespace has all values of a selector:
// pods with these labels may be its to make, as those of a Rollout of Argo or a DeploymentConfig
// of OpenShift are, which may be scaled to 0.
func madeByCustom(p *Pass, selector map[string]string) bool {
	for _, kind := range p.Space.Kinds() {
		if !kind.IsCustom() || bystands(kind) {
			continue
		}
		for o := range model.Each[*model.Object](p.Space, kind) {
			all := true
			for _, value := range selector {
				all = all && o.Words.Has(model.Word(value))
			}
			if all || o.Cut {
				return true
			}
		}
	}
	return false
}

// unserved reports whether a workload or pod may be what a Service without pods is for: no
// other Service leads to it, and its containers declare a port that this one sends to.
func (w *way) unserved(p *Pass, ref model.Ref, t *model.Template) (free, port bool) {
	for _, by := range p.Graph.Selecting(ref) {
		if by.Kind == model.KindService {
			return false, false
		}
	}
	for _, d := range declaredPorts([]*model.Template{t}) {
		if slices.ContainsFunc(w.Ports, func(s model.ServicePort) bool {
			return s.TargetName != "" && s.TargetName == d.Name || s.TargetName == "" && s.Target == d.Number
		}) {
			return true, true
		}
	}
	return true, false
}

// missed reports whether something else than a StatefulSet, whose pods run without their
// Service, depends on one.
func missed(list []dependant) bool {
	return slices.ContainsFunc(list, func(d dependant) bool { return d.edge != model.EdgeServes || d.ref.Kind != model.KindStatefulSet })
}

// readyEndpoints counts the endpoints of a Service that are ready, whoever gave them.
func readyEndpoints(p *Pass, s *model.Service) (n int) {
	for e := range model.Each[*model.EndpointSlice](p.Space, model.KindEndpointSlice) {
		if e.Service == s.Name {
			n += len(e.Ready)
		}
	}
	return n
}

// operated reports whether a controller made an object, so that its selector is that
// controller's affair.
func operated(m *model.Meta) bool {
	_, owned := m.Controller()
	return owned || len(m.Owners) > 0
}

// pairs writes labels as kubectl does: app=web,tier=front.
func pairs(labels map[string]string) string {
	parts := make([]string, 0, len(labels))
	for _, k := range sortedKeys(labels) {
		parts = append(parts, k+"="+labels[k])
	}
	return text.Joined(parts, 4)
}
