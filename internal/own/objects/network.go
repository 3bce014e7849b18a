package objects

import (
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

// Service is a Service.
type Service struct {
	Metadata Meta        `json:"metadata"`
	Spec     ServiceSpec `json:"spec"`
}

// ServiceSpec is the spec of a Service.
type ServiceSpec struct {
	Type                     string            `json:"type"`
	ClusterIP                string            `json:"clusterIP" note:"None for a headless Service, else empty"`
	ExternalName             string            `json:"externalName"`
	Selector                 map[string]string `json:"selector"`
	Ports                    []ServicePort     `json:"ports"`
	PublishNotReadyAddresses bool              `json:"publishNotReadyAddresses"`
	ExternalTrafficPolicy    string            `json:"externalTrafficPolicy" note:"Local, else empty"`
	LoadBalancerClass        string            `json:"loadBalancerClass"`
}

// ServicePort is a port of a Service.
type ServicePort struct {
	Name        string `json:"name"`
	Protocol    string `json:"protocol"`
	AppProtocol string `json:"appProtocol"`
	Port        int32  `json:"port"`
	TargetPort  string `json:"targetPort" note:"a number or a name, as text"`
	NodePort    int32  `json:"nodePort"`
}

func serviceOf(s *model.Service) *Service {
	out := &Service{Metadata: metaOf(&s.Meta)}
	out.Spec = ServiceSpec{
		Type: s.Type, ExternalName: s.ExternalName, Selector: s.Selector, PublishNotReadyAddresses: s.Unready, LoadBalancerClass: s.Balancer,
	}
	if s.Headless {
		out.Spec.ClusterIP = "None"
	}
	if s.Local {
		out.Spec.ExternalTrafficPolicy = "Local"
	}
	for _, p := range s.Ports {
		out.Spec.Ports = append(out.Spec.Ports, ServicePort{p.Name, p.Protocol, p.AppProtocol, p.Number, portOf(p.Target, p.TargetName), p.Node})
	}
	return out
}

// Ingress is an Ingress.
type Ingress struct {
	Metadata Meta        `json:"metadata"`
	Spec     IngressSpec `json:"spec"`
}

// IngressSpec is the spec of an Ingress.
type IngressSpec struct {
	IngressClassName string        `json:"ingressClassName" note:"or the annotation before it"`
	DefaultBackend   *Backend      `json:"defaultBackend"`
	TLS              []IngressTLS  `json:"tls"`
	Rules            []IngressRule `json:"rules"`
}

// IngressTLS is a certificate, and the hosts it is for.
type IngressTLS struct {
	Hosts      []string `json:"hosts"`
	SecretName string   `json:"secretName"`
}

// IngressRule is a host and its paths.
type IngressRule struct {
	Host string      `json:"host"`
	HTTP IngressHTTP `json:"http"`
}

// IngressHTTP are the paths of a rule.
type IngressHTTP struct {
	Paths []IngressPath `json:"paths"`
}

// IngressPath is a path, and where it leads.
type IngressPath struct {
	Path    string  `json:"path"`
	Backend Backend `json:"backend"`
}

// Backend is where a path leads.
type Backend struct {
	Service BackendService `json:"service"`
}

// BackendService is a Service and its port.
type BackendService struct {
	Name string      `json:"name"`
	Port BackendPort `json:"port"`
}

// BackendPort is a port by its name or number.
type BackendPort struct {
	Name   string `json:"name"`
	Number int32  `json:"number"`
}

func ingressOf(in *model.Ingress) *Ingress {
	out := &Ingress{Metadata: metaOf(&in.Meta), Spec: IngressSpec{IngressClassName: in.Class}}
	for _, t := range in.TLS {
		out.Spec.TLS = append(out.Spec.TLS, IngressTLS{t.Hosts, t.Secret})
	}
	last := ""
	for _, b := range in.Backends {
		backend := Backend{BackendService{b.Service, BackendPort{b.PortName, b.Port}}}
		rule, _, ruled := strings.Cut(b.Field, "].") // spec.rules[0].http.paths[1].backend
		if !ruled {
			out.Spec.DefaultBackend = &backend
			continue
		}
		if rule != last {
			last = rule
			out.Spec.Rules = append(out.Spec.Rules, IngressRule{Host: b.Host})
		}
		paths := &out.Spec.Rules[len(out.Spec.Rules)-1].HTTP.Paths
		*paths = append(*paths, IngressPath{b.Path, backend})
	}
	return out
}

// NetworkPolicy is a NetworkPolicy.
type NetworkPolicy struct {
	Metadata Meta              `json:"metadata"`
	Spec     NetworkPolicySpec `json:"spec"`
}

// NetworkPolicySpec is the spec of a NetworkPolicy.
type NetworkPolicySpec struct {
	PodSelector *Selector     `json:"podSelector"`
	PolicyTypes []string      `json:"policyTypes"`
	Ingress     []IngressFrom `json:"ingress"`
	Egress      []EgressTo    `json:"egress"`
}

// IngressFrom allows what comes in.
type IngressFrom struct {
	From  []Peer       `json:"from"`
	Ports []PolicyPort `json:"ports"`
}

// EgressTo allows what goes out.
type EgressTo struct {
	To    []Peer       `json:"to"`
	Ports []PolicyPort `json:"ports"`
}

// Peer is whom a rule allows.
type Peer struct {
	PodSelector       *Selector `json:"podSelector"`
	NamespaceSelector *Selector `json:"namespaceSelector"`
	IPBlock           IPBlock   `json:"ipBlock"`
}

// IPBlock is a range of addresses.
type IPBlock struct {
	CIDR string `json:"cidr"`
}

// PolicyPort is a port that a rule allows.
type PolicyPort struct {
	Protocol string `json:"protocol"`
	Port     string `json:"port" note:"a number or a name, as text"`
	EndPort  int32  `json:"endPort" note:"that of port where it is not a range"`
}

func networkPolicyOf(p *model.NetworkPolicy) *NetworkPolicy {
	out := &NetworkPolicy{Metadata: metaOf(&p.Meta), Spec: NetworkPolicySpec{PodSelector: selectorOf(p.Selector)}}
	if p.Ingress {
		out.Spec.PolicyTypes = append(out.Spec.PolicyTypes, "Ingress")
	}
	if p.Egress {
		out.Spec.PolicyTypes = append(out.Spec.PolicyTypes, "Egress")
	}
	for _, r := range p.In {
		out.Spec.Ingress = append(out.Spec.Ingress, IngressFrom{peersOf(r.Peers), policyPortsOf(r.Ports)})
	}
	for _, r := range p.Out {
		out.Spec.Egress = append(out.Spec.Egress, EgressTo{peersOf(r.Peers), policyPortsOf(r.Ports)})
	}
	return out
}

func peersOf(list []model.Peer) (out []Peer) {
	for _, p := range list {
		out = append(out, Peer{selectorOf(p.Pods), selectorOf(p.Namespaces), IPBlock{p.Block}})
	}
	return out
}

func policyPortsOf(list []model.PolicyPort) (out []PolicyPort) {
	for _, p := range list {
		out = append(out, PolicyPort{p.Protocol, portOf(p.Number, p.Name), p.End})
	}
	return out
}
