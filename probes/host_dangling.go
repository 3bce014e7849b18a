package probes

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const hostDanglingID finding.ProbeID = "host-dangling"

// HostDangling finds settings that name a Service of this cluster, or a port of one, that
// does not exist.
var HostDangling = &Probe{
	ID: hostDanglingID,
	Doc: `A setting names a Service or a port of it that does not exist
A program looks up a host of this cluster and finds none, or connects to a port that the Service
does not have: it waits, retries, or ends.

**Rule.** An environment variable, an argument or a key of a ConfigMap that a running workload
uses, or the external name of a Service, holds the name of a host, and one of these holds:

- the name is one of this cluster for certain (SERVICE.NAMESPACE.svc, with or without
  cluster.local), or SERVICE.NAMESPACE where that namespace exists, and there is no such Service; of SERVICE.NAMESPACE
  this is inferred, unless the log of the container says that the host is not known;
- the name is SERVICE alone, there is no such Service in the namespace, and the log of the
  container says that the host is not known;
- the name is SERVICE alone in an environment variable or argument, there is no such Service, and
  either a Service whose name differs by a letter, or by their order, has the port that is named with it, or another
  workload of exactly that name declares that port: inferred;
- the Service exists, has an address of its own, and no port of that number.

Medium; high where the log of a container that fails speaks of the host, or of one that is ready and
keeps logging it. Sources: KEP and
specification of DNS for Services (kubernetes/dns, docs/specification.md).

**Evidence.** Each field that holds the name, Services of a similar name, the ports that the
Service has, the line of the log.

**What it cannot see.** Names that a program puts together, and those in Secrets; names in files of
more than 4 KiB; hosts outside the cluster.

**By hand.** Correct the name or the port, or create the Service: ` + "`kubectl get services -n NAMESPACE`" + `.

**Silent** for other names than these, for hosts that a proxy is not asked for (NO_PROXY), for lines that are comments, for workloads that are
scaled to 0, paused or done, and for ConfigMaps that nothing running uses. Silent, unless the log says that the host
is not known, where something else may give the name its address: the Corefile of CoreDNS, of the cache on each node (node-local-dns) and of OpenShift (rewrite, hosts, template, a server
of a zone, what it imports from another ConfigMap), zones of OpenShift's DNS operator, stubDomains of kube-dns, a ServiceEntry of Istio, hostAliases or name servers
of the pods (dnsPolicy None); for a name without svc also the search domains of the pods or of their node (hostNetwork, dnsPolicy Default), and
the Internet: acme.shop is no Service of namespace shop.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindService, model.KindPod},
	Uses:  reads(workloadReads, []model.Kind{model.KindConfigMap, model.KindNamespace, model.KindLogTail, model.KindResourceQuota, model.KindCustom}),
	Run:   staying(runHostDangling),
}

func runHostDangling(p *Pass) {
	for _, kind := range p.Space.Kinds() {
		for _, row := range p.Space.Tables[kind] {
			named := namedHosts(row.Base())
			if len(named) == 0 { // as for most objects, whose users need not be looked for
				continue
			}
			subject, users, ok := settings(p, row)
			if !ok {
				continue
			}
			for _, r := range named {
				if f, ok := danglingHost(p, row.Base(), r, users); ok {
					f.Subject, f.Slot = subject, r.Host
					p.Report(f)
				}
			}
		}
	}
}

// namedHosts are the references of an object that name a Service as a host, the first of
// each host.
func namedHosts(m *model.Meta) (list []model.Reference) {
	for _, r := range m.Refs {
		if r.Type == model.EdgeNames && r.To.Kind == model.KindService && r.Host != "" &&
			!slices.ContainsFunc(list, func(x model.Reference) bool { return x.Host == r.Host }) {
			list = append(list, r)
		}
	}
	return list
}

// settings reports whether an object's settings count: for what an operator would name,
// and for which workloads.
func settings(p *Pass, row model.Row) (subject model.Ref, users []model.Ref, ok bool) {
	m := row.Base()
	switch row.(type) {
	case *model.Workload, *model.Pod:
		subject, ok = refers(p, row)
		return subject, []model.Ref{subject}, ok
	case *model.Service:
		return m.Ref(), nil, m.Deleting.IsZero()
	case *model.ConfigMap:
		for _, d := range dependantsOf(p, m.Ref()) {
			if d.edge == model.EdgeMounts || d.edge == model.EdgeEnv || d.edge == model.EdgeEnvFrom {
				users = append(users, d.ref)
			}
		}
		return m.Ref(), users, len(users) > 0 && m.Deleting.IsZero()
	}
	return subject, nil, false
}

// danglingHost is one name that leads nowhere.
func danglingHost(p *Pass, m *model.Meta, r model.Reference, users []model.Ref) (f finding.Finding, ok bool) {
	host, port := r.Host, 0
	if h, number, err := net.SplitHostPort(host); err == nil {
		host = h
		port, _ = strconv.Atoi(number)
	}
	labels := strings.Split(host, ".")
	if len(labels) > 2 && !ofCluster(labels) || !p.After(m.Created, podPatience) {
		return f, false
	}
	f = finding.Finding{Severity: finding.Medium, Grade: finding.Proved}
	told, said := hostSaid(p, users, r)
	unknown := said && holdsWord(strings.ToLower(told.Value), unknownWords)
	if said {
		f.Severity = finding.High
		f.Evidence = append(f.Evidence, told)
	}
	f.Evidence = append([]finding.Evidence{{Ref: m.Ref(), Path: r.Path, Value: r.Host, Note: inContainer(r)}}, f.Evidence...)
	if s, exists := model.Get[*model.Service](p.Snapshot, r.To); exists {
		return f, lacksPort(&f, s, port)
	}
	absence, absent := p.Absent(r.To)
	switch {
	case !absent, !unknown && (madeElsewhere(p, host, r.To, users) || isPublic(labels, port) || len(labels) < 3 && relative(p, users)):
		return f, false
	case len(labels) == 1 && !unknown:
		var who string
		if f.Evidence, who = meantHost(p, m, r.To, port, f.Evidence); who == "" || absence.Grade != finding.Proved {
			return f, false
		}
		f.Rests, f.Causes = []finding.Absence{absence, onlyServices(p, r.To)}, quotaCausesOfName(p, r.To)
		f.Summary = fmt.Sprintf("It names host %s, and there is no Service %s; %s.", r.Host, r.To.Path(), who)
		f.Grade = finding.Inferred // the name may be one of a domain that nodes or pods search
		return f, true
	case len(labels) == 2 && !p.Exists(model.Ref{Kind: model.KindNamespace, Name: r.To.Namespace}):
		return f, false
	case absence.Grade != finding.Proved:
		p.Blind(model.KindService, r.To.Namespace)
		return f, false
	}
	f.Rests, f.Causes = []finding.Absence{absence}, quotaCausesOfName(p, r.To)
	if !unknown {
		f.Rests = append(f.Rests, onlyServices(p, r.To))
		if len(labels) == 2 {
			f.Grade = finding.Inferred // nodes may search a domain that has it
		}
	}
	f.Summary = fmt.Sprintf("It names host %s, and there is no Service %s.", r.Host, r.To.Path())
	if similar := p.Graph.Similar(r.To, 2); len(similar) > 0 {
		var names []string
		for _, s := range similar {
			names = append(names, s.Name)
		}
		f.Summary = fmt.Sprintf("It names host %s, and there is no Service %s; there is %s.", r.Host, r.To.Path(), text.Joined(names, 2))
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: r.To, Note: "not there; similar: " + text.Joined(names, 2)})
	} else {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: r.To, Note: "not there, and no Service of a similar name"})
	}
	return f, true
}

// ofCluster reports whether a name is one of this cluster: the zone that nearly every
// cluster has, or none.
func ofCluster(labels []string) bool {
	at := slices.Index(labels, "svc")
	return at >= 0 && (at == len(labels)-1 || slices.Equal(labels[at+1:], []string{"cluster", "local"}))
}

// lacksPort says that a Service has no port of that number. A headless Service has none
// of its own: its names lead to the pods.
func lacksPort(f *finding.Finding, s *model.Service, port int) bool {
	if port == 0 || s.Headless || s.Cut || s.Type == "ExternalName" || len(s.Ports) == 0 ||
		slices.ContainsFunc(s.Ports, func(x model.ServicePort) bool { return int(x.Number) == port }) {
		return false
	}
	f.Summary = fmt.Sprintf("It names port %d of Service %s, which has %s.", port, s.Ref().Path(), servicePorts(s))
	f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.Ref(), Path: "spec.ports", Value: servicePorts(s), Note: "the ports that it has"})
	return true
}

func parenthesised(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func inContainer(r model.Reference) string {
	if r.Container == "" {
		return ""
	}
	return "container " + r.Container
}

// hostSaid finds a line in the logs of failing containers that says that a Service cannot
// be reached.
func hostSaid(p *Pass, users []model.Ref, r model.Reference) (e finding.Evidence, said bool) {
	for _, user := range users {
		for _, pod := range p.Graph.Pods(user) {
			for i := range pod.Containers {
				tail, ok := model.Get[*model.LogTail](p.Snapshot, model.Ref{Kind: model.KindLogTail, Namespace: pod.Namespace, Name: pod.Name + "/" + pod.Containers[i].Name})
				if !ok {
					continue
				}
				if line := downLine(tail, r.To); line != "" {
					return finding.Evidence{Ref: pod.Ref(), Path: "log", Value: line, Note: "container " + tail.Container}, true
				}
			}
		}
	}
	return e, false
}
