package project

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	maxPorts     = 64
	maxEndpoints = 1000 // what one slice may hold
)

func (p *Projector) service(o *core.Service) *model.Service {
	out := &model.Service{
		Meta:         p.meta(model.KindService, &o.ObjectMeta),
		Type:         p.word(string(o.Spec.Type)),
		Selector:     p.labels(o.Spec.Selector),
		Headless:     o.Spec.ClusterIP == core.ClusterIPNone,
		ExternalName: name(o.Spec.ExternalName),
	}
	for i := range o.Spec.Ports {
		if i == maxPorts {
			break
		}
		port := &o.Spec.Ports[i]
		out.Ports = append(out.Ports, p.word(strings.TrimSpace(fmt.Sprintf("%s %d/%s", port.Name, port.Port, port.Protocol))))
	}
	if out.ExternalName != "" {
		if to, ok := service(out.Namespace, out.ExternalName); ok && strings.Contains(out.ExternalName, ".svc") {
			out.Refs = append(out.Refs, model.Reference{Type: model.EdgeNames, To: to, Path: "spec.externalName", Optional: true})
		}
	}
	return out
}

func (p *Projector) endpointSlice(o *discovery.EndpointSlice) *model.EndpointSlice {
	out := &model.EndpointSlice{Meta: p.meta(model.KindEndpointSlice, &o.ObjectMeta), Service: p.word(o.Labels[discovery.LabelServiceName])}
	// Its times and labels follow its endpoints' every move.
	delete(out.Annotations, "endpoints.kubernetes.io/last-change-trigger-time")
	out.Writes = nil
	for i := range o.Endpoints {
		if i == maxEndpoints {
			break
		}
		e := &o.Endpoints[i]
		who := ""
		switch {
		case e.TargetRef != nil && e.TargetRef.Kind == string(model.KindPod):
			who = p.word(e.TargetRef.Name)
		case len(e.Addresses) > 0:
			who = sanitize.Line(e.Addresses[0], nameLimit)
		}
		if e.Conditions.Ready == nil || *e.Conditions.Ready {
			out.Ready = append(out.Ready, who)
		} else {
			out.NotReady = append(out.NotReady, who)
		}
	}
	slices.Sort(out.Ready)
	slices.Sort(out.NotReady)
	return out
}

func (p *Projector) ingress(o *networking.Ingress) *model.Object {
	out := &model.Object{Meta: p.meta(model.KindIngress, &o.ObjectMeta)}
	draw := func(typ model.EdgeType, kind model.Kind, to, path string) {
		if to == "" || len(out.Refs) >= maxRefs {
			return
		}
		ref := model.Ref{Kind: kind, Name: p.word(to)}
		if kind != model.KindIngressClass {
			ref.Namespace = out.Namespace
		}
		out.Refs = append(out.Refs, model.Reference{Type: typ, To: ref, Path: path})
	}
	backend := func(b *networking.IngressBackend, path string) {
		if b != nil && b.Service != nil && !p.albAction(o, b.Service) {
			draw(model.EdgeRoutes, model.KindService, b.Service.Name, path+".service")
		}
	}
	if c := o.Spec.IngressClassName; c != nil {
		draw(model.EdgeClass, model.KindIngressClass, *c, "spec.ingressClassName")
	}
	backend(o.Spec.DefaultBackend, "spec.defaultBackend")
	for i := range o.Spec.TLS {
		draw(model.EdgeTLS, model.KindSecret, o.Spec.TLS[i].SecretName, at("spec.tls", i))
	}
	for i := range o.Spec.Rules {
		r := &o.Spec.Rules[i]
		if out.Detail == "" {
			out.Detail = name(r.Host)
		}
		if r.HTTP == nil {
			continue
		}
		for j := range r.HTTP.Paths {
			backend(&r.HTTP.Paths[j].Backend, at(at("spec.rules", i)+".http.paths", j)+".backend")
		}
	}
	return out
}

// albAction reports whether a backend is no Service but an action that an annotation
// declares (aws-load-balancer-controller, docs/guide/ingress/annotations.md: "actions").
// One that no annotation declares is looked up as a Service: the controller fails.
func (p *Projector) albAction(o *networking.Ingress, s *networking.IngressServiceBackend) bool {
	if s.Port.Name != "use-annotation" {
		return false
	}
	for k := range o.Annotations {
		if strings.HasSuffix(k, "/actions."+s.Name) {
			return true
		}
	}
	return false
}

func (p *Projector) networkPolicy(o *networking.NetworkPolicy) *model.Policy {
	return &model.Policy{
		Meta: p.meta(model.KindNetworkPolicy, &o.ObjectMeta), Selector: p.selector(&o.Spec.PodSelector),
		Detail: fmt.Sprintf("%d ingress, %d egress rules", len(o.Spec.Ingress), len(o.Spec.Egress)),
	}
}

func (p *Projector) disruptionBudget(o *policy.PodDisruptionBudget) *model.Policy {
	out := &model.Policy{Meta: p.meta(model.KindPDB, &o.ObjectMeta), Selector: p.selector(o.Spec.Selector)}
	switch {
	case o.Spec.MinAvailable != nil:
		out.Detail = p.word("min available " + o.Spec.MinAvailable.String())
	case o.Spec.MaxUnavailable != nil:
		out.Detail = p.word("max unavailable " + o.Spec.MaxUnavailable.String())
	}
	return out
}

func (p *Projector) autoscaler(o *autoscaling.HorizontalPodAutoscaler) *model.Policy {
	out := &model.Policy{Meta: p.meta(model.KindHPA, &o.ObjectMeta)}
	t := o.Spec.ScaleTargetRef
	out.Target = model.Ref{Kind: p.kindOf(t.APIVersion, t.Kind), Namespace: out.Namespace, Name: p.word(t.Name)}
	out.Refs = append(out.Refs, model.Reference{Type: model.EdgeScales, To: out.Target, Path: "spec.scaleTargetRef"})
	least := int32(1)
	if o.Spec.MinReplicas != nil {
		least = *o.Spec.MinReplicas
	}
	out.Detail = strconv.Itoa(int(least)) + " to " + strconv.Itoa(int(o.Spec.MaxReplicas))
	return out
}

func (p *Projector) ingressClass(o *networking.IngressClass) *model.Object {
	out := &model.Object{Meta: p.meta(model.KindIngressClass, &o.ObjectMeta), Detail: name(o.Spec.Controller)}
	if r := o.Spec.Parameters; r != nil {
		group, ns := "", ""
		if r.APIGroup != nil {
			group = *r.APIGroup
		}
		if r.Namespace != nil {
			ns = *r.Namespace
		}
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeMentions, To: model.Ref{Kind: p.groupKind(group, r.Kind), Namespace: p.word(ns), Name: p.word(r.Name)},
			Path: "spec.parameters", Optional: true,
		})
	}
	return out
}
