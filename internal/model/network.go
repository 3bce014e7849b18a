package model

// Service is a Service; its selector is also an EdgeSelects in the graph.
type Service struct {
	Meta
	Type         string
	Selector     map[string]string // nil where it selects nothing by design
	Headless     bool
	ExternalName string
	Ports        []string // "http 80/TCP"
}

// EndpointSlice counts a service's endpoints; Service is its name.
type EndpointSlice struct {
	Meta
	Service  string
	Ready    []string // pod names, or addresses where no pod stands behind them
	NotReady []string
}

// Policy is a NetworkPolicy, PodDisruptionBudget or HorizontalPodAutoscaler: a
// selector or a target, and a line for the eye.
type Policy struct {
	Meta
	Selector *Selector
	Target   Ref // an autoscaler's
	Detail   string
}

// Namespace is a Namespace; pod security levels stand in its labels.
type Namespace struct {
	Meta
	Phase string
}

// Node is a Node. Heartbeats do not change the record.
type Node struct {
	Meta
	Ready         bool
	ReadySince    Condition
	Unschedulable bool
	Taints        []string
	Version       string
}

// Quota is a ResourceQuota: what it allows and what is used, by resource name.
type Quota struct {
	Meta
	Hard, Used map[string]string
}

// LimitRange is a LimitRange: its items as "Container max cpu 2".
type LimitRange struct {
	Meta
	Items []string
}
