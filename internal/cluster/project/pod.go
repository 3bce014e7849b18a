package project

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

func (p *Projector) pod(o *corev1.Pod) *model.Pod {
	owner := shapeOwner(&o.ObjectMeta)
	like := p.shapes.of(owner)
	out := &model.Pod{
		Meta:       p.metaLike(model.KindPod, &o.ObjectMeta, like),
		Phase:      p.word(string(o.Status.Phase)),
		Reason:     p.word(o.Status.Reason),
		Message:    p.message(o.Namespace, o.Status.Message),
		Node:       p.word(o.Spec.NodeName),
		IP:         sanitize.Line(o.Status.PodIP, 64),
		Started:    moment(o.Status.StartTime),
		Conditions: conditions(p, o.Namespace, o.Status.Conditions, podCondition),
	}
	sum := uint64(0)
	if owner.uid != "" && len(out.Refs) == 0 {
		sum = p.shapes.sum(&o.Spec)
	}
	if like != nil && sum != 0 && sum == like.sum {
		out.Template, out.Refs = like.template, like.meta.Refs
	} else {
		out.Template, out.Refs = p.template(out.Refs, out.Namespace, out.Name, "spec", &o.Spec)
		like.share(&out.Meta, out.Template)
		p.shapes.show(owner, sum, &out.Meta, out.Template)
	}
	if c := model.FindCondition(out.Conditions, string(corev1.PodReady)); c != nil {
		out.Ready = c.Status == string(corev1.ConditionTrue)
	}
	n := len(o.Status.InitContainerStatuses) + len(o.Status.ContainerStatuses)
	if n > 0 {
		out.Containers = make([]model.ContainerStatus, 0, min(n, maxContainers))
	}
	for i := range o.Status.InitContainerStatuses {
		p.status(out, &o.Status.InitContainerStatuses[i], true)
	}
	for i := range o.Status.ContainerStatuses {
		p.status(out, &o.Status.ContainerStatuses[i], false)
	}
	return out
}

// shapeOwner is by what the pods of one template know each other.
func shapeOwner(o *metav1.ObjectMeta) ownerKey {
	for i := range o.OwnerReferences {
		if r := &o.OwnerReferences[i]; isTrue(r.Controller) {
			return ownerKey{o.Namespace, string(r.UID)}
		}
	}
	return ownerKey{}
}

func podCondition(c *corev1.PodCondition) (typ, status, reason, text string, since metav1.Time) {
	return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
}

func (p *Projector) status(out *model.Pod, s *corev1.ContainerStatus, initial bool) {
	if len(out.Containers) == maxContainers {
		return
	}
	c := model.ContainerStatus{
		Name: p.word(s.Name), Init: initial, Ready: s.Ready, Restarts: s.RestartCount,
		Exit: p.exit(out.Namespace, s.State.Terminated), LastExit: p.exit(out.Namespace, s.LastTerminationState.Terminated),
	}
	if w := s.State.Waiting; w != nil {
		c.Waiting = &model.Waiting{Reason: p.word(w.Reason), Message: p.message(out.Namespace, w.Message)}
	}
	if r := s.State.Running; r != nil {
		c.Running = moment(&r.StartedAt)
	}
	out.Containers = append(out.Containers, c)
}

func (p *Projector) exit(namespace string, t *corev1.ContainerStateTerminated) *model.Exit {
	if t == nil {
		return nil
	}
	return &model.Exit{
		Code: t.ExitCode, Reason: p.word(t.Reason), Message: p.message(namespace, t.Message),
		Started: moment(&t.StartedAt), Finished: moment(&t.FinishedAt),
	}
}

// finished is the time of a Job's end by its conditions.
func finished(list []model.Condition, typ string) (time.Time, bool) {
	if c := model.FindCondition(list, typ); c != nil && c.Status == "True" {
		return c.Since, true
	}
	return time.Time{}, false
}
