package objects

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Namespace is a Namespace.
type Namespace struct {
	Metadata Meta            `json:"metadata"`
	Status   NamespaceStatus `json:"status"`
}

// NamespaceStatus is the status of a Namespace.
type NamespaceStatus struct {
	Phase      string      `json:"phase"`
	Conditions []Condition `json:"conditions"`
}

func namespaceOf(n *model.Namespace) *Namespace {
	return &Namespace{metaOf(&n.Meta), NamespaceStatus{n.Phase, conditionsOf(n.Conditions)}}
}

// Node is a Node.
type Node struct {
	Metadata Meta       `json:"metadata"`
	Spec     NodeSpec   `json:"spec"`
	Status   NodeStatus `json:"status"`
}

// NodeSpec is the spec of a Node.
type NodeSpec struct {
	Unschedulable bool    `json:"unschedulable"`
	Taints        []Taint `json:"taints"`
}

// Taint is a taint.
type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Effect string `json:"effect"`
}

// NodeStatus is the status of a Node.
type NodeStatus struct {
	Allocatable map[string]string `json:"allocatable"`
	Conditions  []Condition       `json:"conditions" note:"Ready, and those that report trouble"`
	NodeInfo    NodeInfo          `json:"nodeInfo"`
}

// NodeInfo is what a node says of itself.
type NodeInfo struct {
	KubeletVersion string `json:"kubeletVersion"`
}

func nodeOf(n *model.Node) *Node {
	out := &Node{Metadata: metaOf(&n.Meta), Spec: NodeSpec{Unschedulable: n.Unschedulable}, Status: NodeStatus{n.Allocatable, nil, NodeInfo{n.Version}}}
	for _, t := range n.Taints {
		out.Spec.Taints = append(out.Spec.Taints, Taint{t.Key, t.Value, t.Effect})
	}
	conditions := n.Conditions
	if n.ReadySince.Standing != nil {
		conditions = append([]model.Condition{n.ReadySince}, conditions...)
	}
	out.Status.Conditions = conditionsOf(conditions)
	return out
}

// Quota is a ResourceQuota.
type Quota struct {
	Metadata Meta        `json:"metadata"`
	Status   QuotaStatus `json:"status"`
}

// QuotaStatus is what a quota allows, and what is used.
type QuotaStatus struct {
	Hard map[string]string `json:"hard"`
	Used map[string]string `json:"used"`
}

func quotaOf(q *model.Quota) *Quota { return &Quota{metaOf(&q.Meta), QuotaStatus{q.Hard, q.Used}} }

// Event is a Warning event.
type Event struct {
	Metadata       Meta      `json:"metadata"`
	InvolvedObject Involved  `json:"involvedObject"`
	Reason         string    `json:"reason"`
	Message        string    `json:"message"`
	Count          int32     `json:"count"`
	FirstTimestamp time.Time `json:"firstTimestamp"`
	LastTimestamp  time.Time `json:"lastTimestamp"`
}

// Involved is what an event is about.
type Involved struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	FieldPath string `json:"fieldPath"`
}

func eventOf(e *model.Event) *Event {
	return &Event{
		metaOf(&e.Meta), Involved{string(e.About.Kind), e.About.Namespace, e.About.Name, e.Field}, e.Reason, e.Message, e.Count, e.First, e.Last,
	}
}

// Webhooks is a ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
type Webhooks struct {
	Metadata Meta      `json:"metadata"`
	Webhooks []Webhook `json:"webhooks"`
}

// Webhook is one webhook.
type Webhook struct {
	Name              string       `json:"name"`
	FailurePolicy     string       `json:"failurePolicy"`
	TimeoutSeconds    int32        `json:"timeoutSeconds"`
	ClientConfig      ClientConfig `json:"clientConfig"`
	NamespaceSelector *Selector    `json:"namespaceSelector"`
	ObjectSelector    *Selector    `json:"objectSelector"`
}

// ClientConfig is where a webhook is called.
type ClientConfig struct {
	Service Involvee `json:"service"`
}

// Involvee names a Service.
type Involvee struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

func webhooksOf(w *model.WebhookConfig) *Webhooks {
	out := &Webhooks{Metadata: metaOf(&w.Meta)}
	for _, h := range w.Hooks {
		out.Webhooks = append(out.Webhooks, Webhook{
			h.Name, h.FailurePolicy, h.TimeoutSeconds,
			ClientConfig{Involvee{h.Service.Namespace, h.Service.Name}},
			selectorOf(h.NamespaceSelector), selectorOf(h.ObjectSelector),
		})
	}
	return out
}

// Other is an object of which careen keeps little: a class, an APIService, a definition.
type Other struct {
	Metadata Meta        `json:"metadata"`
	Status   OtherStatus `json:"status"`
}

// OtherStatus are the conditions of an object.
type OtherStatus struct {
	Conditions []Condition `json:"conditions"`
}

func otherOf(o *model.Object) *Other {
	return &Other{metaOf(&o.Meta), OtherStatus{conditionsOf(o.Conditions)}}
}

// Custom is a custom resource.
type Custom struct {
	Metadata Meta         `json:"metadata"`
	Spec     CustomSpec   `json:"spec"`
	Status   CustomStatus `json:"status"`
}

// CustomSpec is what careen keeps of the spec of a custom resource.
type CustomSpec struct {
	Suspend bool `json:"suspend" note:"or paused"`
}

// CustomStatus are the conditions of a custom resource.
type CustomStatus struct {
	ObservedGeneration int64       `json:"observedGeneration"`
	Conditions         []Condition `json:"conditions"`
}

func customOf(o *model.Object) *Custom {
	return &Custom{metaOf(&o.Meta), CustomSpec{o.Suspended}, CustomStatus{o.ObservedGeneration, conditionsOf(o.Conditions)}}
}
