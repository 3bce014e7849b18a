package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// backends looks at the Services that a route leads to.
func (l routeLook) backends() (out []routeFault) {
	for _, to := range l.Routing.Backends {
		if to.To.Kind != model.KindService || to.To.Name == "" {
			continue
		}
		x := routeFault{slot: fmt.Sprintf("%s:%d", l.shown(to.To), to.Port), field: to.Field, value: to.To.Name}
		if a, gone := l.gone(to.To); gone {
			x.rests = []finding.Absence{a}
			x.says = fmt.Sprintf("It routes to Service %s, which does not exist%s.", l.shown(to.To), similarTo(l.Pass, to.To))
			if list := l.Graph.Similar(to.To, 2); len(list) == 1 {
				x.fixes = []finding.Fix{l.fix(to, "name", list[0].Name, "use-"+list[0].Name, "Route it to Service "+list[0].Name, "No other Service has a similar name.")}
			}
			out = append(out, x)
			continue
		}
		s, ok := model.Get[*model.Service](l.Snapshot, to.To)
		if !ok {
			continue
		}
		if a, lacking := l.ungranted(to.To); lacking && !l.resolved() {
			x.rests = []finding.Absence{a}
			x.says = fmt.Sprintf("It routes to Service %s of another namespace, and no ReferenceGrant there allows it.", to.To.Path())
			x.evidence = []finding.Evidence{l.grantsOf(to.To.Namespace)}
			out = append(out, x)
			continue
		}
		if to.Port == 0 || s.Cut || s.Type == "ExternalName" || hasPort(s, model.Backend{Port: to.Port}) {
			continue
		}
		x.field, x.value = to.Field+".port", fmt.Sprint(to.Port)
		x.says = fmt.Sprintf("It routes to port %d of Service %s, which has %s.", to.Port, l.shown(to.To), servicePorts(s))
		x.evidence = []finding.Evidence{{Ref: s.Ref(), Path: "spec.ports", Value: servicePorts(s), Note: "the ports that it has"}}
		if len(s.Ports) == 1 {
			n := s.Ports[0].Number
			x.fixes = []finding.Fix{l.fix(to, "port", int64(n), fmt.Sprintf("use-port-%d", n), fmt.Sprintf("Route it to port %d", n), "It is the only port that the Service has.")}
		}
		out = append(out, x)
	}
	return out
}

// resolved reports whether a controller says of each parent that all that the route names
// was found.
func (l routeLook) resolved() bool {
	return len(l.Routing.Parents) > 0 && !slices.ContainsFunc(l.Routing.Parents, func(r model.RouteParent) bool { return !r.Resolved })
}

func (l routeLook) fix(to model.RouteEnd, field string, value any, id, title, note string) finding.Fix {
	set := []finding.FieldValue{{Path: append(splitPath(to.Field), field), Value: value}}
	return finding.Fix{
		ID: id, Title: title, Risk: finding.Safe,
		Steps: []finding.Step{{Verb: "patch", Ref: l.Object.Ref(), Summary: fmt.Sprintf("%s of the backend: %v", field, value), Change: finding.Patch{Set: set}}},
		Undo:  "puts the backend back as it was", Note: note,
		Proof: finding.Proof{Text: "the backend names a port of a Service", Within: time.Minute},
	}
}

// ungranted reports whether an object of another namespace may not be referred to from here:
// no ReferenceGrant of its namespace allows it.
func (l routeLook) ungranted(to model.Ref) (a finding.Absence, lacking bool) {
	if to.Namespace == l.Object.Namespace || to.Namespace == "" {
		return a, false
	}
	for g := range model.Each[*model.Object](l.Snapshot.Space(to.Namespace), model.KindReferenceGrant) {
		if g.Routing == nil || g.Routing.Cut {
			return a, false
		}
		for _, x := range g.Routing.Grants {
			if x.From == l.Object.Kind && x.Namespace == l.Object.Namespace && x.To == to.Kind && (x.Name == "" || x.Name == to.Name) {
				return a, false
			}
		}
	}
	// No object may have that name: the answer is how well the kind is known there.
	a, gone := l.gone(model.Ref{Kind: model.KindReferenceGrant, Namespace: to.Namespace, Name: "*"})
	a.Claim = "no ReferenceGrant of namespace " + to.Namespace + " allows it"
	return a, gone
}

func (l routeLook) grantsOf(namespace string) finding.Evidence {
	e := finding.Evidence{Ref: model.Ref{Kind: model.KindNamespace, Name: namespace}, Path: "ReferenceGrant", Value: "none", Note: "there is none in the namespace"}
	if n := len(rowsOf(l.Pass, model.KindReferenceGrant, namespace)); n > 0 {
		e.Value, e.Note = fmt.Sprint(n), "none of them is for this kind, namespace and object"
	}
	return e
}

// gateway looks at a Gateway's class and certificates.
func (l routeLook) gateway() (out []routeFault) {
	class := model.Ref{Kind: model.KindGatewayClass, Name: l.Routing.Class}
	if class.Name != "" {
		if a, gone := l.gone(class); gone {
			out = append(out, routeFault{
				slot: "class", field: "spec.gatewayClassName", value: class.Name, rests: []finding.Absence{a},
				says: fmt.Sprintf("No controller serves it: its class %s does not exist%s.", class.Name, similarTo(l.Pass, class)),
			})
		}
	}
	for _, at := range l.Routing.Listeners {
		for _, s := range at.Secrets {
			if s.To.Kind == model.KindSecret && s.To.Name != "" {
				if x, ok := l.certificate(at, s); ok {
					out = append(out, x)
				}
			}
		}
	}
	return out
}

// certificate looks at a Secret of a listener.
func (l routeLook) certificate(at model.Listener, s model.RouteEnd) (x routeFault, ok bool) {
	x = routeFault{slot: "certificate/" + l.shown(s.To), field: s.Field, value: s.To.Name}
	if a, gone := l.gone(s.To); gone {
		if awaited(l.Pass, l.Object, model.Reference{Type: model.EdgeTLS, To: s.To}) {
			return x, false
		}
		x.rests = []finding.Absence{a}
		x.says = fmt.Sprintf("Listener %s uses Secret %s for TLS, which does not exist%s.", at.Name, l.shown(s.To), similarTo(l.Pass, s.To))
		return x, true
	}
	if !l.Exists(s.To) {
		return x, false
	}
	if a, lacking := l.ungranted(s.To); lacking {
		x.rests, x.evidence = []finding.Absence{a}, []finding.Evidence{l.grantsOf(s.To.Namespace)}
		x.says = fmt.Sprintf("Listener %s uses Secret %s of another namespace for TLS, and no ReferenceGrant there allows it.", at.Name, s.To.Path())
		return x, true
	}
	if a, absent := l.AbsentKey(s.To, "tls.crt"); absent && a.Grade == finding.Proved && !l.generic(s.To) {
		x.rests = []finding.Absence{a}
		x.says = fmt.Sprintf("Listener %s uses Secret %s for TLS, which has no key tls.crt.", at.Name, l.shown(s.To))
		return x, true
	}
	return x, false
}

// generic reports whether a Secret has the certificate and the key of Istio's generic ones, which
// its gateways take as well (istio pilot/pkg/credentials/kube).
func (l routeLook) generic(secret model.Ref) bool {
	s, ok := model.Get[*model.Secret](l.Snapshot, secret)
	return ok && model.HasKey(s.Keys, "cert") && model.HasKey(s.Keys, "key")
}
