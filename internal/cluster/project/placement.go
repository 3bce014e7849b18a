package project

import (
	"cmp"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

// The bounds of what a pod asks of nodes.
const (
	maxTerms       = 64
	maxValues      = 256
	maxTolerations = 128
	maxGates       = 32
)

// plainPlacement is that of a pod that asks for nothing: what admission gives to each
// pod (DefaultTolerationSeconds) is all that it tolerates.
var plainPlacement = &model.Placement{Scheduler: corev1.DefaultSchedulerName, Tolerations: []model.Toleration{
	{Key: corev1.TaintNodeNotReady, Op: string(corev1.TolerationOpExists), Effect: string(corev1.TaintEffectNoExecute)},
	{Key: corev1.TaintNodeUnreachable, Op: string(corev1.TolerationOpExists), Effect: string(corev1.TaintEffectNoExecute)},
}}

// placement projects what a pod, or a template, asks of its node. It is never nil.
func (p *Projector) placement(s *corev1.PodSpec) *model.Placement {
	out := &model.Placement{
		Scheduler:    p.word(cmp.Or(s.SchedulerName, corev1.DefaultSchedulerName)),
		NodeSelector: p.labels(s.NodeSelector),
		Overhead:     p.amounts(s.Overhead),
	}
	if s.Priority != nil {
		out.Priority = *s.Priority
	}
	if r := s.Resources; r != nil {
		out.Whole = p.amounts(r.Requests)
	}
	if a := s.Affinity; a != nil {
		if n := a.NodeAffinity; n != nil {
			out.NodeTerms = p.nodeTerms(n.RequiredDuringSchedulingIgnoredDuringExecution)
		}
		if n := a.PodAffinity; n != nil {
			out.Near = p.podTerms(n.RequiredDuringSchedulingIgnoredDuringExecution)
		}
		if n := a.PodAntiAffinity; n != nil {
			out.Apart = p.podTerms(n.RequiredDuringSchedulingIgnoredDuringExecution)
		}
	}
	for i := range s.Tolerations[:min(len(s.Tolerations), maxTolerations)] {
		t := &s.Tolerations[i]
		out.Tolerations = append(out.Tolerations, model.Toleration{
			Key: p.word(t.Key), Op: p.word(cmp.Or(string(t.Operator), string(corev1.TolerationOpEqual))), Value: p.word(t.Value), Effect: p.word(string(t.Effect)),
		})
	}
	for i := range s.TopologySpreadConstraints[:min(len(s.TopologySpreadConstraints), maxTerms)] {
		if c := &s.TopologySpreadConstraints[i]; c.WhenUnsatisfiable == corev1.DoNotSchedule {
			out.Spread = append(out.Spread, p.spread(c))
		}
	}
	for i := range s.SchedulingGates[:min(len(s.SchedulingGates), maxGates)] {
		out.Gates = append(out.Gates, p.word(s.SchedulingGates[i].Name))
	}
	if reflect.DeepEqual(out, plainPlacement) {
		return plainPlacement
	}
	return out
}

func (p *Projector) spread(c *corev1.TopologySpreadConstraint) model.Spread {
	out := model.Spread{
		Topology: p.word(c.TopologyKey), MaxSkew: c.MaxSkew, Selector: p.selector(c.LabelSelector), Keys: p.words(c.MatchLabelKeys, maxValues),
		AllNodes: c.NodeAffinityPolicy != nil && *c.NodeAffinityPolicy == corev1.NodeInclusionPolicyIgnore,
		Taints:   c.NodeTaintsPolicy != nil && *c.NodeTaintsPolicy == corev1.NodeInclusionPolicyHonor,
	}
	if c.MinDomains != nil {
		out.MinDomains = *c.MinDomains
	}
	return out
}

func (p *Projector) nodeTerms(s *corev1.NodeSelector) (out []model.NodeTerm) {
	if s == nil {
		return nil
	}
	requirements := func(in []corev1.NodeSelectorRequirement) (terms []model.Term) {
		for _, r := range in[:min(len(in), maxTerms)] {
			terms = append(terms, model.Term{Key: p.word(r.Key), Op: p.word(string(r.Operator)), Values: p.words(r.Values, maxValues)})
		}
		return terms
	}
	for i := range s.NodeSelectorTerms[:min(len(s.NodeSelectorTerms), maxTerms)] {
		t := &s.NodeSelectorTerms[i]
		out = append(out, model.NodeTerm{Labels: requirements(t.MatchExpressions), Fields: requirements(t.MatchFields)})
	}
	return out
}

func (p *Projector) podTerms(in []corev1.PodAffinityTerm) (out []model.PodTerm) {
	for i := range in[:min(len(in), maxTerms)] {
		t := &in[i]
		out = append(out, model.PodTerm{
			Selector: p.selector(t.LabelSelector), Namespaces: p.words(t.Namespaces, maxValues), In: p.selector(t.NamespaceSelector), Topology: p.word(t.TopologyKey),
		})
	}
	return out
}

func (p *Projector) namespace(o *corev1.Namespace) *model.Namespace {
	return &model.Namespace{
		Meta: p.meta(model.KindNamespace, &o.ObjectMeta), Phase: p.word(string(o.Status.Phase)),
		Conditions: conditions(p, "", o.Status.Conditions, func(c *corev1.NamespaceCondition) (typ, status, reason, text string, since metav1.Time) {
			return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
		}),
	}
}
