package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const certificateExpiringID finding.ProbeID = "certificate-expiring"

// CertificateExpiring finds certificates in use that end soon, and that nobody renews.
var CertificateExpiring = &Probe{
	ID: certificateExpiringID,
	Doc: `A certificate in use ends soon, or has ended
From its end on, every client that checks it refuses the connection: browsers, ingress controllers,
the API server before a webhook.

**Rule.** The certificate in tls.crt of a Secret of type kubernetes.io/tls ends within 30 days, or a third of its
life where that is less: medium; within 7 days, or a twelfth, or it has ended: high. Something uses the Secret: an Ingress, a Gateway or another
custom resource that names it, or a workload that should run and mounts or reads it. Nobody renews
it:

- cert-manager made it, and its Certificate is gone, says that renewing failed, is a day
  behind its renewal time, or the controller of cert-manager has no pod that is ready;
- no controller made it: the Secret has no owner, no mark of one, and was never written again at
  the moment at which a certificate was issued.

Where a controller renews it, it is told on its last day alone, or in the last twelfth of its life, once the time is
past at which cert-manager is to renew it. Sources: cert-manager
documentation (Certificate, renewalTime, the annotations of Secrets); RFC 5280 4.1.2.5.

**Evidence.** The subject and its names, the issuer, the end, who uses it, who issues it. Of a
certificate nothing else is kept, and of a key nothing.

**What it cannot see.** Certificates in Secrets of another type, in images and in files; the further
certificates of a chain; what a load balancer of a cloud serves.

**By hand.** With cert-manager ` + "`cmctl renew NAME`" + `, and ` + "`kubectl describe certificate NAME`" + `; else issue
a new one and ` + "`kubectl create secret tls NAME --cert=FILE --key=FILE --dry-run=client -o yaml | kubectl apply -f -`" + `.

**Silent** for Secrets that nothing uses (secret-orphan), for workloads scaled to 0, while
renewal is not due or under way.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindSecret},
	Uses:  reads(workloadReads, []model.Kind{model.KindPod, model.KindIngress, model.KindServiceAccount, model.KindCustom, model.KindNamespace}),
	Run:   staying(runCertificateExpiring),
}

const (
	certificateWarns  = 30 * 24 * time.Hour
	certificateUrgent = 7 * 24 * time.Hour
	certificateLast   = 24 * time.Hour // how late a controller may be
)

// within is a time before the end of a certificate, and no more than a part of its whole life: one
// that is made anew each day is always in its last week.
func within(c *model.Certificate, most time.Duration, part int) time.Duration {
	if life := c.Until.Sub(c.NotBefore) / time.Duration(part); !c.NotBefore.IsZero() && life > 0 {
		return min(most, life)
	}
	return most
}

func runCertificateExpiring(p *Pass) {
	for s := range model.Each[*model.Secret](p.Space, model.KindSecret) {
		if !s.Deleting.IsZero() {
			continue
		}
		for i := range s.Certs { // Secrets of type kubernetes.io/tls alone have them
			c := &s.Certs[i]
			if c.Key != "tls.crt" || c.Until.IsZero() || !p.Due(c.Until.Add(-within(c, certificateWarns, 3)), 0) {
				continue
			}
			p.Wake(p.Now.Add(otherNamespace)) // who uses and who renews it may stand in another namespace
			users := secretUsers(p, s.Ref())
			if len(users) == 0 {
				continue
			}
			if by := renewerOf(p, s, c); !by.works || p.Due(latest(by.at, c.Until.Add(-within(c, certificateLast, 12))), 0) {
				p.Report(expiringCertificate(p, s, c, users, by))
			}
		}
	}
}

func expiringCertificate(p *Pass, s *model.Secret, c *model.Certificate, users []dependant, by renewer) finding.Finding {
	f := finding.Finding{Subject: s.Ref(), Severity: finding.Medium, Grade: finding.Proved, Causes: by.causes}
	if p.Due(c.Until.Add(-within(c, certificateUrgent, 12)), 0) {
		f.Severity = finding.High
	}
	ends := "ends in " + p.Left(c.Until)
	if p.Due(c.Until, 0) {
		f.Since, ends = c.Until, "ended "+p.Age(c.Until)+" ago"
	}
	serves := fmt.Sprintf("%s %s", users[0].ref.Kind, users[0].ref.Name)
	if more := len(users) - 1; more > 0 {
		serves += fmt.Sprintf(" and %s", text.Counted(more, "other"))
	}
	f.Summary = fmt.Sprintf("The certificate of %s, which %s %s, %s, and %s.", certificateName(c), serves, text.Plural(len(users), "uses", "use"), ends, by.says)
	f.Evidence = []finding.Evidence{
		{Ref: s.Ref(), Path: "data[tls.crt] notAfter", Value: stamp(c.Until), Note: "valid from " + stamp(c.NotBefore)},
		{Ref: s.Ref(), Path: "data[tls.crt] subject", Value: orNothing(c.Subject), Note: "for " + orNothing(text.Joined(c.Names, 4))},
		{Ref: s.Ref(), Path: "data[tls.crt] issuer", Value: orNothing(c.Issuer)},
	}
	if issuer := s.Annotations["cert-manager.io/issuer-name"]; issuer != "" {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: s.Ref(), Path: "metadata.annotations[cert-manager.io/issuer-name]", Value: issuer, Note: orNothing(s.Annotations["cert-manager.io/issuer-kind"])})
	}
	for _, u := range users[:min(len(users), 4)] {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: u.ref, Path: u.path, Value: s.Name, Note: "uses it"})
	}
	f.Evidence = append(f.Evidence, by.evidence...)
	return f
}

// certificateName is what a certificate is for: its first name, else its subject.
func certificateName(c *model.Certificate) string {
	if len(c.Names) == 0 {
		return orNothing(c.Subject)
	}
	if more := len(c.Names) - 1; more > 0 {
		return fmt.Sprintf("%s and %s", c.Names[0], text.Counted(more, "other name"))
	}
	return c.Names[0]
}
