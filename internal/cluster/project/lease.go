package project

import (
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"

	"github.com/careen-tui/careen/internal/model"
)

// lease keeps neither who renewed it, which is its holder, nor that a node owns it: a
// node's lease has the node's name. Each is read every few seconds.
func (p *Projector) lease(o *coordinationv1.Lease) *model.Lease {
	m := o.ObjectMeta
	m.ManagedFields, m.OwnerReferences = nil, nil
	for _, owner := range o.OwnerReferences {
		if owner.Kind != string(model.KindNode) || owner.Name != o.Name {
			m.OwnerReferences = append(m.OwnerReferences, owner)
		}
	}
	out := &model.Lease{Meta: p.meta(model.KindLease, &m)}
	if o.Spec.HolderIdentity != nil {
		out.Holder = name(*o.Spec.HolderIdentity)
	}
	if out.Holder == out.Name {
		out.Holder = out.Name // one string for both
	}
	if o.Spec.RenewTime != nil && !o.Spec.RenewTime.IsZero() {
		out.Renewed = o.Spec.RenewTime.UTC()
	}
	if o.Spec.LeaseDurationSeconds != nil {
		out.Duration = time.Duration(*o.Spec.LeaseDurationSeconds) * time.Second
	}
	return out
}
