package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const routeBrokenID finding.ProbeID = "route-broken"

// RouteBroken finds Ingresses, Gateways and routes of the Gateway API that lead to what is
// not there.
var RouteBroken = &Probe{
	ID: routeBrokenID,
	Doc: `An Ingress, route or Gateway leads to what is not there
Its controller has no upstream for the path and answers 503 or 500, or does not serve it at all.

**Rule.** One of these:

- a backend of an Ingress names a Service that exists, and a port of it, by number or by name, that
  the Service does not have; where the Service sends to a port so called (targetPort), only if the IngressClass
  is of a controller that does not take that (Traefik, AWS, F5 NGINX, Contour), as ingress-nginx does;
- an Ingress names no class, no IngressClass is the default, all there are belong to ingress-nginx, which
  by itself leaves such an Ingress alone, and nothing has given it, or another Ingress without a class, an
  address for five minutes: inferred;
- the certificate of a host of an Ingress is for other names, so that clients that check it refuse it, unless an
  annotation or its class says that another is served (ssl-passthrough, certificates of AWS and GCP, Istio's gateway); or its spec.tls
  names a host that no rule has, and a rule has a host for which there is no certificate, spelled almost
  alike or one of them all: medium, the latter inferred, five minutes after the last change;
- a route of the Gateway API (HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute) is attached to a
  Gateway that does not exist, or to a listener or port that the Gateway does not have;
- no listener that it may mean takes it: by kind and protocol, by the namespaces of allowedRoutes, by host
  names; unless a controller says of the route as it is that it is accepted;
- a backend of a route names a Service that does not exist, a port that the Service does not have, or a
  Service of another namespace whose ReferenceGrants do not allow it;
- a Gateway names a class that does not exist, or a listener's certificate a Secret that does not
  exist, has no tls.crt (nor cert and key, by which Istio's gateways know it), or is in another namespace whose ReferenceGrants do not allow it.

Sources: kubernetes pkg/apis/networking/types.go (ServiceBackendPort), ingress-nginx
internal/ingress/controller (serviceEndpoints, createServers, extractTLSSecretName); gateway-api
apis/v1 (ParentReference, Listener, AllowedRoutes, BackendRef), apis/v1beta1/referencegrant_types.go.

**Evidence.** The field, the host and path, the ports or listeners that there are, the grants.

**What it cannot see.** What a controller makes of its own annotations and of filters; parents and
backends of other kinds than Gateway and Service; the routes of other custom resources. That the class, Service
or certificate of an Ingress does not exist is said by reference-missing; that a Service leads nowhere by
service-unreachable.

**By hand.** ` + "`kubectl get service NAME -o jsonpath={.spec.ports}`" + `,
` + "`kubectl get gateway NAME -o jsonpath={.spec.listeners}`" + `, then correct the field, or create a
ReferenceGrant in the namespace of what is named.

**Silent** for an Ingress whose Service does not exist, for one that names its external Service by a
number, and for actions that an annotation declares; for hosts without TLS beside others that have it;
for a host for which any Secret has a certificate; for certificates that name nobody but by their
common name; for backends of weight 0; where the kinds of the Gateway API were not read; for a
certificate that cert-manager is about to issue.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindService},
	Uses:  []model.Kind{model.KindIngress, model.KindIngressClass, model.KindNamespace, model.KindCustom, model.KindCRD, model.KindSecret},
	Run:   staying(runRouteBroken),
}

func runRouteBroken(p *Pass) {
	gatewayRoutes(p)
	if known, _ := p.Knows(model.KindIngress); !known {
		p.Blind(model.KindIngress, p.Namespace())
	}
	for i := range model.Each[*model.Ingress](p.Space, model.KindIngress) {
		if !i.Deleting.IsZero() || !p.After(i.Created, settling) {
			continue
		}
		classless(p, i)
		certified(p, i)
		seen := map[string]bool{}
		for _, b := range i.Backends {
			s, ok := model.Get[*model.Service](p.Snapshot, model.Ref{Kind: model.KindService, Namespace: i.Namespace, Name: b.Service})
			if !ok || s.Cut || s.Type == "ExternalName" && b.PortName == "" || hasPort(s, b) {
				continue
			}
			strict, taken := byTarget(p, i, s, b)
			if taken {
				continue
			}
			port := backendPort(b)
			if slot := b.Service + ":" + port; !seen[slot] {
				seen[slot] = true
				f := noPort(i, b, s, slot)
				f.Rests = strict
				p.Report(f)
			}
		}
	}
}

func hasPort(s *model.Service, b model.Backend) bool {
	return slices.ContainsFunc(s.Ports, func(x model.ServicePort) bool {
		return b.PortName != "" && x.Name == b.PortName || b.PortName == "" && (b.Port == 0 || x.Number == b.Port)
	})
}

// sendsTo reports whether a Service sends some port to what a backend calls its port.
func sendsTo(s *model.Service, b model.Backend) bool {
	return slices.ContainsFunc(s.Ports, func(x model.ServicePort) bool {
		return b.PortName != "" && x.TargetName == b.PortName || b.PortName == "" && x.TargetName == "" && x.Target == b.Port
	})
}

// ownPortsAlone are controllers that look a backend's port up among the Service's own ports
// alone. Others take its targetPort too (ingress-nginx internal/ingress/controller,
// serviceEndpoints; HAProxy Ingress, Application Gateway, earlier versions of Kong).
var ownPortsAlone = []string{"traefik.io/ingress-controller", "ingress.k8s.aws/alb", "nginx.org/ingress-controller", "projectcontour.io/ingress-controller"}

// byTarget reports whether the controller of an Ingress may take what a Service sends to for its
// port; strict is what else is claimed, that it does not.
func byTarget(p *Pass, i *model.Ingress, s *model.Service, b model.Backend) (strict []finding.Absence, taken bool) {
	if !sendsTo(s, b) || i.Annotations["nginx.ingress.kubernetes.io/service-upstream"] == "true" { // it sends to the address of the Service
		return nil, false
	}
	a := finding.Absence{Of: model.Ref{Kind: model.KindIngressClass, Name: i.Class}, Claim: "its controller takes no targetPort for a port", Grade: finding.Proved}
	if p.lacks(&a, model.KindIngressClass, ""); a.Grade != finding.Proved {
		return []finding.Absence{a}, false
	}
	known := false
	for c := range model.Each[*model.Object](p.Snapshot.Space(""), model.KindIngressClass) {
		if i.Class != "" && c.Name != i.Class {
			continue
		}
		if known = true; !slices.Contains(ownPortsAlone, c.Detail) {
			return nil, true
		}
	}
	return []finding.Absence{a}, !known
}

func backendPort(b model.Backend) string {
	if b.PortName != "" {
		return b.PortName
	}
	return fmt.Sprint(b.Port)
}

func noPort(i *model.Ingress, b model.Backend, s *model.Service, slot string) finding.Finding {
	have := servicePorts(s)
	f := finding.Finding{
		Subject: i.Ref(), Slot: slot, Severity: finding.High, Grade: finding.Proved,
		Summary: fmt.Sprintf("It routes %s to port %s of Service %s, which has %s.", strings.TrimSpace(b.Host+b.Path), backendPort(b), s.Name, have),
	}
	if b.Host+b.Path == "" {
		f.Summary = fmt.Sprintf("It routes all else to port %s of Service %s, which has %s.", backendPort(b), s.Name, have)
	}
	f.Evidence = []finding.Evidence{
		{Ref: i.Ref(), Path: b.Field + ".service.port", Value: backendPort(b)},
		{Ref: s.Ref(), Path: "spec.ports", Value: have, Note: "the ports that it has"},
	}
	if len(s.Ports) == 1 {
		path := append(splitPath(b.Field), "service", "port")
		number := int64(s.Ports[0].Number)
		set := []finding.FieldValue{{Path: append(slices.Clone(path), "number"), Value: number}}
		if b.PortName != "" {
			set = append(set, finding.FieldValue{Path: append(slices.Clone(path), "name")})
		}
		f.Fixes = []finding.Fix{{
			ID: fmt.Sprintf("use-port-%d", number), Title: fmt.Sprintf("Route it to port %d", number), Risk: finding.Safe,
			Steps: []finding.Step{{Verb: "patch", Ref: i.Ref(), Summary: fmt.Sprintf("port %s -> %d", backendPort(b), number), Change: finding.Patch{Set: set}}},
			Undo:  "puts the port back as it was", Note: "It is the only port that the Service has.",
			Proof: finding.Proof{Text: "the backend names a port of the Service", Within: time.Minute},
		}}
	}
	return f
}

// servicePorts writes the ports of a Service: 80 (http) and 443 (https).
func servicePorts(s *model.Service) string {
	if len(s.Ports) == 0 {
		return "none"
	}
	have := make([]string, len(s.Ports))
	for i, x := range s.Ports {
		have[i] = strings.TrimSpace(fmt.Sprintf("%d %s", x.Number, parenthesised(x.Name)))
	}
	return text.Joined(have, 6)
}
