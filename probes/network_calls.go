package probes

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// party is one end of a connection: the pods of a workload or Service, or one pod.
type party struct {
	ref       model.Ref
	namespace string
	looks     []look
	addresses []string // of its pods, as far as they have any
}

// look is how pods of a party look to a policy: a template and the labels that its pods
// have, admission's additions counted in.
type look struct {
	labels   map[string]string
	template *model.Template
}

// mostMakers bounds how many controllers' pods a party is looked at by, and mostLooks by how
// many sets of labels those of one.
const mostMakers, mostLooks = 16, 16

// partyOf is a party of some pods. Those of one controller have one template; where their
// labels are not the same, each set of labels is looked at: the one that a program gives to
// its leader may be the one that a policy allows. ok is false where none of them is under
// policies, and where they are of more controllers than are looked at, or look in more ways:
// one of those may be allowed.
func partyOf(ref model.Ref, pods []*model.Pod) (out party, ok bool) {
	out = party{ref: ref, namespace: ref.Namespace}
	makers := map[string][]look{}
	for _, pod := range pods {
		if !alive(pod) || pod.Template.HostNetwork {
			continue
		}
		maker := pod.Name // nobody else's
		if o, made := pod.Controller(); made {
			maker = string(o.Kind) + "/" + o.Name
		}
		if pod.IP != "" {
			out.addresses = append(out.addresses, pod.IP)
		}
		have := makers[maker]
		if slices.ContainsFunc(have, func(at look) bool { return sameLook(at.labels, pod.Labels) }) {
			continue
		}
		if len(have) == mostLooks || len(have) == 0 && len(makers) == mostMakers {
			return out, false
		}
		at := look{pod.Labels, pod.Template}
		makers[maker] = append(have, at)
		out.looks = append(out.looks, at)
	}
	return out, len(out.looks) > 0
}

// ordinals are the labels by which a StatefulSet's pods are told apart, and nothing else.
var ordinals = []string{"statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"}

// sameLook reports whether two sets of labels are the same but for ordinals: all pods of a
// large set are not looked at because of them.
func sameLook(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, has := b[k]; !has || w != v && !slices.Contains(ordinals, k) {
			return false
		}
	}
	return true
}

// caller is the party of what names a Service and should run.
func caller(p *Pass, ref model.Ref) (out party, ok bool) {
	switch o := p.Row(ref).(type) {
	case *model.Workload:
		if !topLevel(o) || !wantsPods(o) || o.Template.HostNetwork || !p.After(o.Created, settling) {
			return out, false
		}
		if out, ok = partyOf(ref, p.Graph.Pods(ref)); !ok {
			out = party{ref: ref, namespace: ref.Namespace, looks: []look{{o.Template.Labels, &o.Template}}}
		}
		return out, true
	case *model.Pod:
		if len(o.Owners) > 0 || !o.Deleting.IsZero() {
			return out, false
		}
		return partyOf(ref, []*model.Pod{o})
	}
	return out, false
}

// shown is the name of a party, with its namespace where that is another.
func (a *party) shown(namespace string) string {
	if a.namespace == namespace {
		return a.ref.Name
	}
	return a.ref.Path()
}

// call is a Service that a caller names, and where.
type call struct {
	from       party
	to         model.Ref
	holder     model.Ref // that holds the setting: the workload, a ConfigMap
	path, host string
}

// callsOf lists the Services that a workload or pod, whose party from is, names, itself or
// in ConfigMaps that it uses, each once.
func callsOf(p *Pass, from party, row model.Row) (out []call) {
	seen := map[string]bool{}
	take := func(holder model.Ref, r model.Reference) {
		if key := r.To.String() + " " + r.Host; r.Type == model.EdgeNames && !seen[key] {
			seen[key] = true
			out = append(out, call{from, r.To, holder, r.Path, r.Host})
		}
	}
	read := map[string]bool{}
	for _, r := range row.Base().Refs {
		take(row.Base().Ref(), r)
		cm, ok := model.Get[*model.ConfigMap](p.Snapshot, r.To)
		if !ok || !uses(r.Type) || read[r.To.Name+"/"+r.Key] {
			continue
		}
		read[r.To.Name+"/"+r.Key] = true
		for _, named := range cm.Refs {
			if ofKey(named.Path, r.Key) {
				take(cm.Ref(), named)
			}
		}
	}
	return out
}

// lookupsOf lists the hosts of which the logs of a workload's pods, or of a pod, say that they
// do not resolve: names that may stand in no setting, and of outside the cluster.
func lookupsOf(p *Pass, from party, row model.Row) (out []call) {
	if len(rowsOf(p, model.KindLogTail, row.Base().Namespace)) == 0 {
		return nil
	}
	for _, pod := range p.Graph.Pods(row.Base().Ref()) {
		for i := range pod.Containers {
			tail, ok := tailOf(p, pod, pod.Containers[i].Name)
			if !ok || tail.Telling == nil || tail.Telling.Class != model.LogUnknown || tail.Telling.Host == "" {
				continue
			}
			return []call{{from: from, holder: pod.Ref(), path: "log", host: tail.Telling.Host}}
		}
	}
	return nil
}

// callersOf lists who names a Service, each once.
func callersOf(p *Pass, service model.Ref) (out []call) {
	seen := map[model.Ref]bool{}
	take := func(ref, holder model.Ref, r model.Reference) {
		if seen[ref] || made(p, ref) {
			return // what a workload made names what its template names
		}
		if from, ok := caller(p, ref); ok {
			seen[ref] = true
			out = append(out, call{from, service, holder, r.Path, r.Host})
		}
	}
	for _, e := range p.Graph.In(service) {
		if e.Type != model.EdgeNames || e.Host == "" {
			continue
		}
		switch {
		case e.From.Kind == model.KindPod || e.From.Kind.IsWorkload():
			take(e.From, e.From, e.Reference)
		case e.From.Kind == model.KindConfigMap:
			for _, user := range p.Graph.In(e.From) {
				if uses(user.Type) && ofKey(e.Path, user.Key) {
					take(user.From, e.From, e.Reference)
				}
			}
		}
	}
	return out
}

// made reports whether a workload made a pod or workload.
func made(p *Pass, ref model.Ref) bool {
	row := p.Row(ref)
	if row == nil {
		return true
	}
	owner, ok := row.Base().Controller()
	return ok && owner.Kind.IsWorkload()
}

// uses reports whether an edge gives a container what a ConfigMap holds.
func uses(t model.EdgeType) bool {
	return t == model.EdgeMounts || t == model.EdgeEnv || t == model.EdgeEnvFrom
}

// ofKey reports whether a path in a ConfigMap is one of the key that is used; an empty key
// stands for all.
func ofKey(path, key string) bool {
	rest, ok := strings.CutPrefix(path, "data."+key)
	return key == "" || ok && (rest == "" || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "["))
}

// portsOf are the ports of a Service that a host names: that of its number, or all where it
// names none; none where there is no such port, which host-dangling says.
func portsOf(s *model.Service, host string) (out []model.ServicePort) {
	number := 0
	if _, port, err := net.SplitHostPort(host); err == nil {
		number, _ = strconv.Atoi(port)
	}
	for _, x := range s.Ports {
		if number == 0 || int(x.Number) == number {
			out = append(out, x)
		}
	}
	if s.Headless && number > 0 && len(out) == 0 {
		out = append(out, model.ServicePort{Protocol: "TCP", Number: int32(number), Target: int32(number)})
	}
	return out
}

// target is the number of the port of a pod that a Service's port leads to; 0 where the pod has none
// of that name.
func (a look) target(s *model.Service, x model.ServicePort) int32 {
	switch {
	case x.TargetName != "":
		return a.port(x.TargetName, x.Protocol)
	case s.Headless:
		return x.Number
	}
	return x.Target
}

// port is the number of a named port of a pod; 0 where it has none.
func (a look) port(name, protocol string) int32 {
	for i := range a.template.Containers {
		if port, ok := a.template.Containers[i].Port(name); ok && port.Protocol == protocol {
			return port.Number
		}
	}
	return 0
}
