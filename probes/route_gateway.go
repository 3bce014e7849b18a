package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// routeFault is a field of a route or Gateway that leads nowhere.
type routeFault struct {
	slot, field, value string
	says               string // a sentence
	rests              []finding.Absence
	evidence           []finding.Evidence
	fixes              []finding.Fix
}

// gatewayRoutes reports what is broken of the Gateway API in the namespace.
func gatewayRoutes(p *Pass) {
	for _, kind := range append([]model.Kind{model.KindGateway}, model.RouteKinds...) {
		for o := range model.Each[*model.Object](p.Space, kind) {
			if o.Routing == nil || !o.Deleting.IsZero() || !p.After(o.Created, settling) {
				continue
			}
			seen := map[string]bool{}
			for _, x := range gatewayFaults(p, o) {
				if seen[x.slot] {
					continue
				}
				seen[x.slot] = true
				p.Report(finding.Finding{
					Subject: o.Ref(), Slot: x.slot, Severity: finding.High, Grade: finding.Proved, Summary: x.says, Rests: x.rests, Fixes: x.fixes,
					Evidence: append([]finding.Evidence{{Ref: o.Ref(), Path: x.field, Value: x.value}}, x.evidence...),
				})
			}
		}
	}
}

func gatewayFaults(p *Pass, o *model.Object) []routeFault {
	l := routeLook{p, o}
	if o.Kind == model.KindGateway {
		return l.gateway()
	}
	return append(l.parents(), l.backends()...)
}

// routeLook looks at one object of the Gateway API.
type routeLook struct {
	*Pass
	*model.Object
}

// gone reports whether an object that is named is known not to exist. What stands in
// another namespace is looked at again after a while.
func (l routeLook) gone(ref model.Ref) (a finding.Absence, gone bool) {
	l.far(ref.Namespace)
	a, absent := l.Absent(ref)
	if !absent || a.Grade == finding.Proved {
		return a, absent
	}
	kind := ref.Kind
	if kind.IsCustom() {
		kind = model.KindCustom
	}
	if ok, _ := l.Snapshot.Knows(kind, kind.In(ref.Namespace)); !ok {
		l.Blind(kind, ref.Namespace)
	}
	return a, false
}

func (l routeLook) far(namespace string) {
	if namespace != l.Object.Namespace {
		l.Wake(l.Now.Add(otherNamespace))
	}
}

// shown is the name of an object, with its namespace where that is another.
func (l routeLook) shown(ref model.Ref) string {
	if ref.Namespace == l.Object.Namespace || ref.Namespace == "" {
		return ref.Name
	}
	return ref.Path()
}

// parents looks at what a route is attached to.
func (l routeLook) parents() (out []routeFault) {
	for _, at := range l.Routing.Parents {
		if at.To.Kind != model.KindGateway || at.To.Name == "" {
			continue
		}
		x := routeFault{slot: strings.TrimSuffix("parent/"+at.To.Path()+"/"+at.Listener, "/"), field: at.Field, value: at.To.Name}
		if a, gone := l.gone(at.To); gone {
			x.rests = []finding.Absence{a}
			x.says = fmt.Sprintf("It is attached to Gateway %s, which does not exist%s.", l.shown(at.To), similarTo(l.Pass, at.To))
			out = append(out, x)
			continue
		}
		gate, ok := model.Get[*model.Object](l.Snapshot, at.To)
		if !ok || gate.Routing == nil || gate.Routing.Cut || len(gate.Routing.Listeners) == 0 {
			continue
		}
		if said, refused := l.refused(at, gate); refused {
			x.says = said
			x.evidence = []finding.Evidence{{Ref: gate.Ref(), Path: "spec.listeners", Value: sayListeners(gate.Routing.Listeners), Note: "the listeners that it has"}}
			out = append(out, x)
		}
	}
	return out
}

// refused says why no listener of a Gateway takes the route.
func (l routeLook) refused(at model.RouteParent, gate *model.Object) (said string, refused bool) {
	list := gate.Routing.Listeners
	if at.Listener != "" || at.Port != 0 {
		list = slices.DeleteFunc(slices.Clone(list), func(x model.Listener) bool {
			return at.Listener != "" && x.Name != at.Listener || at.Port != 0 && x.Port != at.Port
		})
	}
	if len(list) == 0 {
		what := "listener " + at.Listener
		switch {
		case at.Listener == "":
			what = fmt.Sprintf("port %d", at.Port)
		case at.Port != 0:
			what += fmt.Sprintf(" with port %d", at.Port)
		}
		return fmt.Sprintf("It is attached to %s of Gateway %s, which has %s.", what, l.shown(gate.Ref()), sayListeners(gate.Routing.Listeners)), true
	}
	if at.Accepted {
		return "", false // its controller takes it
	}
	why := ""
	for _, x := range list {
		no := l.declines(x, gate)
		if no == "" {
			return "", false
		}
		if why == "" {
			why = fmt.Sprintf("listener %s %s", x.Name, no)
		}
	}
	if len(list) > 1 {
		return fmt.Sprintf("No listener of Gateway %s takes it: %s.", l.shown(gate.Ref()), why), true
	}
	return fmt.Sprintf("Gateway %s does not take it: %s.", l.shown(gate.Ref()), why), true
}

// spoken are the protocols of listeners that take a route of a kind, where they do not say
// which they take.
var spoken = map[model.Kind][]string{
	model.KindHTTPRoute: {"HTTP", "HTTPS"}, model.KindGRPCRoute: {"HTTP", "HTTPS"}, model.KindTLSRoute: {"TLS"},
	model.KindTCPRoute: {"TCP", "TLS"}, model.KindUDPRoute: {"UDP"},
}

// declines says why a listener does not take the route; empty where it does, or may.
func (l routeLook) declines(x model.Listener, gate *model.Object) string {
	switch {
	case len(x.Kinds) > 0 && !slices.Contains(x.Kinds, l.Object.Kind):
		return "takes " + sayKinds(x.Kinds) + " alone"
	case len(x.Kinds) == 0 && !slices.Contains(spoken[l.Object.Kind], x.Protocol) && slices.Contains([]string{"HTTP", "HTTPS", "TLS", "TCP", "UDP"}, x.Protocol):
		return "speaks " + x.Protocol
	case x.From == "None":
		return "takes no routes"
	case x.From == "Same" && l.Object.Namespace != gate.Namespace:
		return "takes routes of its own namespace alone"
	case x.From == "Selector" && x.Selector != nil:
		ns, ok := model.Get[*model.Namespace](l.Snapshot, model.Ref{Kind: model.KindNamespace, Name: l.Object.Namespace})
		if ok && !matchesNamespace(x.Selector, ns) {
			return "takes routes of namespaces with " + saySelector(x.Selector) + ", which " + ns.Name + " has not"
		}
	}
	if x.Host != "" && len(l.Routing.Hosts) > 0 && !slices.ContainsFunc(l.Routing.Hosts, func(h string) bool { return hostsMeet(h, x.Host) }) {
		return "is for " + x.Host + ", and the route for " + text.Joined(l.Routing.Hosts, 3)
	}
	return ""
}

// hostsMeet reports whether two host names, of which each may begin with *., have a name in
// common.
func hostsMeet(a, b string) bool {
	endA, wildA := strings.CutPrefix(a, "*")
	endB, wildB := strings.CutPrefix(b, "*")
	switch {
	case wildA && wildB:
		return strings.HasSuffix(endA, endB) || strings.HasSuffix(endB, endA)
	case wildA:
		return strings.HasSuffix(b, endA)
	case wildB:
		return strings.HasSuffix(a, endB)
	}
	return strings.EqualFold(a, b)
}

func sayListeners(list []model.Listener) string {
	parts := make([]string, len(list))
	for i, x := range list {
		parts[i] = fmt.Sprintf("%s (%s %d)", x.Name, x.Protocol, x.Port)
	}
	return text.Joined(parts, 4)
}

// similarTo is the end of a sentence on an object that does not exist: "; there is web".
func similarTo(p *Pass, ref model.Ref) string {
	if list := p.Graph.Similar(ref, 1); len(list) > 0 {
		return "; there is " + list[0].Name
	}
	return ""
}

// sayKinds writes kinds without their groups.
func sayKinds(kinds []model.Kind) string {
	parts := make([]string, len(kinds))
	for i, kind := range kinds {
		parts[i], _, _ = strings.Cut(string(kind), ".")
	}
	return text.Joined(parts, 3)
}
