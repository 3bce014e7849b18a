package project

import (
	"regexp"

	corev1 "k8s.io/api/core/v1"

	"github.com/careen-tui/careen/internal/model"
)

const maxTaints = 64

// node keeps what does not move with a heartbeat: of conditions without trouble nothing
// but that they are there, and of a message none of the ages that it counts.
func (p *Projector) node(o *corev1.Node) *model.Node {
	out := &model.Node{
		Meta: p.meta(model.KindNode, &o.ObjectMeta), Unschedulable: o.Spec.Unschedulable, Version: p.word(o.Status.NodeInfo.KubeletVersion),
		Allocatable: p.amounts(o.Status.Allocatable),
	}
	for i := range o.Status.Conditions[:min(len(o.Status.Conditions), maxConditions)] {
		c := &o.Status.Conditions[i]
		message := ""
		switch {
		case c.Type == corev1.NodeReady:
			out.Reported = true
			out.Ready = c.Status == corev1.ConditionTrue
			if !out.Ready {
				message = ages.ReplaceAllString(c.Message, "was last seen active some time ago")
			}
			if c.Status == corev1.ConditionUnknown {
				out.Silent = moment(&c.LastHeartbeatTime)
			}
			out.ReadySince = p.nodeCondition(c, message)
		case c.Status == corev1.ConditionTrue:
			out.Conditions = append(out.Conditions, p.nodeCondition(c, c.Message))
		}
	}
	for i := range o.Spec.Taints[:min(len(o.Spec.Taints), maxTaints)] {
		t := &o.Spec.Taints[i]
		out.Taints = append(out.Taints, model.Taint{Key: p.word(t.Key), Value: p.word(t.Value), Effect: p.word(string(t.Effect))})
	}
	return out
}

func (p *Projector) nodeCondition(c *corev1.NodeCondition, message string) model.Condition {
	return p.condition("", string(c.Type), string(c.Status), c.Reason, message, moment(&c.LastTransitionTime))
}

// ages is what the kubelet says of its event generator, newly with each heartbeat
// (kubernetes pkg/kubelet/pleg/generic.go, Healthy).
var ages = regexp.MustCompile(`was last seen active \S+ ago`)
