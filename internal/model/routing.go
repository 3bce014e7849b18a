package model

import "slices"

// Ingress is an Ingress: the class that serves it, and where it leads.
type Ingress struct {
	Meta
	Class     string `careen:"name"` // spec.ingressClassName, or the annotation before it
	Backends  []Backend
	Hosts     []string `careen:"name"` // of its rules
	AllHosts  bool     // a rule without a host, or a default backend, takes any
	TLS       []IngressTLS
	Addresses []string `careen:"name"` // of the controller that serves it
	Cut       bool     // it has more backends or hosts than are kept
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

// The kinds of the Gateway API of which more is kept than of other custom resources.
const (
	KindGateway        Kind = "Gateway.gateway.networking.k8s.io"
	KindGatewayClass   Kind = "GatewayClass.gateway.networking.k8s.io"
	KindReferenceGrant Kind = "ReferenceGrant.gateway.networking.k8s.io"
	KindHTTPRoute      Kind = "HTTPRoute.gateway.networking.k8s.io"
	KindGRPCRoute      Kind = "GRPCRoute.gateway.networking.k8s.io"
	KindTCPRoute       Kind = "TCPRoute.gateway.networking.k8s.io"
	KindTLSRoute       Kind = "TLSRoute.gateway.networking.k8s.io"
	KindUDPRoute       Kind = "UDPRoute.gateway.networking.k8s.io"
)

// RouteKinds are the routes of the Gateway API.
var RouteKinds = []Kind{KindHTTPRoute, KindGRPCRoute, KindTCPRoute, KindTLSRoute, KindUDPRoute}

// IsRoute reports whether a kind is a route of the Gateway API.
func IsRoute(kind Kind) bool { return slices.Contains(RouteKinds, kind) }

// Routing is what an object of the Gateway API says: a Gateway its class and listeners, a
// route its hosts, parents and backends, a ReferenceGrant who may refer to what.
type Routing struct {
	Class     string `careen:"name"`
	Listeners []Listener
	Hosts     []string `careen:"name"`
	Parents   []RouteParent
	Backends  []RouteEnd
	Grants    []Grant
	Cut       bool // it holds more than is kept
}

// Listener is a port of a Gateway, and which routes it takes.
type Listener struct {
	Name     string `careen:"name"`
	Host     string `careen:"name"` // empty for all; may begin with *.
	Protocol string `careen:"key"`  // HTTP, HTTPS, TLS, TCP, UDP, or a controller's own with its domain
	Port     int32
	From     string    `careen:"keep"` // namespaces of its routes: Same, All, Selector or None
	Selector *Selector // of namespaces
	Kinds    []Kind    `careen:"api"` // of routes; empty for those of its protocol
	Secrets  []RouteEnd
}

// RouteEnd is an object that a route or Gateway names, and where.
type RouteEnd struct {
	To    Ref
	Port  int32
	Field string `careen:"text"` // spec.rules[0].backendRefs[1]
}

// RouteParent is what a route is attached to.
type RouteParent struct {
	RouteEnd
	Listener           string `careen:"name"` // sectionName
	Accepted, Resolved bool   // a controller says so of the route as it is now
}

// Grant allows objects of a kind and namespace to refer to objects of a kind of its own
// namespace, or to the one of that name.
type Grant struct {
	From      Kind   `careen:"api"`
	Namespace string `careen:"name"`
	To        Kind   `careen:"api"`
	Name      string `careen:"name"`
}
