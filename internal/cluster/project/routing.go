package project

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

const (
	maxListeners = 64
	maxParents   = 64 // of a route
	maxRouteEnds = 256
	maxGrants    = 256
)

// routing reads what an object of the Gateway API says of routing; nil for any other.
func (p *Projector) routing(o *model.Object, u *unstructured.Unstructured) *model.Routing {
	spec, _ := u.Object["spec"].(map[string]any)
	status, _ := u.Object["status"].(map[string]any)
	switch kind := o.Kind; {
	case kind == model.KindGateway:
		return p.gateway(o, spec)
	case kind == model.KindReferenceGrant:
		return p.grants(o, spec)
	case model.IsRoute(kind):
		return p.route(o, spec, status)
	}
	return nil
}

// entries are the maps of a list, at most limit of them; cut where there are more.
func entries(v any, limit int) (out []map[string]any, cut bool) {
	list, _ := v.([]any)
	for i, item := range list {
		if i == limit {
			return out, true
		}
		m, _ := item.(map[string]any)
		out = append(out, m)
	}
	return out, false
}

// named is an object that a field of the Gateway API names, of a kind and group where it
// says none.
func (p *Projector) named(m map[string]any, group, kind, namespace string) model.Ref {
	if _, said := m["group"]; said {
		group = text(m, "group")
	}
	if k := text(m, "kind"); k != "" {
		kind = k
	}
	if ns := text(m, "namespace"); ns != "" {
		namespace = ns
	}
	to := p.groupKind(group, kind)
	return model.Ref{Kind: to, Namespace: p.word(to.In(namespace)), Name: p.word(text(m, "name"))}
}

func (p *Projector) gateway(o *model.Object, spec map[string]any) *model.Routing {
	out := &model.Routing{Class: p.word(text(spec, "gatewayClassName"))}
	o.Refs = append(o.Refs, model.Reference{Type: model.EdgeClass, To: model.Ref{Kind: model.KindGatewayClass, Name: out.Class}, Path: "spec.gatewayClassName", Optional: true})
	list, cut := entries(spec["listeners"], maxListeners)
	out.Cut = cut
	for i, m := range list {
		l := model.Listener{
			Name: p.word(text(m, "name")), Host: p.word(text(m, "hostname")), Protocol: p.word(text(m, "protocol")), Port: int32(whole(m["port"])), From: "Same",
		}
		allowed, _ := m["allowedRoutes"].(map[string]any)
		namespaces, _ := allowed["namespaces"].(map[string]any)
		if from := text(namespaces, "from"); from != "" {
			l.From = p.word(from)
		}
		l.Selector = p.rawSelector(namespaces["selector"])
		kinds, _ := entries(allowed["kinds"], maxListeners)
		for _, k := range kinds {
			l.Kinds = append(l.Kinds, p.named(k, gatewayGroup, "", "").Kind)
		}
		tls, _ := m["tls"].(map[string]any)
		secrets, _ := entries(tls["certificateRefs"], maxListeners)
		for j, s := range secrets {
			l.Secrets = append(l.Secrets, model.RouteEnd{
				To: p.named(s, "", string(model.KindSecret), o.Namespace), Field: fmt.Sprintf("spec.listeners[%d].tls.certificateRefs[%d]", i, j),
			})
		}
		out.Listeners = append(out.Listeners, l)
	}
	return out
}

func (p *Projector) route(o *model.Object, spec, status map[string]any) *model.Routing {
	out := &model.Routing{}
	hosts, _ := spec["hostnames"].([]any)
	for _, h := range hosts {
		if s, ok := h.(string); ok && len(out.Hosts) < maxParents {
			out.Hosts = append(out.Hosts, p.word(s))
		}
	}
	parents, cut := entries(spec["parentRefs"], maxParents)
	out.Cut = cut || len(hosts) > maxParents
	for i, m := range parents {
		r := model.RouteParent{
			RouteEnd: model.RouteEnd{To: p.named(m, gatewayGroup, "Gateway", o.Namespace), Port: int32(whole(m["port"])), Field: at("spec.parentRefs", i)},
			Listener: p.word(text(m, "sectionName")),
		}
		r.Accepted, r.Resolved = p.parentStatus(o, status, m)
		out.Parents = append(out.Parents, r)
		o.Refs = append(o.Refs, model.Reference{Type: model.EdgeMentions, To: r.To, Path: r.Field, Optional: true})
	}
	rules, cut := entries(spec["rules"], maxRouteEnds)
	out.Cut = out.Cut || cut
	for i, rule := range rules {
		backends, cut := entries(rule["backendRefs"], maxRouteEnds)
		out.Cut = out.Cut || cut
		for j, m := range backends {
			if len(out.Backends) == maxRouteEnds {
				out.Cut = true
				return out
			}
			if _, weighed := m["weight"]; weighed && whole(m["weight"]) == 0 {
				continue // nothing is sent there
			}
			out.Backends = append(out.Backends, model.RouteEnd{
				To: p.named(m, "", string(model.KindService), o.Namespace), Port: int32(whole(m["port"])), Field: fmt.Sprintf("spec.rules[%d].backendRefs[%d]", i, j),
			})
		}
	}
	return out
}

const gatewayGroup = "gateway.networking.k8s.io"

// parentStatus reports whether a controller says that the route is accepted by that
// parent, and that all that it names was found there, as the route is now.
func (p *Projector) parentStatus(o *model.Object, status, parent map[string]any) (accepted, resolved bool) {
	list, _ := entries(status["parents"], maxParents)
	for _, m := range list {
		ref, _ := m["parentRef"].(map[string]any)
		if text(ref, "name") != text(parent, "name") || text(ref, "namespace") != text(parent, "namespace") && text(ref, "namespace") != o.Namespace || text(ref, "sectionName") != text(parent, "sectionName") {
			continue
		}
		conditions, _ := entries(m["conditions"], maxConditions)
		for _, c := range conditions {
			if text(c, "status") != "True" || whole(c["observedGeneration"]) < o.Generation {
				continue
			}
			accepted = accepted || text(c, "type") == "Accepted"
			resolved = resolved || text(c, "type") == "ResolvedRefs"
		}
	}
	return accepted, resolved
}

func (p *Projector) grants(o *model.Object, spec map[string]any) *model.Routing {
	out := &model.Routing{}
	froms, cut := entries(spec["from"], 16)
	tos, more := entries(spec["to"], 16)
	out.Cut = cut || more
	for _, from := range froms {
		for _, to := range tos {
			if len(out.Grants) == maxGrants {
				out.Cut = true
				return out
			}
			out.Grants = append(out.Grants, model.Grant{
				From: p.groupKind(text(from, "group"), text(from, "kind")), Namespace: p.word(text(from, "namespace")),
				To: p.groupKind(text(to, "group"), text(to, "kind")), Name: p.word(text(to, "name")),
			})
		}
	}
	return out
}

// rawSelector reads a label selector of an object without a type.
func (p *Projector) rawSelector(v any) *model.Selector {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	out := &model.Selector{}
	labels, _ := m["matchLabels"].(map[string]any)
	for k, value := range labels {
		if s, ok := value.(string); ok && len(out.Labels) < maxParents {
			if out.Labels == nil {
				out.Labels = map[string]string{}
			}
			out.Labels[p.word(k)] = p.word(s)
		}
	}
	terms, _ := entries(m["matchExpressions"], maxParents)
	for _, t := range terms {
		term := model.Term{Key: p.word(text(t, "key")), Op: p.word(text(t, "operator"))}
		values, _ := t["values"].([]any)
		for _, value := range values {
			if s, ok := value.(string); ok && len(term.Values) < maxParents {
				term.Values = append(term.Values, p.word(s))
			}
		}
		out.Terms = append(out.Terms, term)
	}
	return out
}
