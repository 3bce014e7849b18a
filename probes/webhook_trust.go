package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

// trustSettles is how long what renews a certificate may take to write its CA into the
// webhook's configuration, and the server to read it.
const trustSettles = 10 * time.Minute

// distrusted reports whether the certificate that a webhook's pods mount is none that its
// caBundle vouches for, or is for another host: the API server then ends the connection.
// The program may read its certificate elsewhere, so this is inferred.
func (d *deadHook) distrusted(p *Pass) bool {
	h := d.hook()
	svc, ok := model.Get[*model.Service](p.Snapshot, h.Service)
	if !ok || len(h.Trusts) == 0 || svc.Type == "ExternalName" {
		return false
	}
	secret := d.serving(p, svc)
	if secret == nil {
		return false
	}
	at := slices.IndexFunc(secret.Certs, func(c model.Certificate) bool { return c.Key == tlsCertKey })
	if at < 0 || secret.Certs[at].Error != "" || len(secret.Certs[at].Signers) == 0 {
		return false
	}
	cert, host := &secret.Certs[at], svc.Name+"."+svc.Namespace+".svc"
	trusted, named := model.Vouches(h.Trusts, cert.Signers), len(cert.Names) == 0 || slices.Contains(cert.Names, host) || slices.Contains(cert.Names, "*."+svc.Namespace+".svc")
	switch {
	case !trusted && !named:
		return false // it is for something else, as a client's is
	case !trusted:
		d.why = fmt.Sprintf("its caBundle does not hold who signed the certificate that its pods serve, in Secret %s (%s)", secret.Ref().Path(), orNothing(cert.Issuer))
		d.evidence = []finding.Evidence{{Ref: d.config.Ref(), Path: d.path() + ".clientConfig.caBundle", Value: "valid until " + stamp(h.TrustedUntil), Note: "holds another certificate"}}
	case !named:
		d.why = fmt.Sprintf("the certificate that its pods serve, in Secret %s, is not for %s", secret.Ref().Path(), host)
	default:
		return false
	}
	d.evidence = append(d.evidence,
		finding.Evidence{Ref: secret.Ref(), Path: "data." + cert.Key, Value: cert.Subject, Note: fmt.Sprintf("issued by %s, for %s", orNothing(cert.Issuer), orNothing(text.Joined(cert.Names, 4)))},
		finding.Evidence{Ref: secret.Ref(), Note: "mounted by the pods of Service " + svc.Ref().Path() + "; a program may serve another one"},
	)
	d.grade = finding.Inferred
	for _, t := range []time.Time{d.config.Created, secret.Created, secret.Changed, secret.Seen, lastWrite(&d.config.Meta)} {
		if !p.After(t, trustSettles) {
			return false
		}
		if t.After(d.since) {
			d.since = t
		}
	}
	return true
}

// tlsCertKey is the key of a certificate in a Secret (kubernetes.io/tls).
const tlsCertKey = "tls.crt"

// serving is the one Secret with a certificate that all pods of a Service mount; nil where
// there is none, or more.
func (d *deadHook) serving(p *Pass, svc *model.Service) (secret *model.Secret) {
	for _, pod := range d.pods(p, svc) {
		for i := range pod.Template.Containers {
			for _, m := range pod.Template.Containers[i].Mounts {
				s, ok := model.Get[*model.Secret](p.Snapshot, m.From)
				if !ok || len(s.Certs) == 0 || s == secret {
					continue
				}
				if secret != nil {
					return nil
				}
				secret = s
			}
		}
	}
	return secret
}
