package project

import (
	"cmp"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/careen-tui/careen/internal/model"
)

const (
	maxBackends = 512
	maxHosts    = 64

	// classAnnotation named the class before spec.ingressClassName did, and is read still.
	classAnnotation = "kubernetes.io/ingress.class"
)

func (p *Projector) ingress(o *networkingv1.Ingress) *model.Ingress {
	out := &model.Ingress{Meta: p.meta(model.KindIngress, &o.ObjectMeta), Class: p.word(o.Annotations[classAnnotation])}
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
	backend := func(host, at string, b *networkingv1.IngressBackend, path string) {
		if b == nil || b.Service == nil || p.albAction(o, b.Service) {
			return
		}
		draw(model.EdgeRoutes, model.KindService, b.Service.Name, path+".service")
		if len(out.Backends) == maxBackends {
			out.Cut = true
			return
		}
		out.Backends = append(out.Backends, model.Backend{
			Host: name(host), Path: p.word(at), Service: p.word(b.Service.Name), Port: b.Service.Port.Number, PortName: p.word(b.Service.Port.Name), Field: path,
		})
	}
	if c := o.Spec.IngressClassName; c != nil {
		out.Class = p.word(*c)
		draw(model.EdgeClass, model.KindIngressClass, *c, "spec.ingressClassName")
	}
	backend("", "", o.Spec.DefaultBackend, "spec.defaultBackend")
	for i := range o.Spec.TLS {
		t := &o.Spec.TLS[i]
		draw(model.EdgeTLS, model.KindSecret, t.SecretName, at("spec.tls", i))
		if i < maxHosts {
			out.TLS = append(out.TLS, model.IngressTLS{Hosts: p.words(t.Hosts, maxHosts), Secret: p.word(t.SecretName)})
		}
		out.Cut = out.Cut || i >= maxHosts || len(t.Hosts) > maxHosts
	}
	out.AllHosts = o.Spec.DefaultBackend != nil
	for i := range o.Spec.Rules {
		r := &o.Spec.Rules[i]
		switch {
		case r.Host == "":
			out.AllHosts = true
		case len(out.Hosts) < maxBackends:
			out.Hosts = append(out.Hosts, name(r.Host))
		default:
			out.Cut = true
		}
		if r.HTTP == nil {
			continue
		}
		for j := range r.HTTP.Paths {
			backend(r.Host, r.HTTP.Paths[j].Path, &r.HTTP.Paths[j].Backend, at(at("spec.rules", i)+".http.paths", j)+".backend")
		}
	}
	for i := range o.Status.LoadBalancer.Ingress {
		if b := &o.Status.LoadBalancer.Ingress[i]; i < maxAddresses {
			out.Addresses = append(out.Addresses, name(cmp.Or(b.IP, b.Hostname)))
		}
	}
	return out
}

// albAction reports whether a backend is no Service but an action that an annotation
// declares (aws-load-balancer-controller, docs/guide/ingress/annotations.md: "actions").
// One that no annotation declares is looked up as a Service: the controller fails.
func (p *Projector) albAction(o *networkingv1.Ingress, s *networkingv1.IngressServiceBackend) bool {
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
