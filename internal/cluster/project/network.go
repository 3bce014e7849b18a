package project

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	maxPorts        = 64
	maxServicePorts = 256
	maxAddresses    = 16
	maxEndpoints    = 1000 // what one slice may hold
)

func (p *Projector) service(o *corev1.Service) *model.Service {
	out := &model.Service{
		Meta:         p.meta(model.KindService, &o.ObjectMeta),
		Type:         p.word(string(o.Spec.Type)),
		Selector:     p.labels(o.Spec.Selector),
		Headless:     o.Spec.ClusterIP == corev1.ClusterIPNone,
		ExternalName: name(o.Spec.ExternalName),
	}
	if !out.Headless {
		out.IP = p.word(o.Spec.ClusterIP)
	}
	out.Follows = follows(o.Spec.Selector)
	out.Unready, out.Local = o.Spec.PublishNotReadyAddresses, o.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
	out.Inward = o.Spec.InternalTrafficPolicy != nil && *o.Spec.InternalTrafficPolicy == corev1.ServiceInternalTrafficPolicyLocal
	if o.Spec.LoadBalancerClass != nil {
		out.Balancer = p.word(*o.Spec.LoadBalancerClass)
	}
	for i := range o.Status.LoadBalancer.Ingress {
		if b := &o.Status.LoadBalancer.Ingress[i]; i < maxAddresses {
			out.Addresses = append(out.Addresses, name(cmp.Or(b.IP, b.Hostname)))
		}
	}
	if n := min(len(o.Spec.Ports), maxServicePorts); n > 0 {
		out.Ports, out.Cut = make([]model.ServicePort, n), len(o.Spec.Ports) > n
		for i := range n {
			out.Ports[i] = p.servicePort(&o.Spec.Ports[i])
		}
	}
	if out.ExternalName != "" {
		if to, ok := service(out.Namespace, out.ExternalName); ok && strings.Contains(out.ExternalName, ".svc") {
			out.Refs = append(out.Refs, model.Reference{Type: model.EdgeNames, To: to, Path: "spec.externalName", Host: out.ExternalName, Optional: true})
		}
	}
	return out
}

func (p *Projector) servicePort(o *corev1.ServicePort) model.ServicePort {
	out := model.ServicePort{Name: p.word(o.Name), Protocol: p.protocol(&o.Protocol), Number: o.Port, Node: o.NodePort, Aside: aside(o.Name)}
	if o.AppProtocol != nil {
		out.AppProtocol = p.word(*o.AppProtocol)
	}
	switch t := o.TargetPort; {
	case t.Type == intstr.String && t.StrVal != "":
		out.TargetName = p.word(t.StrVal)
	case t.IntVal != 0:
		out.Target = t.IntVal
	default:
		out.Target = o.Port // as the API server defaults it
	}
	return out
}

// protocol is TCP where none is said, as the API server defaults it.
func (p *Projector) protocol(o *corev1.Protocol) string {
	if o == nil || *o == "" {
		return string(corev1.ProtocolTCP)
	}
	return p.word(string(*o))
}

func (p *Projector) endpointSlice(o *discoveryv1.EndpointSlice) *model.EndpointSlice {
	out := &model.EndpointSlice{Meta: p.meta(model.KindEndpointSlice, &o.ObjectMeta), Service: p.word(o.Labels[discoveryv1.LabelServiceName])}
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
		if isTrue(e.Conditions.Terminating) {
			out.Terminating = append(out.Terminating, who)
		}
	}
	for i := range o.Ports {
		if i == maxServicePorts {
			break
		}
		port := model.ServicePort{Protocol: p.protocol(o.Ports[i].Protocol)}
		if n := o.Ports[i].Name; n != nil {
			port.Name = p.word(*n)
		}
		if n := o.Ports[i].Port; n != nil {
			port.Number = *n
		}
		out.Ports = append(out.Ports, port)
	}
	slices.Sort(out.Terminating)
	slices.Sort(out.Ready)
	slices.Sort(out.NotReady)
	return out
}

func (p *Projector) ingressClass(o *networkingv1.IngressClass) *model.Object {
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
