package project

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net/url"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

const maxHooks = 256

func (p *Projector) validatingWebhook(o *admissionregistrationv1.ValidatingWebhookConfiguration) *model.WebhookConfig {
	out := &model.WebhookConfig{Meta: p.meta(model.KindValidatingWebhook, &o.ObjectMeta)}
	for i := range o.Webhooks {
		w := &o.Webhooks[i]
		p.webhook(out, i, &webhook{
			w.Name, w.ClientConfig, w.Rules, w.FailurePolicy, w.NamespaceSelector, w.ObjectSelector, w.TimeoutSeconds, len(w.MatchConditions),
		})
	}
	return out
}

func (p *Projector) mutatingWebhook(o *admissionregistrationv1.MutatingWebhookConfiguration) *model.WebhookConfig {
	out := &model.WebhookConfig{Meta: p.meta(model.KindMutatingWebhook, &o.ObjectMeta)}
	for i := range o.Webhooks {
		w := &o.Webhooks[i]
		p.webhook(out, i, &webhook{
			w.Name, w.ClientConfig, w.Rules, w.FailurePolicy, w.NamespaceSelector, w.ObjectSelector, w.TimeoutSeconds, len(w.MatchConditions),
		})
	}
	return out
}

// webhook is what the two kinds of webhook have in common.
type webhook struct {
	name       string
	client     admissionregistrationv1.WebhookClientConfig
	rules      []admissionregistrationv1.RuleWithOperations
	policy     *admissionregistrationv1.FailurePolicyType
	namespaces *metav1.LabelSelector
	objects    *metav1.LabelSelector
	timeout    *int32
	conditions int
}

func (p *Projector) webhook(out *model.WebhookConfig, i int, w *webhook) {
	if i >= maxHooks {
		return
	}
	h := model.Webhook{
		Name: p.word(w.name), FailurePolicy: string(admissionregistrationv1.Fail), Conditions: w.conditions, TimeoutSeconds: 10,
		NamespaceSelector: p.selectorOrAll(w.namespaces), ObjectSelector: p.selectorOrAll(w.objects),
	}
	if w.policy != nil {
		h.FailurePolicy = p.word(string(*w.policy))
	}
	if w.timeout != nil {
		h.TimeoutSeconds = *w.timeout
	}
	if s := w.client.Service; s != nil {
		h.Service = model.Ref{Kind: model.KindService, Namespace: p.word(s.Namespace), Name: p.word(s.Name)}
		h.Port = 443 // the API server's default
		if s.Port != nil {
			h.Port = *s.Port
		}
		out.Refs = append(out.Refs, model.Reference{Type: model.EdgeServes, To: h.Service, Path: at("webhooks", i) + ".clientConfig.service"})
	}
	if w.client.URL != nil {
		if u, err := url.Parse(*w.client.URL); err == nil {
			h.URL = name(u.Host)
		}
	}
	if len(w.client.CABundle) > 0 {
		h.TrustedUntil, h.Trusts, h.TrustError = trust(w.client.CABundle)
	}
	for j := range w.rules {
		r := &w.rules[j]
		for _, op := range r.Operations {
			h.Operations = appendNew(h.Operations, p.word(string(op)))
		}
		for _, g := range r.APIGroups {
			h.Groups = appendNew(h.Groups, p.word(g))
		}
		for _, res := range r.Resources {
			h.Resources = appendNew(h.Resources, p.word(res))
		}
	}
	out.Hooks = append(out.Hooks, h)
}

// The bounds of what is read, and kept, of a bundle.
const (
	maxTrusted = 64
	maxTrusts  = 16
)

// trust is when the last certificate of a bundle ends, what it holds, and why it cannot be
// used where it holds none.
func trust(bundle []byte) (until time.Time, holds []string, wrong string) {
	for range maxTrusted {
		block, rest := pem.Decode(bundle)
		if block == nil {
			break
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			if c.NotAfter.After(until) {
				until = c.NotAfter.UTC()
			}
			holds = append(holds, "="+digest(c.Raw), digest(c.RawSubject)+"/"+hex.EncodeToString(c.SubjectKeyId))
		}
		bundle = rest
	}
	if until.IsZero() {
		return until, nil, "it holds no certificate"
	}
	if len(holds) > 2*maxTrusts {
		holds = nil
	}
	return until, holds, ""
}

// digest tells certificates and names apart.
func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// selectorOrAll is for selectors that select everything where they are absent.
func (p *Projector) selectorOrAll(s *metav1.LabelSelector) *model.Selector {
	if s == nil {
		return &model.Selector{}
	}
	return p.selector(s)
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	if len(list) >= 256 {
		return list
	}
	return append(list, s)
}

func (p *Projector) definition(o *apiextensionsv1.CustomResourceDefinition) *model.Object {
	out := &model.Object{Meta: p.meta(model.KindCRD, &o.ObjectMeta), Detail: p.word(o.Spec.Names.Kind + "." + o.Spec.Group)}
	out.Conditions = conditions(p, o.Namespace, o.Status.Conditions, func(c *apiextensionsv1.CustomResourceDefinitionCondition) (typ, status, reason, text string, since metav1.Time) {
		return string(c.Type), string(c.Status), c.Reason, c.Message, c.LastTransitionTime
	})
	if c := o.Spec.Conversion; c != nil && c.Webhook != nil && c.Webhook.ClientConfig != nil && c.Webhook.ClientConfig.Service != nil {
		s := c.Webhook.ClientConfig.Service
		out.Refs = append(out.Refs, model.Reference{
			Type: model.EdgeServes, To: model.Ref{Kind: model.KindService, Namespace: p.word(s.Namespace), Name: p.word(s.Name)},
			Path: "spec.conversion.webhook.clientConfig.service",
		})
	}
	return out
}
