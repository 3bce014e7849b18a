package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// renewer is who renews a certificate before it ends.
type renewer struct {
	says     string    // the end of a sentence: "nothing renews it"
	works    bool      // it can be relied on, as far as can be seen
	at       time.Time // when it is to renew it next; zero where that is not known
	evidence []finding.Evidence
	causes   []finding.ID
}

// renewerOf finds who renews the certificate of a Secret.
func renewerOf(p *Pass, s *model.Secret, c *model.Certificate) renewer {
	if name := s.Annotations[certificateAnnotation]; name != "" {
		return certManager(p, model.Ref{Kind: "Certificate.cert-manager.io", Namespace: s.Namespace, Name: name})
	}
	if len(s.Owners) > 0 {
		o := s.Owners[0]
		return renewer{
			says: fmt.Sprintf("%s %s, to which the Secret belongs, has not renewed it", o.Kind, o.Name), works: true,
			evidence: []finding.Evidence{{Ref: s.Ref(), Path: "metadata.ownerReferences", Value: fmt.Sprintf("%s %s", o.Kind, o.Name), Note: "its controller makes the certificate"}},
		}
	}
	if key := renewedMark(s); key != "" {
		return renewer{
			says: "the controller that marks the Secret has not renewed it", works: true,
			evidence: []finding.Evidence{{Ref: s.Ref(), Path: "metadata", Value: key, Note: "a controller renews or copies it"}},
		}
	}
	writer := []finding.Evidence{{Ref: s.Ref(), Path: "metadata.managedFields", Value: orNothing(s.ChangedBy), Note: "wrote its data last, at " + stamp(s.Changed)}}
	if renewedBefore(s, c) {
		return renewer{says: fmt.Sprintf("%s, which renewed it before, has not done so again", s.ChangedBy), works: true, evidence: writer}
	}
	if rel := releaseOf(p, &s.Meta); rel != nil {
		return renewer{says: fmt.Sprintf("nothing but an upgrade of release %s renews it", rel.Name), evidence: writer}
	}
	return renewer{says: "nothing in the cluster renews it", evidence: writer}
}

const certificateAnnotation = "cert-manager.io/certificate-name"

// renewedMarks are labels and annotations of controllers that renew the certificates that
// they make, and of tools that copy a Secret which is renewed elsewhere.
var renewedMarks = []string{
	"service.beta.openshift.io/", "service.alpha.openshift.io/", "auth.openshift.io/managed-certificate-type", "operator.openshift.io/", "networking.internal.knative.dev/",
	"cert.kyverno.io/managed-by", "cnpg.io/cluster", "olm.managed", "objectset.rio.cattle.io/hash", "reflector.v1.k8s.emberstack.com/", "replicator.v1.mittwald.de/",
	"kubed.appscode.com/", "reconcile.external-secrets.io/", "secrets-store.csi.k8s.io/",
}

func renewedMark(s *model.Secret) string {
	for _, keys := range []map[string]string{s.Labels, s.Annotations} {
		for _, k := range sortedKeys(keys) {
			if hasMark(map[string]string{k: ""}, renewedMarks) {
				return k
			}
		}
	}
	return ""
}

// handTools begin the names of the field managers by which people and pipelines write.
var handTools = []string{"kubectl", "helm", "argocd", "kustomize", "terraform", "pulumi", "ansible", "flux", "oc", "k9s", "lens", "before-first-apply", "kapp", "werf", "tanka", "kluctl", "rancher", "fleet", "skaffold", "tilt", "crossplane"}

// renewedBefore reports whether a program wrote a Secret again at the moment at which its
// certificate was issued: what did so once will do so again.
func renewedBefore(s *model.Secret, c *model.Certificate) bool {
	if s.ChangedBy == "" || s.Changed.Before(s.Created.Add(time.Hour)) {
		return false
	}
	by := strings.ToLower(s.ChangedBy)
	if slices.ContainsFunc(handTools, func(tool string) bool { return strings.HasPrefix(by, tool) }) {
		return false
	}
	return s.Changed.Sub(c.NotBefore).Abs() < 2*time.Hour
}

// renewalPatience is how long cert-manager may be behind its renewal time: it tries a
// failed request again within an hour at first, and after 32 at last.
const renewalPatience = 24 * time.Hour

// certManager judges a Certificate of cert-manager and the controller behind it.
func certManager(p *Pass, ref model.Ref) renewer {
	a, absent := p.Absent(ref)
	if absent && a.Grade == finding.Proved {
		return renewer{
			says:     fmt.Sprintf("its Certificate %s, by which cert-manager renewed it, is gone", ref.Name),
			evidence: []finding.Evidence{{Ref: ref, Note: "does not exist"}},
		}
	}
	o, read := model.Get[*model.Object](p.Snapshot, ref)
	if !read {
		return renewer{says: "cert-manager has not renewed it", works: true, evidence: []finding.Evidence{{Ref: ref, Note: "was not read"}}}
	}
	issuing := model.FindCondition(o.Conditions, "Issuing")
	switch c := failingCondition(o); {
	case issuing != nil && issuing.Status == "False" && issuing.Reason == "Failed":
		return renewer{says: "cert-manager fails to renew it" + reasonOf(issuing), evidence: []finding.Evidence{conditionEvidence(o, issuing)}, causes: []finding.ID{finding.IDOf(conditionFailingID, ref, "")}}
	case c != nil:
		return renewer{says: "its Certificate is not ready" + reasonOf(c), evidence: []finding.Evidence{conditionEvidence(o, c)}, causes: []finding.ID{finding.IDOf(conditionFailingID, ref, "")}}
	}
	if r, down := controllerDown(p); down {
		return r
	}
	r := renewer{says: "cert-manager has not renewed it", works: true}
	if !o.Renews.IsZero() {
		r.at = o.Renews
		r.evidence = []finding.Evidence{{Ref: ref, Path: "status.renewalTime", Value: stamp(o.Renews)}}
		if underway := issuing != nil && issuing.Status == "True"; !underway && p.Due(o.Renews, renewalPatience) {
			r.works, r.says = false, fmt.Sprintf("cert-manager was to renew it at %s", stamp(o.Renews))
		}
	}
	return r
}

// controllerDown reports whether the controller of cert-manager is in the cluster and has
// had no pod for ten minutes.
func controllerDown(p *Pass) (r renewer, down bool) {
	for _, space := range p.Spaces {
		for w := range model.Each[*model.Workload](space, model.KindDeployment) {
			if w.Labels["app.kubernetes.io/name"] != "cert-manager" || w.Labels["app.kubernetes.io/component"] != "controller" || w.Ready > 0 {
				continue
			}
			c := model.FindCondition(w.Conditions, "Available")
			if w.Desired > 0 && (c == nil || c.Status != "False" || !p.Due(c.Since, readyPatience)) {
				continue
			}
			return renewer{
				says:     fmt.Sprintf("the controller of cert-manager, Deployment %s, has no pod", w.Ref().Path()),
				evidence: []finding.Evidence{{Ref: w.Ref(), Path: "status.readyReplicas", Value: fmt.Sprintf("0 of %d", w.Desired)}},
				causes:   podTroubles(p, w.Ref()),
			}, true
		}
	}
	return r, false
}
