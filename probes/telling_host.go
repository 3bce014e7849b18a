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

// host joins a host that cannot be reached to the Service of that name.
func (j joiner) host() account {
	t := j.t
	out := account{}
	where := t.Host
	if t.Port != 0 {
		where = net.JoinHostPort(t.Host, strconv.Itoa(int(t.Port)))
	}
	service, named := j.service()
	var pod *model.Pod
	if net.ParseIP(t.Host) != nil {
		if !named {
			pod = j.podAt()
		}
		where += j.whose(service, pod)
	}
	switch {
	case t.Host == "":
		out.clause = map[model.LogClass]string{
			model.LogRefused: "a connection that it opens is refused", model.LogUnknown: "a host name that it asks for does not resolve",
			model.LogNoAnswer: "a connection that it opens is not answered", model.LogTLS: "a TLS connection of it fails",
		}[t.Class]
		out.clause += fmt.Sprintf(" (%s)", quote(t.Line))
		return out
	case t.Class == model.LogUnknown:
		out.clause = "host " + t.Host + " does not resolve"
	case t.Class == model.LogTLS:
		out.clause = fmt.Sprintf("the TLS connection to %s fails (%s)", where, quote(t.Line))
	case t.Class == model.LogNoAnswer:
		out.clause = where + " does not answer"
	default:
		out.clause = where + " refuses the connection"
	}
	if t.Host == "localhost" || strings.HasPrefix(t.Host, "127.") {
		return j.beside(out)
	}
	if t.Class == model.LogUnknown {
		if why, _ := asksNode(j.pod.Template); why == "" {
			if s := resolver(j.p); s != nil {
				out.causes = append(out.causes, finding.IDOf(dnsBrokenID, s.Ref(), ""))
			}
		}
		if s, ok := j.resolvable(); ok {
			return j.unresolved(out, s)
		}
	}
	if named {
		return j.served(out, service)
	}
	if pod != nil {
		out.evidence = append(out.evidence, finding.Evidence{Ref: pod.Ref(), Path: "status.podIP", Value: pod.IP, Note: state(pod)})
		out.causes = append(out.causes, podTroubles(j.p, j.p.Graph.Workload(pod.Ref()))...)
	}
	return out
}

// whose says in parentheses which Service or pod has the address of a telling line: programs
// look a host up before they write that it does not answer.
func (j joiner) whose(service model.Ref, pod *model.Pod) string {
	ref, what := service, "Service"
	if pod != nil {
		ref, what = pod.Ref(), "pod"
	}
	switch ref.Namespace {
	case "":
		return ""
	case j.pod.Namespace:
		return fmt.Sprintf(" (%s %s)", what, ref.Name)
	}
	return fmt.Sprintf(" (%s %s)", what, ref.Path())
}

// serviceAt is the Service whose address is the host of a telling line, or nil.
func (j joiner) serviceAt() *model.Service {
	for _, ns := range j.p.Snapshot.Namespaces() {
		for s := range model.Each[*model.Service](j.p.Snapshot.Space(ns), model.KindService) {
			if s.IP == j.t.Host {
				return s
			}
		}
	}
	return nil
}

// podAt is the pod whose address it is, or nil: several share that of their node, and those
// that have ended may have had it before.
func (j joiner) podAt() *model.Pod {
	for _, ns := range j.p.Snapshot.Namespaces() {
		for pod := range model.Each[*model.Pod](j.p.Snapshot.Space(ns), model.KindPod) {
			if pod.IP == j.t.Host && alive(pod) && !pod.Template.HostNetwork {
				if ns != j.p.Namespace() {
					j.p.Wake(j.p.Now.Add(otherNamespace))
				}
				return pod
			}
		}
	}
	return nil
}

// service is the Service that a host of a telling line names: svc, svc.namespace, or
// [pod.]svc.namespace.svc[.zone].
func (j joiner) service() (model.Ref, bool) {
	labels := strings.Split(j.t.Host, ".")
	ref := func(name, namespace string) (model.Ref, bool) {
		return model.Ref{Kind: model.KindService, Namespace: namespace, Name: name}, true
	}
	switch {
	case net.ParseIP(j.t.Host) != nil:
		if s := j.serviceAt(); s != nil {
			return s.Ref(), true
		}
		return model.Ref{}, false
	case len(labels) == 1:
		return ref(labels[0], j.pod.Namespace)
	case len(labels) > 3 && labels[3] == "svc":
		return ref(labels[1], labels[2])
	case len(labels) > 2 && labels[2] == "svc":
		return ref(labels[0], labels[1])
	case len(labels) == 2 && j.p.Exists(model.Ref{Kind: model.KindNamespace, Name: labels[1]}):
		return ref(labels[0], labels[1])
	}
	return model.Ref{}, false
}

// served says what stands behind a Service, and names what is wrong there as the cause.
func (j joiner) served(out account, ref model.Ref) account {
	p := j.p
	if a, absent := p.Absent(ref); absent {
		if a.Grade != finding.Proved || j.t.Class != model.LogUnknown && madeElsewhere(p, j.t.Host, ref, []model.Ref{p.Graph.Workload(j.pod.Ref())}) {
			return out
		}
		out.clause, out.shown = out.clause+fmt.Sprintf(": there is no Service %s in namespace %s", ref.Name, ref.Namespace), true
		note := "not there"
		if like := p.Graph.Similar(ref, 2); len(like) > 0 {
			out.clause += fmt.Sprintf(" (similar: %s)", like[0].Name)
			note += "; similar: " + like[0].Name
		}
		for _, r := range j.pod.Refs {
			if r.To == ref && r.Type == model.EdgeNames && r.Container == j.spec.Name {
				out.evidence = append(out.evidence, finding.Evidence{Ref: j.pod.Ref(), Path: r.Path, Value: ref.Name, Note: "names the host"})
			}
		}
		out.evidence = append(out.evidence, finding.Evidence{Ref: ref, Note: note})
		return out
	}
	service, ok := model.Get[*model.Service](p.Snapshot, ref)
	if !ok || service.ExternalName != "" || len(service.Selector) == 0 {
		return out
	}
	if ref.Namespace != p.Namespace() {
		p.Wake(p.Now.Add(otherNamespace))
	}
	workloads, pods := p.Graph.Selected(ref)
	ready, all := 0, 0
	for _, pod := range pods {
		if alive(pod) {
			if all++; pod.Ready {
				ready++
			}
		}
	}
	name := "Service " + ref.Name
	if ref.Namespace != j.pod.Namespace {
		name = "Service " + ref.Path()
	}
	switch known, _ := p.Snapshot.Knows(model.KindPod, ref.Namespace); {
	case !known:
		return out
	case all == 0:
		out.clause += fmt.Sprintf(", and %s has no pods", name)
	case ready == 0:
		out.clause += fmt.Sprintf(", and none of the %s of %s is ready", text.Counted(all, "pod"), name)
		if all == 1 {
			out.clause = strings.Replace(out.clause, "none of the 1 pod of "+name+" is ready", "the pod of "+name+" is not ready", 1)
		}
	default:
		if ports := portNumbers(service); j.t.Port != 0 && len(ports) > 0 && !service.Headless && !slices.Contains(ports, j.t.Port) {
			out.shown = true
			out.clause += fmt.Sprintf(": %s has no port %d, its %s %s", name, j.t.Port, text.Plural(len(ports), "port is", "ports are"), joinedPorts(ports))
		}
		out.evidence = append(out.evidence, finding.Evidence{Ref: ref, Value: fmt.Sprintf("%d of %s ready", ready, text.Counted(all, "pod")), Note: "what stands behind the host"})
		return out
	}
	out.shown = true
	out.evidence = append(out.evidence, finding.Evidence{Ref: ref, Value: fmt.Sprintf("%d of %s ready", ready, text.Counted(all, "pod")), Note: "what stands behind the host"})
	subjects := map[model.Ref]bool{}
	for _, w := range workloads {
		subjects[p.Graph.Workload(w.Ref())] = true
	}
	for _, pod := range pods {
		subjects[p.Graph.Workload(pod.Ref())] = true
	}
	own := p.Graph.Workload(j.pod.Ref())
	for subject := range subjects {
		if subject != own && !j.mutual(subject) {
			out.causes = append(out.causes, podTroubles(p, subject)...)
		}
	}
	return out
}

// mutual reports whether pods of another workload wait for this one's: of two that wait
// for each other neither is the other's cause.
func (j joiner) mutual(subject model.Ref) bool {
	own := j.p.Graph.Workload(j.pod.Ref())
	for _, pod := range j.p.Graph.Pods(subject) {
		for _, c := range pod.Containers {
			tail, ok := tailOf(j.p, pod, c.Name)
			if !ok || tail.Telling == nil || tail.Telling.Host == "" {
				continue
			}
			other := joiner{p: j.p, pod: pod, t: tail.Telling}
			ref, ok := other.service()
			if !ok {
				continue
			}
			for _, back := range j.p.Graph.Pods(ref) {
				if j.p.Graph.Workload(back.Ref()) == own {
					return true
				}
			}
		}
	}
	return false
}

// beside says which container of the pod should answer on its own address.
func (j joiner) beside(out account) account {
	if j.t.Port == 0 {
		return out
	}
	for _, c := range j.pod.Template.Containers {
		if !c.Declares(j.t.Port) {
			continue
		}
		if c.Name == j.spec.Name {
			out.clause += ", which is a port of the container itself"
			return out
		}
		out.clause += fmt.Sprintf(", which is container %s of the same pod", c.Name)
		subject := j.p.Graph.Workload(j.pod.Ref())
		slot := containerSlot(j.pod.Template, c.Name)
		out.causes = append(out.causes, finding.IDOf(containerFailingID, subject, slot), finding.IDOf(imageUnpullableID, subject, slot))
		return out
	}
	out.clause += ": no container of its pod declares that port"
	return out
}

// portNumbers are the ports of a Service.
func portNumbers(s *model.Service) []int32 {
	out := make([]int32, len(s.Ports))
	for i := range s.Ports {
		out[i] = s.Ports[i].Number
	}
	return out
}

func joinedPorts(list []int32) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(int(n))
	}
	return text.Joined(words, 4)
}
