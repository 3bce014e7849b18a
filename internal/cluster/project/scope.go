package project

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"

	"github.com/careen-tui/careen/internal/model"
)

func (p *Projector) event(o *corev1.Event) *model.Event {
	out := &model.Event{
		Meta: p.meta(model.KindEvent, &o.ObjectMeta),
		About: model.Ref{
			Kind:      p.kindOf(o.InvolvedObject.APIVersion, o.InvolvedObject.Kind),
			Namespace: p.word(o.InvolvedObject.Namespace), Name: p.word(o.InvolvedObject.Name),
		},
		AboutID: p.word(string(o.InvolvedObject.UID)),
		Field:   p.word(o.InvolvedObject.FieldPath),
		Reason:  p.word(o.Reason),
		Message: p.message(o.Namespace, o.Message),
		Count:   o.Count,
		First:   moment(&o.FirstTimestamp),
		Last:    moment(&o.LastTimestamp),
		Source:  p.word(o.Source.Component),
	}
	out.Writes = nil // an event is written by whoever sends it
	if out.First.IsZero() && !o.EventTime.IsZero() {
		out.First = o.EventTime.UTC()
	}
	if s := o.Series; s != nil {
		out.Count = max(out.Count, s.Count)
		if !s.LastObservedTime.IsZero() && s.LastObservedTime.Time.After(out.Last) {
			out.Last = s.LastObservedTime.UTC()
		}
	}
	if out.Last.IsZero() {
		out.Last = out.First
	}
	if out.Source == "" {
		out.Source = p.word(o.ReportingController)
	}
	return out
}

func (p *Projector) quota(o *corev1.ResourceQuota) *model.Quota {
	return &model.Quota{
		Meta: p.meta(model.KindResourceQuota, &o.ObjectMeta),
		Hard: p.amounts(o.Status.Hard), Used: p.amounts(o.Status.Used),
		Scoped: len(o.Spec.Scopes) > 0 || o.Spec.ScopeSelector != nil && len(o.Spec.ScopeSelector.MatchExpressions) > 0,
	}
}

func (p *Projector) limitRange(o *corev1.LimitRange) *model.LimitRange {
	out := &model.LimitRange{Meta: p.meta(model.KindLimitRange, &o.ObjectMeta)}
	for i := range o.Spec.Limits {
		l := &o.Spec.Limits[i]
		for _, part := range []struct {
			what string
			list corev1.ResourceList
		}{
			{"min", l.Min},
			{"max", l.Max},
			{"default", l.Default},
			{"default request", l.DefaultRequest},
			{"max limit/request ratio", l.MaxLimitRequestRatio},
		} {
			amounts := p.amounts(part.list)
			for _, resource := range slices.Sorted(maps.Keys(amounts)) {
				out.Items = append(out.Items, p.word(fmt.Sprintf("%s %s %s %s", l.Type, part.what, resource, amounts[resource])))
			}
		}
	}
	return out
}

func (p *Projector) priorityClass(o *schedulingv1.PriorityClass) *model.Object {
	return &model.Object{Meta: p.meta(model.KindPriorityClass, &o.ObjectMeta), Detail: strconv.Itoa(int(o.Value))}
}

func (p *Projector) runtimeClass(o *nodev1.RuntimeClass) *model.Object {
	return &model.Object{Meta: p.meta(model.KindRuntimeClass, &o.ObjectMeta), Detail: p.word(o.Handler)}
}
