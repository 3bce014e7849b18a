package probes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const serviceEntryKind = model.Kind("ServiceEntry.networking.istio.io")

// dnsOperatorKind is what OpenShift's operator makes the cluster's DNS by.
const dnsOperatorKind = model.Kind("DNS.operator.openshift.io")

// madeElsewhere reports whether something else than a Service may give a name its address: the
// CoreDNS of the cluster, a ServiceEntry of Istio, hostAliases or name servers of the pods that
// use it. users are the workloads that do.
func madeElsewhere(p *Pass, host string, to model.Ref, users []model.Ref) bool {
	name := fmt.Sprintf("%s.%s.svc.", to.Name, to.Namespace)
	for _, cm := range corefiles(p) {
		if cm.Deleting.IsZero() && (cm.Corefile.Makes(name+cm.Corefile.Domain) || cm.Corefile.Makes(host)) {
			return true
		}
	}
	words := model.HostWords(host, to)
	zones := slices.Clone(words)
	for _, zone, more := strings.Cut(host, "."); more; _, zone, more = strings.Cut(zone, ".") {
		zones = append(zones, model.Word(zone))
	}
	for o := range model.Each[*model.Object](p.Snapshot.Space(""), dnsOperatorKind) {
		if o.Cut || slices.ContainsFunc(zones, o.Words.Has) {
			return true // spec.servers.zones, which the operator writes into the Corefile
		}
	}
	for _, ns := range p.Namespaces() {
		for o := range model.Each[*model.Object](p.Snapshot.Space(ns), serviceEntryKind) {
			if o.Cut || slices.ContainsFunc(words, o.Words.Has) {
				return true
			}
		}
	}
	return slices.ContainsFunc(users, func(ref model.Ref) bool {
		t := templateAt(p, ref)
		return t != nil && (slices.Contains(t.Aliases, host) || t.DNSPolicy == "None" && len(t.Nameservers) > 0)
	})
}

// relative reports whether a name without .svc may be looked up in other domains than the
// cluster's: those of the node, or search domains of the pod.
func relative(p *Pass, users []model.Ref) bool {
	return slices.ContainsFunc(users, func(ref model.Ref) bool {
		t := templateAt(p, ref)
		if t == nil {
			return false
		}
		why, _ := asksNode(t)
		return why != "" || t.Searches
	})
}

// isPublic reports whether a name of two labels reads like a domain of the outer world, whose
// end is also the name of a namespace here: acme.shop.
func isPublic(labels []string, port int) bool {
	return len(labels) == 2 && publicEnds[labels[1]] && (port == 0 || port == 80 || port == 443)
}

// publicEnds are top-level domains that are words by which namespaces are called.
var publicEnds = map[string]bool{
	"academy": true, "agency": true, "audio": true, "bank": true, "blog": true, "care": true, "center": true, "chat": true, "click": true, "company": true,
	"digital": true, "domains": true, "email": true, "energy": true, "events": true, "finance": true, "games": true, "global": true, "group": true, "health": true,
	"host": true, "land": true, "life": true, "link": true, "live": true, "market": true, "media": true, "money": true, "network": true, "news": true, "one": true,
	"page": true, "photos": true, "plus": true, "run": true, "school": true, "services": true, "shop": true, "site": true, "social": true, "software": true,
	"solutions": true, "space": true, "store": true, "studio": true, "support": true, "systems": true, "team": true, "technology": true, "tools": true,
	"training": true, "video": true, "website": true, "works": true, "world": true, "zone": true,
}

// templateAt is the pod template of a workload, or what a pod is made of; nil for others.
func templateAt(p *Pass, ref model.Ref) *model.Template {
	switch o := p.Row(ref).(type) {
	case *model.Workload:
		return &o.Template
	case *model.Pod:
		return o.Template
	}
	return nil
}

// onlyServices is the claim that nothing else than Services gives a name its address. Where
// what else might was not read, that is likely, and no more.
func onlyServices(p *Pass, to model.Ref) finding.Absence {
	a := finding.Absence{Of: to, Claim: "nothing else gives its name an address", Grade: finding.Proved}
	for _, ns := range model.DNSSpaces {
		if ns == systemSpace || p.Exists(model.Ref{Kind: model.KindNamespace, Name: ns}) {
			p.lacks(&a, model.KindConfigMap, ns)
		}
	}
	for _, w := range p.Coverage {
		if all := model.Lookup(model.KindCustom).Resource; (w.Resource == all || w.Resource == "serviceentries.networking.istio.io") && (!w.Known() || w.Namespace != "") {
			a.Grade = finding.Unknown
			a.Why = append(a.Why, w.Resource+": "+cmp.Or(w.Message, "read in some namespaces only"))
		}
	}
	if a.Grade != finding.Proved {
		a.Grade = finding.Inferred
	}
	return a
}
