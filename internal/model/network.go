package model

import "time"

// Service is a Service; its selector is also an EdgeSelects in the graph.
type Service struct {
	Meta
	Type         string            `careen:"keep"`
	Selector     map[string]string `careen:"key value"` // nil where it selects nothing by design
	Headless     bool
	IP           string `careen:"keep"` // of its own; empty where it has none
	ExternalName string `careen:"name"`
	Ports        []ServicePort
	Unready      bool     // publishNotReadyAddresses: pods are endpoints before they are ready
	Local        bool     // externalTrafficPolicy Local: nodes without a pod of it drop what comes from outside
	Inward       bool     // internalTrafficPolicy Local: a pod reaches it only where one of its own is ready on the same node
	Balancer     string   `careen:"name"` // loadBalancerClass
	Addresses    []string `careen:"name"` // of the load balancer
	Cut          bool     // it has more ports than are kept
	Follows      bool     // its selector names labels that programs or controllers give to pods at run time: a role, a leader
}

// BalancerImages stand in the images of what gives Services of type LoadBalancer their addresses.
var BalancerImages = []string{"metallb/", "kube-vip/", "klipper-lb", "load-balancer-controller", "cloud-controller-manager", "purelb/", "openelb", "loxilb"}

// ServicePort is a port of a Service.
type ServicePort struct {
	Name        string `careen:"name"`
	Protocol    string `careen:"keep"` // TCP, UDP or SCTP, never empty
	AppProtocol string `careen:"text"`
	Number      int32
	Target      int32  // the pod's port; 0 where it is asked for by name
	TargetName  string `careen:"name"`
	Node        int32  // the nodes' port, 0 for none
	Aside       bool   // by its name the program is watched or managed there, not used
}

// EndpointSlice counts a service's endpoints; Service is its name.
type EndpointSlice struct {
	Meta
	Service     string        `careen:"name"`
	Ready       []string      `careen:"name"` // pod names, or addresses where no pod stands behind them
	NotReady    []string      `careen:"name"` // those that end among them
	Terminating []string      `careen:"name"`
	Ports       []ServicePort // name, protocol and number, which is the pods'
}

// Namespace is a Namespace; pod security levels stand in its labels.
type Namespace struct {
	Meta
	Phase      string      `careen:"keep"`
	Conditions []Condition // why its deletion does not come to an end
}

// Node is a Node. Heartbeats do not change the record.
type Node struct {
	Meta
	Ready         bool
	ReadySince    Condition   // see Readiness
	Conditions    []Condition // the others that report trouble; of those that do not, none
	Silent        time.Time   // the kubelet's last heartbeat, where Ready is Unknown
	Reported      bool        // it has conditions: a kubelet reported once
	Unschedulable bool
	Taints        []Taint
	Allocatable   map[string]string `careen:"key keep"`
	Version       string            `careen:"keep"`
}

// Readiness is its Ready condition, an empty one where it has none.
func (n *Node) Readiness() Condition {
	if n.ReadySince.Standing == nil {
		return Condition{Standing: &Standing{}}
	}
	return n.ReadySince
}

// Quota is a ResourceQuota: what it allows and what is used, by resource name.
type Quota struct {
	Meta
	Hard, Used map[string]string `careen:"text keep"`
	Scoped     bool              // it counts only some pods: those of a priority, or without requests
}

// LimitRange is a LimitRange: its items as "Container max cpu 2".
type LimitRange struct {
	Meta
	Items []string `careen:"text"`
}
