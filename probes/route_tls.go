package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// tlsSlot tells what an Ingress says of TLS from where it leads.
const tlsSlot = "tls"

// certified reports an Ingress whose certificates are not those of its hosts: a client gets
// the controller's own certificate, or one of another name, and refuses it.
func certified(p *Pass, i *model.Ingress) {
	if len(i.TLS) == 0 || i.Cut || certifiedElsewhere(p, i) || !p.After(i.SpecChanged(), servedAfter) {
		return // whoever issues certificates may be about to
	}
	served := unique(i.Hosts)
	for at, t := range i.TLS {
		cert, ok := certificateOf(p, i, t.Secret)
		if !ok {
			continue
		}
		for _, host := range t.Hosts {
			if slices.Contains(served, host) && !coveredBy(cert.Names, host) && !heldElsewhere(p, host) {
				f := otherCertificate(i, at, host, cert)
				f.Rests = ownCertificates(p, i)
				p.Report(f)
				return
			}
		}
	}
	if i.AllHosts {
		return
	}
	bare := bareHosts(p, i, served)
	var idle []string
	for _, t := range i.TLS {
		for _, host := range t.Hosts {
			if !slices.ContainsFunc(served, func(s string) bool { return coveredBy([]string{host}, s) || coveredBy([]string{s}, host) }) {
				idle = append(idle, host)
			}
		}
	}
	if len(bare) == 0 || len(idle) == 0 {
		return // plain HTTP for some hosts may be meant
	}
	alike := func(host string) bool {
		return slices.ContainsFunc(idle, func(t string) bool { return text.Distance(host, t) <= 2 })
	}
	if len(bare) < len(served) && !slices.ContainsFunc(bare, alike) {
		return
	}
	p.Report(finding.Finding{
		Subject: i.Ref(), Slot: tlsSlot, Severity: finding.Medium, Grade: finding.Inferred, Rests: ownCertificates(p, i),
		Summary: fmt.Sprintf("Its TLS is for %s, for which it has no rule, and %s has no certificate.", text.Joined(idle, 3), text.Joined(bare, 3)),
		Evidence: []finding.Evidence{
			{Ref: i.Ref(), Path: "spec.tls.hosts", Value: text.Joined(idle, 6), Note: "no rule has this host"},
			{Ref: i.Ref(), Path: "spec.rules.host", Value: text.Joined(bare, 6), Note: "spec.tls names it nowhere: the controller serves it with a certificate of its own"},
		},
	})
}

// certifiedElsewhere reports whether another certificate than that of its Secrets is served for an
// Ingress: its program's own, one of the cloud, or that of a gateway.
func certifiedElsewhere(p *Pass, i *model.Ingress) bool {
	for k, v := range i.Annotations {
		if strings.HasSuffix(k, "/ssl-passthrough") && v == "true" || strings.HasSuffix(k, "/certificate-arn") || strings.HasSuffix(k, "/managed-certificates") || strings.HasSuffix(k, "/pre-shared-cert") {
			return true
		}
	}
	c, ok := model.Get[*model.Object](p.Snapshot, model.Ref{Kind: model.KindIngressClass, Name: i.Class})
	if !ok {
		return i.Class == "alb" || i.Class == "istio" // named by the annotation alone
	}
	return slices.Contains(keptElsewhere, c.Detail)
}

// keptElsewhere are controllers that take no certificate out of the namespace of an Ingress: AWS keeps
// them itself, Istio reads the Secret of that name in the namespace of its gateway's pods.
var keptElsewhere = []string{"ingress.k8s.aws/alb", "istio.io/ingress-controller"}

// ownCertificates is the claim that the cloud keeps no certificates for an Ingress.
func ownCertificates(p *Pass, i *model.Ingress) []finding.Absence {
	a := finding.Absence{Of: i.Ref(), Claim: "the certificates of its Secrets are served", Grade: finding.Proved}
	p.doubts(&a, []model.Kind{model.KindIngressClass}, "")
	return []finding.Absence{a}
}

// bareHosts are the hosts of rules for which there is no certificate: spec.tls does not name
// them, and none of its certificates is for them. There are none where that is not known.
func bareHosts(p *Pass, i *model.Ingress, served []string) (out []string) {
	var names []string
	for _, t := range i.TLS {
		if len(t.Hosts) == 0 || t.Secret == "" {
			return nil // it is for all hosts, or the controller's own certificate is meant
		}
		cert, ok := certificateOf(p, i, t.Secret)
		if !ok {
			return nil
		}
		names = slices.Concat(names, t.Hosts, cert.Names)
	}
	for _, host := range served {
		if !coveredBy(names, host) && !heldElsewhere(p, host) {
			out = append(out, host)
		}
	}
	return out
}

// certificateOf is the certificate in a Secret of an Ingress; ok is false where there is none
// whose names are all known.
func certificateOf(p *Pass, i *model.Ingress, name string) (cert model.Certificate, ok bool) {
	s, known := model.Get[*model.Secret](p.Snapshot, model.Ref{Kind: model.KindSecret, Namespace: i.Namespace, Name: name})
	if !known {
		return cert, false
	}
	at := slices.IndexFunc(s.Certs, func(c model.Certificate) bool { return c.Key == "tls.crt" && c.Error == "" })
	if at < 0 || len(s.Certs[at].Names) == 0 || len(s.Certs[at].Names) >= model.MaxCertNames {
		return cert, false
	}
	return s.Certs[at], true
}

// heldElsewhere reports whether some Secret of the cluster has a certificate for a host:
// controllers may serve it in the place of the one that is named (ingress-nginx with
// --default-ssl-certificate, Traefik by the name that a client asks for).
func heldElsewhere(p *Pass, host string) bool {
	p.Wake(p.Now.Add(otherNamespace))
	for _, ns := range p.Namespaces() {
		for s := range model.Each[*model.Secret](p.Snapshot.Space(ns), model.KindSecret) {
			for _, c := range s.Certs {
				if c.Key == "tls.crt" && coveredBy(c.Names, host) {
					return true
				}
			}
		}
	}
	return false
}

// coveredBy reports whether one of some names is a host's, or a wildcard for it.
func coveredBy(names []string, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(names, func(n string) bool {
		return strings.EqualFold(n, host) || parent != "" && strings.EqualFold(n, "*."+parent)
	})
}

// otherCertificate is a host of an Ingress whose certificate is for others.
func otherCertificate(i *model.Ingress, at int, host string, cert model.Certificate) finding.Finding {
	secret := model.Ref{Kind: model.KindSecret, Namespace: i.Namespace, Name: i.TLS[at].Secret}
	return finding.Finding{
		Subject: i.Ref(), Slot: tlsSlot, Severity: finding.Medium, Grade: finding.Proved,
		Summary: fmt.Sprintf("The certificate of %s in Secret %s is for %s: clients that check it refuse it.", host, secret.Name, text.Joined(cert.Names, 3)),
		Evidence: []finding.Evidence{
			{Ref: i.Ref(), Path: fmt.Sprintf("spec.tls[%d]", at), Value: host, Note: "with Secret " + secret.Name},
			{Ref: secret, Path: "data[tls.crt]", Value: orNothing(cert.Subject), Note: "for " + text.Joined(cert.Names, 6)},
		},
	}
}
