package model

// ProbeRole says what the kubelet does with a container's probe.
type ProbeRole string

// The roles of probes, in the words of the pod's specification.
const (
	Liveness  ProbeRole = "liveness"
	Readiness ProbeRole = "readiness"
	Startup   ProbeRole = "startup"
)

// Probe is one probe of a container. What an exec probe runs is not kept.
type Probe struct {
	Role     ProbeRole `careen:"keep"`
	Type     string    `careen:"keep"` // http, tcp, grpc or exec
	Port     int32     // 0 where it is named, and for exec
	PortName string    `careen:"keep"` // of a container's port
	Path     string    `careen:"text"` // http, never empty there
	Scheme   string    `careen:"keep"` // HTTP or HTTPS, of http
	Host     string    `careen:"name"` // of http and tcp, where it is not the pod
	Delay    int32     // seconds before the first attempt
	Period   int32     // seconds between two attempts, at least 1
	Timeout  int32     // seconds that an attempt may take, at least 1
	Failures int32     // attempts that must fail one after the other, at least 1
}

// Patience is for how many seconds a container may fail the probe from its start
// until the kubelet acts.
func (p *Probe) Patience() int32 { return p.Delay + p.Period*p.Failures }

// Mount is one path of a container at which a volume stands. The volume that the API
// server adds for the account's token is left out.
type Mount struct {
	Path     string `careen:"text"`
	Volume   string `careen:"name"` // its name in the pod
	From     Ref    // the Secret or ConfigMap that it shows; zero for any other volume
	ReadOnly bool
	SubPath  string `careen:"text"` // of the volume, where not all of it is mounted
}

// Security is what a container runs as, the pod's security context counted in.
type Security struct {
	User         int64 // -1 where the image decides
	NonRoot      bool  // runAsNonRoot
	ReadOnlyRoot bool  // readOnlyRootFilesystem
}

// ProbeOf is the probe of a container in a role, or nil.
func (c *Container) ProbeOf(role ProbeRole) *Probe {
	for i := range c.Probes {
		if c.Probes[i].Role == role {
			return &c.Probes[i]
		}
	}
	return nil
}

// Port is the port that a container declares under that name; ok is false where it
// declares none.
func (c *Container) Port(name string) (port ContainerPort, ok bool) {
	for _, p := range c.Ports {
		if p.Name == name {
			return p, true
		}
	}
	return ContainerPort{}, false
}

// Meets reports whether two containers cannot have their ports of a node at once: they are one
// port and protocol, and of one address or of all (kubernetes pkg/scheduler/framework,
// HostPortInfo).
func (p *ContainerPort) Meets(o *ContainerPort) bool {
	return p.Host == o.Host && p.Protocol == o.Protocol && (p.HostIP == o.HostIP || p.HostIP == "" || o.HostIP == "")
}

// Declares reports whether a container declares a TCP port of that number.
func (c *Container) Declares(number int32) bool { return c.DeclaresFor(number, "TCP") }

// DeclaresFor is Declares for a protocol.
func (c *Container) DeclaresFor(number int32, protocol string) bool {
	for _, p := range c.Ports {
		if p.Number == number && p.Protocol == protocol {
			return true
		}
	}
	return false
}
