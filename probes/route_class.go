package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const (
	// servedAfter is how long a controller may take to give an Ingress its address.
	servedAfter = 5 * time.Minute
	// defaultClass marks the IngressClass of those that name none.
	defaultClass = "ingressclass.kubernetes.io/is-default-class"
	// wantsClass is the controller of ingress-nginx, which serves no Ingress without a class
	// unless it is told to (--watch-ingress-without-class). Others do (Contour, Traefik).
	wantsClass = "k8s.io/ingress-nginx"
)

// classless reports an Ingress that no controller takes, since it names no class.
func classless(p *Pass, i *model.Ingress) {
	if i.Class != "" || len(i.Addresses) > 0 {
		return
	}
	if known, _ := p.Snapshot.Knows(model.KindIngressClass, ""); !known {
		p.Blind(model.KindIngressClass, "")
		return
	}
	var names []string
	for c := range model.Each[*model.Object](p.Snapshot.Space(""), model.KindIngressClass) {
		if c.Annotations[defaultClass] == "true" || c.Detail != wantsClass {
			return
		}
		names = append(names, c.Name)
	}
	if len(names) == 0 || !p.After(i.SpecChanged(), servedAfter) || othersServed(p) {
		return
	}
	f := finding.Finding{
		Subject: i.Ref(), Slot: "class", Severity: finding.High, Grade: finding.Inferred,
		Summary: fmt.Sprintf("It names no class, and no IngressClass is the default, so that no controller serves it: there is %s.", text.Joined(names, 3)),
		Evidence: []finding.Evidence{
			{Ref: i.Ref(), Path: "spec.ingressClassName", Note: "not set"},
			{Ref: i.Ref(), Path: "status.loadBalancer.ingress", Note: "empty"},
			{Ref: model.Ref{Kind: model.KindIngressClass, Name: names[0]}, Path: "spec.controller", Value: wantsClass, Note: "serves an Ingress without a class only with --watch-ingress-without-class"},
		},
	}
	if len(names) == 1 {
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "by hand", Value: fmt.Sprintf(`kubectl patch ingress %s -n %s --type merge -p '{"spec":{"ingressClassName":"%s"}}'`, i.Name, i.Namespace, strings.TrimSpace(names[0]))})
	}
	p.Report(f)
}

// othersServed reports whether an Ingress of the cluster that names no class has an address.
func othersServed(p *Pass) bool {
	p.Wake(p.Now.Add(otherNamespace))
	for _, ns := range p.Namespaces() {
		for i := range model.Each[*model.Ingress](p.Snapshot.Space(ns), model.KindIngress) {
			if i.Class == "" && len(i.Addresses) > 0 {
				return true
			}
		}
	}
	return false
}
