package model

// Ingress is an Ingress: the class that serves it, and where it leads.
type Ingress struct {
	Meta
	Class     string `careen:"name"` // spec.ingressClassName, or the annotation before it
	Backends  []Backend
	TLS       []IngressTLS
	Addresses []string `careen:"name"` // of the controller that serves it
	Cut       bool     // it has more backends than are kept
}

// Backend is one path of an Ingress, or its default, and the Service port it leads to.
type Backend struct {
	Host, Path string `careen:"name"`
	Service    string `careen:"name"`
	Port       int32  // 0 where it is asked for by name
	PortName   string `careen:"name"`
	Field      string `careen:"text"` // spec.rules[0].http.paths[1].backend
}

// IngressTLS is a certificate of an Ingress, and the hosts it is for.
type IngressTLS struct {
	Hosts  []string `careen:"name"`
	Secret string   `careen:"name"`
}

// NetworkPolicy says what may reach pods, and what they may reach.
type NetworkPolicy struct {
	Meta
	Selector *Selector // an empty one selects all pods of the namespace
	Ingress  bool      // it governs what comes in
	Egress   bool      // it governs what goes out
	In, Out  []PolicyRule
	Cut      bool // it has more rules than are kept
}

// PolicyRule allows traffic. No peers mean all, no ports mean all.
type PolicyRule struct {
	Peers []Peer
	Ports []PolicyPort
}

// Peer is whom a rule allows: pods by their labels and those of their namespace, or
// addresses.
type Peer struct {
	Pods       *Selector
	Namespaces *Selector // nil: the policy's own namespace
	Block      string    `careen:"keep"` // a range of addresses, for which the others are nil
}

// PolicyPort is a port, or a range of ports, that a rule allows.
type PolicyPort struct {
	Protocol    string `careen:"keep"` // TCP, UDP or SCTP, never empty
	Name        string `careen:"name"`
	Number, End int32  // 0: all ports
}
