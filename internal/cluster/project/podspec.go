package project

import (
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/hosts"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// The bounds of a pod spec.
const (
	maxContainers = 128
	maxEnv        = 512
	maxRefs       = 2048
	maxAliases    = 256 // names of hostAliases
)

// podSpec collects what a pod's spec, or a template's, says and names.
type podSpec struct {
	*Projector
	namespace string
	pod       string // the pod's own name; empty for a template
	path      string // "spec" or "spec.template.spec"
	spec      *corev1.PodSpec
	refs      []model.Reference
	named     map[hostname]bool  // EdgeNames already drawn
	mounts    map[string][]mount // by volume name
}

type mount struct {
	container string
	subPath   bool
}

// template projects the spec of a pod or of a pod template; path is where spec
// stands. The references are appended to refs.
func (p *Projector) template(refs []model.Reference, namespace, pod, path string, s *corev1.PodSpec) (*model.Template, []model.Reference) {
	c := podSpec{Projector: p, namespace: namespace, pod: pod, path: path, spec: s, refs: refs, mounts: map[string][]mount{}}
	t := &model.Template{
		ServiceAccount: "default",
		AutomountToken: s.AutomountServiceAccountToken == nil || *s.AutomountServiceAccountToken,
		Containers:     make([]model.Container, 0, len(s.InitContainers)+len(s.Containers)),
		RestartPolicy:  p.word(string(s.RestartPolicy)),
		HostNetwork:    s.HostNetwork,
		DNSPolicy:      p.word(string(s.DNSPolicy)),
	}
	t.FirstPort, t.LastPort = ownPorts(s)
	if s.DNSConfig != nil {
		t.Nameservers = p.words(s.DNSConfig.Nameservers, maxAddresses)
		t.Searches = len(s.DNSConfig.Searches) > 0
	}
	for i := range s.HostAliases {
		if len(t.Aliases) < maxAliases {
			t.Aliases = append(t.Aliases, p.words(s.HostAliases[i].Hostnames, maxAliases-len(t.Aliases))...)
		}
	}
	if s.ServiceAccountName != "" {
		t.ServiceAccount = p.word(s.ServiceAccountName)
	}
	c.ref(model.EdgeAccount, model.KindServiceAccount, t.ServiceAccount, "", path+".serviceAccountName", "", false)
	for i := range s.InitContainers {
		k := c.container(&s.InitContainers[i], at(path+".initContainers", i))
		k.Init = true
		k.Sidecar = s.InitContainers[i].RestartPolicy != nil && *s.InitContainers[i].RestartPolicy == corev1.ContainerRestartPolicyAlways
		t.Containers = append(t.Containers, k)
	}
	for i := range s.Containers {
		t.Containers = append(t.Containers, c.container(&s.Containers[i], at(path+".containers", i)))
	}
	for i := range s.EphemeralContainers {
		// Debugging containers come and go: their references count, they do not.
		e := corev1.Container(s.EphemeralContainers[i].EphemeralContainerCommon)
		c.container(&e, at(path+".ephemeralContainers", i))
	}
	if len(t.Containers) > maxContainers {
		t.Containers = t.Containers[:maxContainers]
	}
	for i := range s.ImagePullSecrets {
		c.ref(model.EdgePulls, model.KindSecret, s.ImagePullSecrets[i].Name, "", at(path+".imagePullSecrets", i), "", false)
	}
	for i := range s.Volumes {
		c.volume(&s.Volumes[i], at(path+".volumes", i))
	}
	t.Placement = p.placement(s)
	c.cluster(model.EdgeClass, model.KindPriorityClass, s.PriorityClassName, path+".priorityClassName")
	if s.RuntimeClassName != nil {
		c.cluster(model.EdgeClass, model.KindRuntimeClass, *s.RuntimeClassName, path+".runtimeClassName")
	}
	return t, c.refs
}

func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

func (c *podSpec) add(r model.Reference) {
	if r.To.Name != "" && len(c.refs) < maxRefs {
		c.refs = append(c.refs, r)
	}
}

func (c *podSpec) ref(typ model.EdgeType, kind model.Kind, to, key, path, container string, optional bool) {
	c.add(model.Reference{
		Type: typ, To: model.Ref{Kind: kind, Namespace: c.namespace, Name: c.word(to)},
		Key: c.word(key), Path: path, Container: container, Optional: optional,
	})
}

// cluster is ref for a cluster-scoped kind.
func (c *podSpec) cluster(typ model.EdgeType, kind model.Kind, to, path string) {
	c.add(model.Reference{Type: typ, To: model.Ref{Kind: kind, Name: c.word(to)}, Path: path})
}

func (c *podSpec) container(k *corev1.Container, path string) model.Container {
	out := model.Container{
		Name:     c.word(k.Name),
		Image:    c.image(k.Image),
		Requests: c.amounts(k.Resources.Requests),
		Limits:   c.amounts(k.Resources.Limits),
	}
	if n := min(len(k.Ports), maxPorts); n > 0 {
		out.Ports = make([]model.ContainerPort, n)
		for i := range n {
			port := &k.Ports[i]
			out.Ports[i] = model.ContainerPort{
				Name: c.word(port.Name), Protocol: c.protocol(&port.Protocol), Number: port.ContainerPort, Host: port.HostPort, HostIP: c.word(strings.TrimPrefix(port.HostIP, "0.0.0.0")), Aside: aside(port.Name),
			}
		}
	}
	out.Probes = c.probes(k)
	out.Mounts = c.mountPaths(k)
	out.Security = security(c.spec.SecurityContext, k.SecurityContext)
	out.Twice, out.Unset = c.twice(k.Env), c.unset(k)
	text := script(k)
	out.Endless, out.Calls = endless(text), c.calls(k, text)
	for i := range k.VolumeMounts {
		m := &k.VolumeMounts[i]
		c.mount(m.Name, out.Name, m.SubPath != "" || m.SubPathExpr != "")
	}
	for i := range k.VolumeDevices {
		c.mount(k.VolumeDevices[i].Name, out.Name, false)
	}
	for i := range k.EnvFrom {
		e, where := &k.EnvFrom[i], at(path+".envFrom", i)
		if r := e.SecretRef; r != nil {
			c.ref(model.EdgeEnvFrom, model.KindSecret, r.Name, "", where+".secretRef", out.Name, isTrue(r.Optional))
		}
		if r := e.ConfigMapRef; r != nil {
			c.ref(model.EdgeEnvFrom, model.KindConfigMap, r.Name, "", where+".configMapRef", out.Name, isTrue(r.Optional))
		}
	}
	if n := min(len(k.Env), maxEnv); n > 0 {
		out.EnvNames = make([]string, n)
		for i := range n {
			out.EnvNames[i] = c.word(k.Env[i].Name)
		}
	}
	lists := hosts.Reader{Namespace: c.namespace}
	for i := range k.Env {
		c.env(&out, &lists, &k.Env[i], at(path+".env", i))
	}
	for _, list := range [...]struct {
		field string
		args  []string
	}{{".command", k.Command}, {".args", k.Args}} {
		lists.Args(path+list.field, list.args)
		for i, arg := range list.args {
			flag, value, has := strings.Cut(arg, "=")
			listens(&out, "", arg)
			switch {
			case has && strings.HasPrefix(flag, "-"):
				c.plain(flag, value, at(path+list.field, i), out.Name)
			case i > 0 && strings.HasPrefix(list.args[i-1], "-"):
				c.plain(list.args[i-1], arg, at(path+list.field, i), out.Name)
			default:
				c.plain("", arg, at(path+list.field, i), out.Name)
			}
		}
	}
	out.Hosts = c.hostLists(&lists)
	c.hostRefs(out.Hosts, out.Name)
	return out
}

func (c *podSpec) env(out *model.Container, lists *hosts.Reader, e *corev1.EnvVar, path string) {
	if from := e.ValueFrom; from != nil {
		if r := from.SecretKeyRef; r != nil {
			c.ref(model.EdgeEnv, model.KindSecret, r.Name, r.Key, path+".valueFrom.secretKeyRef", out.Name, isTrue(r.Optional))
		}
		if r := from.ConfigMapKeyRef; r != nil {
			c.ref(model.EdgeEnv, model.KindConfigMap, r.Name, r.Key, path+".valueFrom.configMapKeyRef", out.Name, isTrue(r.Optional))
		}
		return
	}
	if e.Value == "" {
		return
	}
	for _, kept := range model.KeptEnv {
		if e.Name == kept {
			if out.Env == nil {
				out.Env = map[string]string{}
			}
			out.Env[kept] = c.word(e.Value)
		}
	}
	listens(out, e.Name, e.Value)
	lists.Value(path, e.Name, e.Value)
	c.plain(e.Name, e.Value, path, out.Name)
}

func (c *podSpec) mount(volume, container string, subPath bool) {
	list := c.mounts[volume]
	for i := range list {
		if list[i].container == container {
			list[i].subPath = list[i].subPath || subPath
			return
		}
	}
	c.mounts[volume] = append(list, mount{container, subPath})
}

// image keeps an image's name once; it may carry a digest and be long.
func (p *Projector) image(s string) string {
	return p.shared.get(sanitize.Line(s, imageLimit), mask.Text)
}

func (p *Projector) amounts(in corev1.ResourceList) map[string]string {
	if len(in) == 0 {
		return nil
	}
	out := make(map[string]string, len(in))
	for k, v := range in {
		if len(out) == maxLabels {
			break
		}
		out[p.word(string(k))] = p.quantity(v)
	}
	return p.pairs.once(out)
}

func (p *Projector) quantity(q resource.Quantity) string { return p.word(q.String()) }

func (p *Projector) selector(s *metav1.LabelSelector) *model.Selector {
	if s == nil {
		return nil
	}
	out := &model.Selector{Labels: p.labels(s.MatchLabels)}
	for i := range s.MatchExpressions {
		e := &s.MatchExpressions[i]
		out.Terms = append(out.Terms, model.Term{Key: p.word(e.Key), Op: p.word(string(e.Operator)), Values: p.words(e.Values, 1024)})
	}
	return out
}

func isTrue(b *bool) bool { return b != nil && *b }
