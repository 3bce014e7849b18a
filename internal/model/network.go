package model

import "time"

// Service is a Service; its selector is also an EdgeSelects in the graph.
type Service struct {
	Meta
	Type         string            `careen:"keep"`
	Selector     map[string]string `careen:"key value"` // nil where it selects nothing by design
	Headless     bool
	ExternalName string   `careen:"name"`
	Ports        []string `careen:"text"` // "http 80/TCP"
}

// EndpointSlice counts a service's endpoints; Service is its name.
type EndpointSlice struct {
	Meta
	Service  string   `careen:"name"`
	Ready    []string `careen:"name"` // pod names, or addresses where no pod stands behind them
	NotReady []string `careen:"name"`
}

// Policy is a NetworkPolicy, PodDisruptionBudget or HorizontalPodAutoscaler: a
// selector or a target, and a line for the eye.
type Policy struct {
	Meta
	Selector *Selector
	Target   Ref    // an autoscaler's
	Detail   string `careen:"text"`
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
	ReadySince    Condition
	Conditions    []Condition // the others that report trouble; of those that do not, none
	Silent        time.Time   // the kubelet's last heartbeat, where Ready is Unknown
	Reported      bool        // it has conditions: a kubelet reported once
	Unschedulable bool
	Taints        []Taint
	Allocatable   map[string]string `careen:"key keep"`
	Version       string            `careen:"keep"`
}

// Quota is a ResourceQuota: what it allows and what is used, by resource name.
type Quota struct {
	Meta
	Hard, Used map[string]string `careen:"text keep"`
}

// LimitRange is a LimitRange: its items as "Container max cpu 2".
type LimitRange struct {
	Meta
	Items []string `careen:"text"`
}
