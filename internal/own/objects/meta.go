package objects

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// Meta is metadata.
type Meta struct {
	Name              string            `json:"name"`
	Namespace         string            `json:"namespace"`
	UID               string            `json:"uid"`
	Generation        int64             `json:"generation"`
	CreationTimestamp time.Time         `json:"creationTimestamp"`
	DeletionTimestamp time.Time         `json:"deletionTimestamp"`
	Labels            map[string]string `json:"labels"`
	Annotations       map[string]string `json:"annotations" note:"long ones are cut, and what looks like a credential is hidden"`
	Finalizers        []string          `json:"finalizers"`
	OwnerReferences   []Owner           `json:"ownerReferences"`
}

// Owner is an owner reference.
type Owner struct {
	Kind       string `json:"kind" note:"with the group for kinds that are not built in"`
	Name       string `json:"name"`
	UID        string `json:"uid"`
	Controller bool   `json:"controller"`
}

// Condition is a status condition.
type Condition struct {
	Type               string    `json:"type"`
	Status             string    `json:"status"`
	Reason             string    `json:"reason"`
	Message            string    `json:"message"`
	LastTransitionTime time.Time `json:"lastTransitionTime"`
}

// Selector is a label selector.
type Selector struct {
	MatchLabels      map[string]string `json:"matchLabels"`
	MatchExpressions []Requirement     `json:"matchExpressions"`
}

// Requirement is a match expression.
type Requirement struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

func metaOf(m *model.Meta) Meta {
	out := Meta{
		Name: m.Name, Namespace: m.Namespace, UID: m.UID, Generation: m.Generation, CreationTimestamp: m.Created, DeletionTimestamp: m.Deleting,
		Labels: m.Labels, Annotations: m.Annotations, Finalizers: m.Finalizers,
	}
	for _, o := range m.Owners {
		out.OwnerReferences = append(out.OwnerReferences, Owner{string(o.Kind), o.Name, o.UID, o.Controller})
	}
	return out
}

func conditionsOf(list []model.Condition) (out []Condition) {
	for _, c := range list {
		out = append(out, Condition{c.Type, c.Status, c.Reason, c.Message, c.Since})
	}
	return out
}

func selectorOf(s *model.Selector) *Selector {
	if s == nil {
		return nil
	}
	out := &Selector{MatchLabels: s.Labels}
	for _, t := range s.Terms {
		out.MatchExpressions = append(out.MatchExpressions, Requirement{t.Key, t.Op, t.Values})
	}
	return out
}
