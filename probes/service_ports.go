package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// portHop is a port of a Service that leads to no port of its pods. The ports of a
// headless Service are no part of the way: its names lead to the pods themselves.
func portHop(p *Pass, s *way) (f finding.Finding, ok bool) {
	if s.Headless || len(s.workloads)+len(s.pods) == 0 || !p.After(s.Created, settling) {
		return f, false
	}
	declared := declaredPorts(s.templates())
	for i := range s.Ports {
		if s.Ports[i].TargetName == "" {
			continue
		}
		if f, ok = namedPort(s, i, declared); ok {
			return f, true
		}
	}
	if f, ok = otherProtocol(p, s, declared); ok {
		return f, true
	}
	return numberedPort(p, s, declared)
}

// declaredPorts lists the ports that containers of templates declare, each once.
func declaredPorts(templates []*model.Template) (out []model.ContainerPort) {
	for _, t := range templates {
		for i := range t.Containers {
			if c := &t.Containers[i]; !c.Init || c.Sidecar {
				for _, port := range c.Ports {
					port.Host, port.HostIP = 0, ""
					if !slices.Contains(out, port) {
						out = append(out, port)
					}
				}
			}
		}
	}
	return out
}

// namedPort is a targetPort that is a name which no container has with that protocol.
func namedPort(s *way, i int, declared []model.ContainerPort) (f finding.Finding, ok bool) {
	port := s.Ports[i]
	other := ""
	for _, d := range declared {
		if d.Name == port.TargetName {
			if d.Protocol == port.Protocol {
				return f, false
			}
			other = d.Protocol
		}
	}
	f = finding.Finding{Severity: finding.High, Grade: finding.Proved, Slot: slotOf(s, port)}
	path := fmt.Sprintf("spec.ports[%d]", i)
	if other != "" {
		f.Summary = fmt.Sprintf("It sends %s of port %d to port %s of %s, which is a port of %s.", port.Protocol, port.Number, port.TargetName, s.whose(), other)
		f.Evidence = []finding.Evidence{{Ref: s.Ref(), Path: path + ".protocol", Value: port.Protocol, Note: "the containers declare " + other}}
		f.Fixes = []finding.Fix{portFix(s, i, "use-"+strings.ToLower(other), "Send "+other+" instead", "protocol", other)}
		return f, true
	}
	f.Summary = fmt.Sprintf("It sends port %d to a port named %s, which no container of %s has: %s.", port.Number, port.TargetName, s.whose(), declaredText(declared))
	f.Evidence = []finding.Evidence{{Ref: s.Ref(), Path: path + ".targetPort", Value: port.TargetName, Note: declaredText(declared)}}
	f.Fixes = retarget(s, i, declared)
	return f, true
}

// numberedPort is a targetPort that is a number which no container declares, while others
// are declared, and which must be a mistake.
func numberedPort(p *Pass, s *way, declared []model.ContainerPort) (f finding.Finding, ok bool) {
	serving := servingPorts(declared)
	if len(serving) == 0 {
		return f, false
	}
	var broken []int
	reached := false
	for i, port := range s.Ports {
		switch {
		case port.TargetName != "" || slices.ContainsFunc(declared, func(d model.ContainerPort) bool { return d.Number == port.Target }) || s.probed(port.Target) || s.listens(port.Target):
			reached = true
		default:
			broken = append(broken, i)
		}
	}
	if len(broken) == 0 || answered(s.dependants()) {
		return f, false
	}
	for _, i := range broken {
		port := s.Ports[i]
		namesake := port.Name != "" && slices.ContainsFunc(serving, func(d model.ContainerPort) bool { return d.Name == port.Name && d.Protocol == port.Protocol })
		if reached && !namesake || port.Aside {
			continue
		}
		f = finding.Finding{Severity: finding.Medium, Grade: finding.Inferred, Slot: slotOf(s, port)}
		f.Summary = fmt.Sprintf("It sends port %d to port %d of %s, where no container declares a port: %s.", port.Number, port.Target, s.whose(), declaredText(declared))
		f.Evidence = []finding.Evidence{{Ref: s.Ref(), Path: fmt.Sprintf("spec.ports[%d].targetPort", i), Value: fmt.Sprint(port.Target), Note: declaredText(declared)}}
		e, began, refused := refusals(p, s.Service, port.Number)
		asked := slices.IndexFunc(serving, func(d model.ContainerPort) bool { return s.probed(d.Number) })
		if refused {
			f.Severity = finding.High
			f.Evidence = append(f.Evidence, e)
		}
		f.Fixes = retarget(s, i, serving)
		if refused && s.readyAt(began) {
			f.Grade = finding.Proved
		} else {
			for j := range f.Fixes {
				f.Fixes[j].Risk = finding.Disruptive // it takes the Service from a port that may serve
			}
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.Ref(), Note: "a program may listen on a port that its container does not declare"})
		}
		switch {
		case namesake:
			f.Severity = finding.High
		case asked >= 0 && !s.sentElsewise(p, serving[asked]):
			f.Severity = finding.High
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.pods[0].Ref(), Value: fmt.Sprint(serving[asked].Number), Note: "a probe is answered there, and no Service leads there"})
		}
		return f, true
	}
	return f, false
}

// probed reports whether a probe asks a port of pods that are ready: something listens there,
// whatever they declare.
func (w *way) probed(port int32) bool {
	return slices.ContainsFunc(w.pods, func(pod *model.Pod) bool {
		return pod.Ready && slices.ContainsFunc(pod.Template.Containers, func(c model.Container) bool {
			return slices.ContainsFunc(c.Probes, func(x model.Probe) bool { return x.Type != "exec" && x.Host == "" && x.Port == port })
		})
	})
}

// listens reports whether arguments or settings of its containers name a port: the program may
// listen there, whatever they declare.
func (w *way) listens(port int32) bool {
	return slices.ContainsFunc(w.templates(), func(t *model.Template) bool {
		return slices.ContainsFunc(t.Containers, func(c model.Container) bool { return slices.Contains(c.Listens, port) })
	})
}

// readyAt reports whether a pod was ready at t and has been since.
func (w *way) readyAt(t time.Time) bool {
	return slices.ContainsFunc(w.pods, func(pod *model.Pod) bool {
		c := model.FindCondition(pod.Conditions, "Ready")
		return c != nil && c.Status == "True" && c.Since.Before(t)
	})
}

// otherProtocol is a targetPort that is a number which containers declare for another
// protocol alone, where nothing sends them that protocol: a program that serves both, and
// declares one, has a port for each.
func otherProtocol(p *Pass, s *way, declared []model.ContainerPort) (f finding.Finding, ok bool) {
	for i, port := range s.Ports {
		at := slices.IndexFunc(declared, func(d model.ContainerPort) bool { return d.Number == port.Target })
		same := slices.ContainsFunc(declared, func(d model.ContainerPort) bool { return d.Number == port.Target && d.Protocol == port.Protocol })
		if port.TargetName != "" || port.Aside || at < 0 || same || answered(s.dependants()) || s.sentElsewise(p, declared[at]) {
			continue
		}
		d := declared[at]
		f = finding.Finding{Severity: finding.High, Grade: finding.Inferred, Slot: slotOf(s, port)}
		f.Summary = fmt.Sprintf("It sends %s of port %d to port %d of %s, which is a port of %s.", port.Protocol, port.Number, port.Target, s.whose(), d.Protocol)
		f.Evidence = []finding.Evidence{
			{Ref: s.Ref(), Path: fmt.Sprintf("spec.ports[%d].protocol", i), Value: port.Protocol, Note: "the containers declare " + d.Protocol},
			{Ref: s.Ref(), Note: "a program may listen for a protocol that its container does not declare"},
		}
		f.Fixes = []finding.Fix{portFix(s, i, "use-"+strings.ToLower(d.Protocol), "Send "+d.Protocol+" instead", "protocol", d.Protocol)}
		return f, true
	}
	return f, false
}

// sentElsewise reports whether a port of containers gets its protocol by another port of
// the Service, or by another Service.
func (w *way) sentElsewise(p *Pass, d model.ContainerPort) bool {
	sends := func(s *model.Service) bool {
		return slices.ContainsFunc(s.Ports, func(x model.ServicePort) bool {
			return x.Protocol == d.Protocol && (x.Target == d.Number || d.Name != "" && x.TargetName == d.Name)
		})
	}
	if sends(w.Service) {
		return true
	}
	for _, x := range w.workloads {
		for _, ref := range p.Graph.Selecting(x.Ref()) {
			if s, ok := model.Get[*model.Service](p.Snapshot, ref); ok && sends(s) {
				return true
			}
		}
	}
	return false
}

// servingPorts leaves out the ports by which a program is watched, and those of proxies
// that stand before it: that they are declared does not say that all others are.
func servingPorts(declared []model.ContainerPort) (out []model.ContainerPort) {
	for _, d := range declared {
		if !d.Aside {
			out = append(out, d)
		}
	}
	return out
}

// answered reports whether the API server itself calls a Service: a webhook that does not
// answer is known by what it refuses.
func answered(list []dependant) bool {
	return slices.ContainsFunc(list, func(d dependant) bool {
		return d.edge == model.EdgeServes && d.ref.Kind != model.KindStatefulSet
	})
}

// refusals finds a log of the namespace that says that a connection to the Service was
// refused, and when the run of the container began that said so.
func refusals(p *Pass, s *model.Service, port int32) (e finding.Evidence, began time.Time, refused bool) {
	for tail := range model.Each[*model.LogTail](p.Space, model.KindLogTail) {
		for _, line := range tail.Lines {
			lower := strings.ToLower(line)
			if !strings.Contains(lower, "refused") && !strings.Contains(lower, "econnrefused") {
				continue
			}
			for _, host := range []string{s.Name, s.Name + "." + s.Namespace} {
				if namesAddress(line, fmt.Sprintf("%s:%d", host, port)) {
					return finding.Evidence{Ref: tail.Pod, Path: "log", Value: line, Note: "connections to it are refused"}, ranSince(p, tail), true
				}
			}
		}
	}
	return e, began, false
}

// ranSince is when the run of a container began whose log was read; zero where that is not known.
func ranSince(p *Pass, tail *model.LogTail) time.Time {
	pod, ok := model.Get[*model.Pod](p.Snapshot, tail.Pod)
	if !ok {
		return time.Time{}
	}
	for i := range pod.Containers {
		if c := &pod.Containers[i]; c.Name == tail.Container {
			if exit := lastExit(c); exit != nil && !tail.Well {
				return exit.Started
			}
			return c.Running
		}
	}
	return time.Time{}
}

// namesAddress reports whether host:port stands in a line as a word of its own: web:80 does in
// http://web:80/, and neither in web:8080 nor in shop-web:80.
func namesAddress(line, address string) bool {
	for i := 0; ; {
		j := strings.Index(line[i:], address)
		if j < 0 {
			return false
		}
		from, to := i+j, i+j+len(address)
		if (from == 0 || !hostByte(line[from-1])) && (to == len(line) || line[to] < '0' || line[to] > '9') {
			return true
		}
		i = to
	}
}

// declaredText says which ports containers declare.
func declaredText(list []model.ContainerPort) string {
	if len(list) == 0 {
		return "they declare no port"
	}
	parts := make([]string, len(list))
	for i, d := range list {
		parts[i] = fmt.Sprint(d.Number)
		if d.Protocol != "TCP" {
			parts[i] += "/" + d.Protocol
		}
		if d.Name != "" {
			parts[i] += " (" + d.Name + ")"
		}
	}
	return "they declare " + text.Joined(parts, 5)
}

func slotOf(s *way, port model.ServicePort) string {
	if len(s.Ports) == 1 {
		return ""
	}
	return fmt.Sprintf("%d/%s", port.Number, port.Protocol)
}

// retarget sends a port of a Service to the one port that its pods declare for it: the
// one of the Service port's name, the one of its number, or the only one there is.
func retarget(s *way, i int, declared []model.ContainerPort) []finding.Fix {
	port := s.Ports[i]
	var fit []model.ContainerPort
	for _, is := range []func(model.ContainerPort) bool{
		func(d model.ContainerPort) bool { return port.Name != "" && d.Name == port.Name },
		func(d model.ContainerPort) bool { return d.Number == port.Number },
		func(d model.ContainerPort) bool {
			return d.Name != "" && len(text.Similar(port.TargetName, []string{d.Name}, 1)) > 0
		},
		func(model.ContainerPort) bool { return true },
	} {
		fit = nil
		for _, d := range servingPorts(declared) {
			if d.Protocol == port.Protocol && is(d) {
				fit = append(fit, d)
			}
		}
		if len(fit) == 1 {
			break
		}
	}
	if len(fit) != 1 {
		return nil
	}
	if port.TargetName != "" && fit[0].Name != "" {
		return []finding.Fix{portFix(s, i, "target-"+fit[0].Name, "Send it to port "+fit[0].Name, "targetPort", fit[0].Name)}
	}
	number := fmt.Sprint(fit[0].Number)
	return []finding.Fix{portFix(s, i, "target-"+number, "Send it to port "+number, "targetPort", int64(fit[0].Number))}
}

func portFix(s *way, i int, id, title, field string, value any) finding.Fix {
	return finding.Fix{
		ID: id, Title: title, Risk: finding.Safe,
		Steps: []finding.Step{{
			Verb: "patch", Ref: s.Ref(), Summary: fmt.Sprintf("%s of port %d -> %v", field, s.Ports[i].Number, value),
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "ports", fmt.Sprint(i), field}, Value: value}}},
		}},
		Undo: "puts the field back as it was", Proof: finding.Proof{Text: "it leads to a port that its pods have", Within: time.Minute},
	}
}
