package objects

import (
	"strconv"

	"github.com/careen-tui/careen/internal/model"
)

// PodSpec is the spec of a pod, or of a pod template.
type PodSpec struct {
	ServiceAccountName           string            `json:"serviceAccountName" note:"\"default\" where none is named"`
	AutomountServiceAccountToken bool              `json:"automountServiceAccountToken" note:"true where it is not said"`
	InitContainers               []Container       `json:"initContainers"`
	Containers                   []Container       `json:"containers"`
	NodeName                     string            `json:"nodeName"`
	RestartPolicy                string            `json:"restartPolicy"`
	HostNetwork                  bool              `json:"hostNetwork"`
	DNSPolicy                    string            `json:"dnsPolicy"`
	SchedulerName                string            `json:"schedulerName"`
	NodeSelector                 map[string]string `json:"nodeSelector"`
	Tolerations                  []Toleration      `json:"tolerations"`
	Priority                     int32             `json:"priority"`
}

// Toleration is a toleration.
type Toleration struct {
	Key      string `json:"key"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
	Effect   string `json:"effect"`
}

// Container is a container's specification, without what it runs and the values of its
// environment.
type Container struct {
	Name            string          `json:"name"`
	Image           string          `json:"image"`
	Ports           []ContainerPort `json:"ports"`
	Env             []EnvVar        `json:"env" note:"names alone"`
	Resources       Resources       `json:"resources"`
	LivenessProbe   *Probe          `json:"livenessProbe"`
	ReadinessProbe  *Probe          `json:"readinessProbe"`
	StartupProbe    *Probe          `json:"startupProbe"`
	VolumeMounts    []VolumeMount   `json:"volumeMounts" note:"without that of the account's token"`
	SecurityContext Security        `json:"securityContext"`
	RestartPolicy   string          `json:"restartPolicy" note:"Always for an init container that restarts always, else empty"`
}

// ContainerPort is a port that a container declares.
type ContainerPort struct {
	Name          string `json:"name"`
	Protocol      string `json:"protocol"`
	ContainerPort int32  `json:"containerPort"`
	HostPort      int32  `json:"hostPort"`
}

// EnvVar is a variable without its value.
type EnvVar struct {
	Name string `json:"name"`
}

// Resources are requests and limits, as quantities: see the function quantity.
type Resources struct {
	Requests map[string]string `json:"requests"`
	Limits   map[string]string `json:"limits"`
}

// VolumeMount is a path at which a volume stands.
type VolumeMount struct {
	Name      string `json:"name"`
	MountPath string `json:"mountPath"`
	SubPath   string `json:"subPath"`
	ReadOnly  bool   `json:"readOnly"`
}

// Security is the security context of a container, that of its pod counted in.
type Security struct {
	RunAsUser              *int64 `json:"runAsUser"`
	RunAsNonRoot           bool   `json:"runAsNonRoot"`
	ReadOnlyRootFilesystem bool   `json:"readOnlyRootFilesystem"`
}

// Probe is a probe; what an exec probe runs is not kept.
type Probe struct {
	HTTPGet             *HTTPGet `json:"httpGet"`
	TCPSocket           *Socket  `json:"tcpSocket"`
	GRPC                *Socket  `json:"grpc"`
	Exec                *Exec    `json:"exec" note:"that it is one, without what it runs"`
	InitialDelaySeconds int32    `json:"initialDelaySeconds"`
	PeriodSeconds       int32    `json:"periodSeconds"`
	TimeoutSeconds      int32    `json:"timeoutSeconds"`
	FailureThreshold    int32    `json:"failureThreshold"`
}

// HTTPGet is an HTTP probe.
type HTTPGet struct {
	Path   string `json:"path"`
	Port   string `json:"port" note:"a number or a name, as text"`
	Scheme string `json:"scheme"`
	Host   string `json:"host"`
}

// Socket is a TCP or gRPC probe.
type Socket struct {
	Port string `json:"port" note:"a number or a name, as text"`
}

// Exec is an exec probe.
type Exec struct {
	Hidden bool `json:"-"`
}

// podSpecOf is the spec of a template. node is where its pod runs.
func podSpecOf(t *model.Template, node string) PodSpec {
	out := PodSpec{
		ServiceAccountName: t.ServiceAccount, AutomountServiceAccountToken: t.AutomountToken, NodeName: node, RestartPolicy: t.RestartPolicy,
		HostNetwork: t.HostNetwork, DNSPolicy: t.DNSPolicy,
	}
	if p := t.Placement; p != nil {
		out.SchedulerName, out.NodeSelector, out.Priority = p.Scheduler, p.NodeSelector, p.Priority
		for _, t := range p.Tolerations {
			out.Tolerations = append(out.Tolerations, Toleration{t.Key, t.Op, t.Value, t.Effect})
		}
	}
	for i := range t.Containers {
		c := containerOf(&t.Containers[i])
		if t.Containers[i].Init {
			out.InitContainers = append(out.InitContainers, c)
		} else {
			out.Containers = append(out.Containers, c)
		}
	}
	return out
}

func containerOf(c *model.Container) Container {
	out := Container{
		Name: c.Name, Image: c.Image, Resources: Resources{c.Requests, c.Limits},
		LivenessProbe: probeOf(c, model.Liveness), ReadinessProbe: probeOf(c, model.Readiness), StartupProbe: probeOf(c, model.Startup),
		SecurityContext: Security{RunAsNonRoot: c.Security.NonRoot, ReadOnlyRootFilesystem: c.Security.ReadOnlyRoot},
	}
	if user := c.Security.User; user >= 0 {
		out.SecurityContext.RunAsUser = &user
	}
	if c.Sidecar {
		out.RestartPolicy = "Always"
	}
	for _, p := range c.Ports {
		out.Ports = append(out.Ports, ContainerPort{p.Name, p.Protocol, p.Number, p.Host})
	}
	for _, name := range c.EnvNames {
		out.Env = append(out.Env, EnvVar{name})
	}
	for _, m := range c.Mounts {
		out.VolumeMounts = append(out.VolumeMounts, VolumeMount{m.Volume, m.Path, m.SubPath, m.ReadOnly})
	}
	return out
}

func probeOf(c *model.Container, role model.ProbeRole) *Probe {
	p := c.ProbeOf(role)
	if p == nil {
		return nil
	}
	out := &Probe{InitialDelaySeconds: p.Delay, PeriodSeconds: p.Period, TimeoutSeconds: p.Timeout, FailureThreshold: p.Failures}
	switch port := portOf(p.Port, p.PortName); p.Type {
	case "http":
		out.HTTPGet = &HTTPGet{p.Path, port, p.Scheme, p.Host}
	case "tcp":
		out.TCPSocket = &Socket{port}
	case "grpc":
		out.GRPC = &Socket{port}
	default:
		out.Exec = &Exec{true}
	}
	return out
}

// portOf is a port as text: its number, or its name where it is asked for by that.
func portOf(number int32, name string) string {
	if number == 0 {
		return name
	}
	return strconv.Itoa(int(number))
}
