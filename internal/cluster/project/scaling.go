package project

import (
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

const maxMetrics = 64

func (p *Projector) disruptionBudget(o *policyv1.PodDisruptionBudget) *model.DisruptionBudget {
	out := &model.DisruptionBudget{
		Meta: p.meta(model.KindPDB, &o.ObjectMeta), Selector: p.selector(o.Spec.Selector),
		Allowed: o.Status.DisruptionsAllowed, Healthy: o.Status.CurrentHealthy, Desired: o.Status.DesiredHealthy, Expected: o.Status.ExpectedPods,
		ObservedGeneration: o.Status.ObservedGeneration,
		Conditions: conditions(p, o.Namespace, o.Status.Conditions, func(c *metav1.Condition) (typ, status, reason, text string, since metav1.Time) {
			return c.Type, string(c.Status), c.Reason, c.Message, c.LastTransitionTime
		}),
	}
	if n := o.Spec.MinAvailable; n != nil {
		out.MinAvailable = p.word(n.String())
	}
	if n := o.Spec.MaxUnavailable; n != nil {
		out.MaxUnavailable = p.word(n.String())
	}
	return out
}

func (p *Projector) autoscaler(o *autoscalingv2.HorizontalPodAutoscaler) *model.Autoscaler {
	out := &model.Autoscaler{
		Meta: p.meta(model.KindHPA, &o.ObjectMeta), Min: replicas(o.Spec.MinReplicas), Max: o.Spec.MaxReplicas,
		Current: o.Status.CurrentReplicas, Wanted: o.Status.DesiredReplicas, Scaled: moment(o.Status.LastScaleTime),
		Conditions: conditions(p, o.Namespace, o.Status.Conditions, func(c *autoscalingv2.HorizontalPodAutoscalerCondition) (typ, status, reason, text string, since metav1.Time) {
			return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
		}),
	}
	t := o.Spec.ScaleTargetRef
	out.Target = model.Ref{Kind: p.kindOf(t.APIVersion, t.Kind), Namespace: out.Namespace, Name: p.word(t.Name)}
	out.Refs = append(out.Refs, model.Reference{Type: model.EdgeScales, To: out.Target, Path: "spec.scaleTargetRef"})
	for i := range o.Spec.Metrics {
		if i == maxMetrics {
			break
		}
		out.Metrics = append(out.Metrics, p.metric(&o.Spec.Metrics[i]))
	}
	return out
}

func (p *Projector) metric(o *autoscalingv2.MetricSpec) model.Metric {
	out := model.Metric{Type: p.word(string(o.Type))}
	switch {
	case o.Resource != nil:
		out.Name, out.Share = p.word(string(o.Resource.Name)), o.Resource.Target.AverageUtilization != nil
	case o.ContainerResource != nil:
		out.Name, out.Share = p.word(string(o.ContainerResource.Name)), o.ContainerResource.Target.AverageUtilization != nil
		out.Container = p.word(o.ContainerResource.Container)
	case o.Pods != nil:
		out.Name = p.word(o.Pods.Metric.Name)
	case o.Object != nil:
		out.Name = p.word(o.Object.Metric.Name)
	case o.External != nil:
		out.Name = p.word(o.External.Metric.Name)
	}
	return out
}

func (p *Projector) schedule(o *batchv1.CronJob) *model.Schedule {
	out := &model.Schedule{
		Cron: name(o.Spec.Schedule), Concurrency: p.word(string(o.Spec.ConcurrencyPolicy)),
		Last: moment(o.Status.LastScheduleTime), Success: moment(o.Status.LastSuccessfulTime),
	}
	if z := o.Spec.TimeZone; z != nil {
		out.Zone = p.word(*z)
	}
	if d := o.Spec.StartingDeadlineSeconds; d != nil {
		out.Deadline, out.Limited = time.Duration(*d)*time.Second, true
	}
	return out
}
