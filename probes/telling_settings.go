package probes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// fed is a variable of a container with the Secret or ConfigMap key that it comes from.
type fed struct {
	variable string
	ref      model.Reference
}

// fedBy lists the variables of a container that come from keys.
func fedBy(pod *model.Pod, c *model.Container) (out []fed) {
	for _, r := range pod.Refs {
		if r.Type != model.EdgeEnv || r.Container != c.Name {
			continue
		}
		_, index, ok := strings.Cut(r.Path, ".env[")
		n, err := strconv.Atoi(index[:max(0, strings.IndexByte(index, ']'))])
		if ok && err == nil && n < len(c.EnvNames) {
			out = append(out, fed{c.EnvNames[n], r})
		}
	}
	return out
}

// login joins a login that is refused to the keys from which the user's password
// comes.
func (j joiner) login() account {
	out := account{clause: "the login is refused"}
	if j.t.User != "" {
		out.clause = fmt.Sprintf("the login of user %s is refused", j.t.User)
	}
	if j.t.Host != "" {
		out.clause += " by " + j.t.Host
	}
	var passwords []fed
	for _, v := range fedBy(j.pod, j.spec) {
		if v.ref.To.Kind != model.KindSecret {
			continue
		}
		name := strings.ToLower(v.variable + " " + v.ref.Key)
		if strings.Contains(name, "pass") || strings.Contains(name, "pwd") || strings.Contains(name, "token") {
			passwords = append(passwords, v)
		}
	}
	for _, v := range passwords {
		note := v.variable + " comes from it"
		if s, ok := model.Get[*model.Secret](j.p.Snapshot, v.ref.To); ok && !s.Changed.IsZero() {
			note += ", last changed " + stamp(s.Changed)
		}
		out.evidence = append(out.evidence, finding.Evidence{Ref: v.ref.To, Path: "data." + v.ref.Key, Note: note})
	}
	if len(passwords) == 1 {
		v := passwords[0]
		out.clause += fmt.Sprintf(" (%s comes from key %s of Secret %s)", v.variable, v.ref.Key, v.ref.To.Name)
	}
	return out
}

// setting joins a variable that is missing to what the container's env holds.
func (j joiner) setting() account {
	name := j.t.Name
	out := account{clause: fmt.Sprintf("setting %s is missing", name)}
	switch {
	case slices.Contains(j.spec.EnvNames, name):
		out.clause = fmt.Sprintf("setting %s is missing or not valid, though env sets it", name)
		for _, v := range fedBy(j.pod, j.spec) {
			if v.variable == name {
				out.clause = fmt.Sprintf("setting %s is missing or not valid; it comes from key %s of %s %s", name, v.ref.Key, v.ref.To.Kind, v.ref.To.Name)
				out.evidence = append(out.evidence, finding.Evidence{Ref: v.ref.To, Path: "data." + v.ref.Key, Note: name + " comes from it"})
			}
		}
		return out
	case name != strings.ToUpper(name):
		return out // a name of the program's own
	}
	sources := 0
	for _, r := range j.pod.Refs {
		if r.Type == model.EdgeEnvFrom && r.Container == j.spec.Name {
			if sources++; j.p.Exists(r.To) {
				out.evidence = append(out.evidence, finding.Evidence{Ref: r.To, Path: "data", Value: text.Joined(keysOf(j.p.Row(r.To)), 8), Note: "envFrom takes its variables from these keys"})
			}
		}
	}
	if sources > 0 {
		return out
	}
	out.clause += fmt.Sprintf(": env of container %s does not set it", j.spec.Name)
	if names, shows := dropped(j.p, j.p.Graph.Workload(j.pod.Ref()), j.spec.Name); slices.Contains(names, name) {
		out.clause += ", as the revision before did"
		out.evidence = append(out.evidence, finding.Evidence{
			Ref: shows.Ref(), Path: fmt.Sprintf("spec.template.spec.containers[%s].env", j.spec.Name), Value: name, Note: "set in revision " + shows.Revision + ", and no more",
		})
	}
	if like := text.Similar(name, j.spec.EnvNames, 1); len(like) > 0 {
		out.clause += fmt.Sprintf(" (it sets %s)", like[0])
	}
	return out
}

// inUse joins a port that is taken to the container that has it.
func (j joiner) inUse() account {
	port := j.t.Port
	if shared, other := sharedPort(j.pod, j.spec.Name); port == 0 && other != "" {
		return account{
			clause: fmt.Sprintf("an address is in use, and container %s of the same pod declares port %d as well (%s)", other, shared, quote(j.t.Line)),
			causes: []finding.ID{finding.IDOf(portConflictID, j.p.Graph.Workload(j.pod.Ref()), strconv.Itoa(int(shared)))},
		}
	}
	if port == 0 {
		return account{clause: fmt.Sprintf("an address is in use (%s)", quote(j.t.Line))}
	}
	out := account{clause: fmt.Sprintf("port %d is in use", port)}
	if h := portHolder(j.p, j.pod, j.spec.Name, j.t); h.who != "" {
		out.clause += h.has()
		subject := j.p.Graph.Workload(j.pod.Ref())
		out.causes = append(out.causes, finding.IDOf(portConflictID, subject, strconv.Itoa(int(port))))
	}
	return out
}

// portOwner is who else has a port where a container listens.
type portOwner struct {
	who   string // empty for nobody
	ref   model.Ref
	guess bool // it has the port as a hostPort, for which some runtimes listen and others do not
}

// has says that who has it: "is in use by ...", where that is certain.
func (h portOwner) has() string {
	if h.guess {
		return ", and " + h.who + " takes it as hostPort"
	}
	return " by " + h.who
}

// portHolder says who else has a port where a container listens: another container of its
// pod, or on the node's own network a pod beside it. Who does not run has none, whatever it
// declares.
func portHolder(p *Pass, pod *model.Pod, container string, t *model.Telling) (out portOwner) {
	protocol := "TCP"
	if strings.Contains(strings.ToLower(t.Line), "udp") {
		protocol = "UDP"
	}
	for _, c := range pod.Template.Containers {
		if c.Name != container && (!c.Init || c.Sidecar) && c.DeclaresFor(t.Port, protocol) && runsNow(pod, c.Name) {
			return portOwner{who: "container " + c.Name + " of the same pod", ref: pod.Ref()}
		}
	}
	if !pod.Template.HostNetwork || pod.Node == "" {
		return out
	}
	for _, namespace := range p.Namespaces() {
		for other := range model.Each[*model.Pod](p.Snapshot.Space(namespace), model.KindPod) {
			if other.Node != pod.Node || other.Ref() == pod.Ref() || !alive(other) {
				continue
			}
			for _, c := range other.Template.Containers {
				if !runsNow(other, c.Name) {
					continue
				}
				for _, declared := range c.Ports {
					h := portOwner{fmt.Sprintf("pod %s on the same node", other.Ref().Path()), other.Ref(), !other.Template.HostNetwork}
					switch {
					case declared.Protocol != protocol:
					case !h.guess && declared.Number == t.Port:
						return h
					case h.guess && declared.Host == t.Port && out.who == "":
						out = h
					}
				}
			}
		}
	}
	return out
}

// runsNow reports whether a container of a pod runs, as far as its kubelet says.
func runsNow(pod *model.Pod, container string) bool {
	return slices.ContainsFunc(pod.Containers, func(c model.ContainerStatus) bool { return c.Name == container && !c.Running.IsZero() })
}
