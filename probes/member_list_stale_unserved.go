package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// unserved is a Service that does not exist, under which lists name the members of a
// set that does, or one under which its members have no names.
type unserved struct {
	service model.Ref
	set     model.Ref
	rests   []finding.Absence
	hosts   []string
	lists   []model.HostList
	under   *model.Workload // the set, where the Service exists, and is not the one of its serviceName
}

// unservedLists finds lists whose hosts have no address, since the Service that their
// names hold does not exist.
func unservedLists(p *Pass, holder *model.Meta, lists []model.HostList) (out []unserved) {
	if !p.After(holder.Created, settling) {
		return nil
	}
	for _, list := range lists {
		seen := map[model.Ref]bool{}
		for _, h := range list.Members {
			service := serviceOf(holder.Namespace, h)
			if service.Name == "" {
				continue
			}
			i := slices.IndexFunc(out, func(u unserved) bool { return u.service == service })
			if i < 0 {
				set, rests := namedUnder(p, holder.Namespace, h, service)
				under := namedElsewise(p, set, h, service)
				if rests == nil && under == nil {
					continue
				}
				i, out = len(out), append(out, unserved{service: service, set: set, rests: rests, under: under})
			}
			if u := &out[i]; !seen[service] {
				seen[service] = true
				u.lists = append(u.lists, list)
			}
			out[i].hosts = appendNew(out[i].hosts, fmt.Sprintf("%s-%d", h.Set, h.Ordinal))
		}
	}
	return out
}

// serviceOf is the Service that a host's name holds; its name is empty where it holds
// none.
func serviceOf(namespace string, h model.Host) model.Ref {
	if h.Namespace != "" {
		namespace = h.Namespace
	}
	return model.Ref{Kind: model.KindService, Namespace: namespace, Name: h.Service}
}

// namedUnder returns what shows that a host, a member of a set that exists, is under a
// Service that does not; nil where it is not so, or not known. A host db-0.prod may as
// well be the Service db-0 of namespace prod.
func namedUnder(p *Pass, namespace string, h model.Host, service model.Ref) (set model.Ref, rests []finding.Absence) {
	alone := h
	alone.Service = ""
	set, _, ok := p.Graph.Members(namespace, alone)
	if !ok {
		return set, nil
	}
	own, absent := p.Absent(service)
	if !absent {
		return set, nil // see namedElsewise
	}
	if own.Grade == finding.Unknown {
		p.Blind(service.Kind, service.Namespace)
		return set, nil
	}
	each := service
	each.Name = fmt.Sprintf("%s-%d", h.Set, h.Ordinal)
	if p.Exists(each) {
		return set, nil
	}
	rests = []finding.Absence{own}
	if h.Namespace == "" {
		ns, absent := p.Absent(model.Ref{Kind: model.KindNamespace, Name: h.Service})
		if !absent {
			return set, nil
		}
		if ns.Grade == finding.Unknown {
			ns.Grade = finding.Inferred // few are named like a Service
		}
		rests = append(rests, ns)
	}
	return set, rests
}

// namedElsewise is a StatefulSet whose pods have names under another Service than the one
// that a host has, which exists; nil where it is not so. A pod has a name under the Service
// of its subdomain alone, and that is the set's serviceName.
func namedElsewise(p *Pass, set model.Ref, h model.Host, service model.Ref) *model.Workload {
	w, ok := model.Get[*model.Workload](p.Snapshot, set)
	s, exists := model.Get[*model.Service](p.Snapshot, service)
	each := service
	each.Name = fmt.Sprintf("%s-%d", h.Set, h.Ordinal)
	if !ok || !exists || w.Kind != model.KindStatefulSet || w.ServiceName == s.Name || set.Namespace != service.Namespace || s.ExternalName != "" || p.Exists(each) ||
		h.Namespace == "" && p.Exists(model.Ref{Kind: model.KindNamespace, Name: h.Service}) {
		return nil
	}
	return w
}

func unservedFinding(p *Pass, holder *model.Meta, u unserved) finding.Finding {
	f := finding.Finding{Subject: holder.Ref(), Slot: "Service/" + u.service.Name, Severity: finding.High, Grade: finding.Proved, Rests: u.rests}
	list := "Its list"
	if u.lists[0].Field != "" {
		list = "The list " + u.lists[0].Field
	}
	f.Summary = fmt.Sprintf("%s names %s under Service %s, which does not exist", list, text.Joined(u.hosts, 4), u.service.Name)
	near := similarServices(p, u)
	if u.under != nil {
		f.Summary = fmt.Sprintf("%s names %s under Service %s, but pods of StatefulSet %s have names under Service %s alone (its serviceName).",
			list, text.Joined(u.hosts, 4), u.service.Name, u.set.Name, orNothing(u.under.ServiceName))
		for _, l := range u.lists {
			f.Evidence = append(f.Evidence, listEvidence(holder, l))
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: u.set, Path: "spec.serviceName", Value: u.under.ServiceName, Note: "so these names have no address"})
		return f
	}
	if len(near) > 0 {
		f.Summary += fmt.Sprintf("; similar: %s", text.Joined(near, 2))
	}
	f.Summary += "."
	for _, l := range u.lists {
		f.Evidence = append(f.Evidence, listEvidence(holder, l))
	}
	note := "does not exist, so these names have no address"
	if len(near) > 0 {
		note += "; similar: " + text.Joined(near, 2)
	}
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: u.service, Note: note})
	if w, ok := model.Get[*model.Workload](p.Snapshot, u.set); ok && w.ServiceName != "" {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: u.set, Path: "spec.serviceName", Value: w.ServiceName, Note: "the Service under which its pods have names"})
	}
	return f
}

// similarServices are the names of Services that may have been meant: the set's own,
// and those that are spelt alike.
func similarServices(p *Pass, u unserved) (out []string) {
	if w, ok := model.Get[*model.Workload](p.Snapshot, u.set); ok && w.ServiceName != "" {
		own := model.Ref{Kind: model.KindService, Namespace: u.set.Namespace, Name: w.ServiceName}
		if p.Exists(own) {
			out = append(out, own.Name)
		}
	}
	for _, like := range p.Graph.Similar(u.service, 2) {
		out = appendNew(out, like.Name)
	}
	return out[:min(2, len(out))]
}
