package project

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/careen-tui/careen/internal/model"
)

// maxMounts bounds the volume mounts of one container.
const maxMounts = 128

// probes are the probes of a container, with the API server's defaults filled in
// where an object does not carry them.
func (p *Projector) probes(k *corev1.Container) (out []model.Probe) {
	for _, one := range [...]struct {
		role  model.ProbeRole
		probe *corev1.Probe
	}{{model.Liveness, k.LivenessProbe}, {model.Readiness, k.ReadinessProbe}, {model.Startup, k.StartupProbe}} {
		if one.probe != nil {
			out = append(out, p.probe(one.role, one.probe))
		}
	}
	return out
}

// probe fills in the defaults of pkg/apis/core/v1/defaults.go, SetDefaults_Probe.
func (p *Projector) probe(role model.ProbeRole, in *corev1.Probe) model.Probe {
	or := func(n, otherwise int32) int32 {
		if n == 0 {
			return otherwise
		}
		return n
	}
	out := model.Probe{
		Role: role, Type: "exec", Delay: in.InitialDelaySeconds,
		Period: or(in.PeriodSeconds, 10), Timeout: or(in.TimeoutSeconds, 1), Failures: or(in.FailureThreshold, 3),
	}
	port := func(at intstr.IntOrString) {
		if at.Type == intstr.String {
			out.PortName = p.word(at.StrVal)
		} else {
			out.Port = at.IntVal
		}
	}
	switch {
	case in.HTTPGet != nil:
		out.Type, out.Path, out.Scheme, out.Host = "http", p.word(in.HTTPGet.Path), p.word(string(in.HTTPGet.Scheme)), p.word(in.HTTPGet.Host)
		if out.Path == "" {
			out.Path = "/"
		}
		if out.Scheme == "" {
			out.Scheme = string(corev1.URISchemeHTTP)
		}
		port(in.HTTPGet.Port)
	case in.TCPSocket != nil:
		out.Type, out.Host = "tcp", p.word(in.TCPSocket.Host)
		port(in.TCPSocket.Port)
	case in.GRPC != nil:
		out.Type, out.Port = "grpc", in.GRPC.Port
	}
	return out
}

// mountPaths are the paths at which a container has volumes.
func (c *podSpec) mountPaths(k *corev1.Container) (out []model.Mount) {
	for i := range k.VolumeMounts {
		m := &k.VolumeMounts[i]
		if strings.HasPrefix(m.Name, tokenVolume) || len(out) == maxMounts {
			continue
		}
		sub := m.SubPath
		if sub == "" {
			sub = m.SubPathExpr
		}
		out = append(out, model.Mount{Path: c.word(m.MountPath), Volume: c.word(m.Name), From: c.source(m.Name), ReadOnly: m.ReadOnly, SubPath: c.word(sub)})
	}
	return out
}

// source is the object that a volume of the pod shows.
func (c *podSpec) source(volume string) model.Ref {
	for i := range c.spec.Volumes {
		v := &c.spec.Volumes[i]
		if v.Name != volume {
			continue
		}
		to := func(kind model.Kind, name string) model.Ref {
			return model.Ref{Kind: kind, Namespace: c.namespace, Name: c.word(name)}
		}
		switch {
		case v.Secret != nil:
			return to(model.KindSecret, v.Secret.SecretName)
		case v.ConfigMap != nil:
			return to(model.KindConfigMap, v.ConfigMap.Name)
		}
	}
	return model.Ref{}
}

// security is what a container runs as: its own security context wins over the pod's.
func security(pod *corev1.PodSecurityContext, own *corev1.SecurityContext) model.Security {
	out := model.Security{User: -1}
	if pod != nil {
		out.NonRoot = isTrue(pod.RunAsNonRoot)
		if pod.RunAsUser != nil {
			out.User = *pod.RunAsUser
		}
	}
	if own != nil {
		if own.RunAsNonRoot != nil {
			out.NonRoot = *own.RunAsNonRoot
		}
		if own.RunAsUser != nil {
			out.User = *own.RunAsUser
		}
		out.ReadOnlyRoot = isTrue(own.ReadOnlyRootFilesystem)
	}
	return out
}

// twice names the variables that a list sets twice to different things. The later one
// wins (kubernetes pkg/kubelet/kubelet_pods.go), and no value is kept. A later value
// that is made of the earlier one, as PATH=$(PATH):/opt, is meant so.
func (p *Projector) twice(env []corev1.EnvVar) (out []string) {
	for i := 1; i < min(len(env), maxEnv); i++ {
		for j := range i {
			if env[j].Name != env[i].Name || sameSource(&env[j], &env[i]) || strings.Contains(env[i].Value, "$("+env[i].Name+")") {
				continue
			}
			if name := p.word(env[i].Name); !slices.Contains(out, name) {
				out = append(out, name)
			}
			break
		}
	}
	return out
}

func sameSource(a, b *corev1.EnvVar) bool {
	if a.ValueFrom == nil || b.ValueFrom == nil {
		return a.ValueFrom == b.ValueFrom && a.Value == b.Value
	}
	return a.ValueFrom.String() == b.ValueFrom.String()
}
