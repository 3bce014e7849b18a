package probes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// webhookSettles is for how long a webhook's Service may have no ready endpoint: a
// restart of its one replica is no fault.
const webhookSettles = time.Minute

// webhookReads are the kinds by which it is judged whether a webhook can answer.
var webhookReads = []model.Kind{model.KindService, model.KindEndpointSlice, model.KindPod, model.KindNamespace, model.KindSecret}

// deadHook is a webhook that must be asked and cannot answer.
type deadHook struct {
	config   *model.WebhookConfig
	at       int // its index
	why      string
	grade    finding.Grade
	since    time.Time
	evidence []finding.Evidence
	rests    []finding.Absence
}

func (d *deadHook) hook() *model.Webhook { return &d.config.Hooks[d.at] }

func (d *deadHook) path() string { return fmt.Sprintf("webhooks[%d]", d.at) }

// serves names what should answer: its Service, or its host.
func (d *deadHook) serves() string {
	if h := d.hook(); h.Service.Name == "" {
		return h.URL
	}
	return d.hook().Service.Path()
}

// id is that of the finding of webhook-unavailable that tells of the webhook.
func (d *deadHook) id() finding.ID {
	return finding.IDOf(webhookUnavailableID, d.config.Ref(), d.serves())
}

// deadHooks lists the webhooks whose failure policy is Fail and that cannot answer,
// those of validating configurations first. blind is told what was not read of those of
// which that is not known.
func deadHooks(p *Pass, blind func(kind model.Kind, namespace string)) (out []deadHook) {
	for _, kind := range []model.Kind{model.KindValidatingWebhook, model.KindMutatingWebhook} {
		for c := range model.Each[*model.WebhookConfig](p.Snapshot.Space(""), kind) {
			for i := range c.Hooks {
				if d, dead := deadHookAt(p, c, i, blind); dead {
					out = append(out, d)
				}
			}
		}
	}
	return out
}

func deadHookAt(p *Pass, c *model.WebhookConfig, i int, blind func(model.Kind, string)) (d deadHook, dead bool) {
	h := &c.Hooks[i]
	d = deadHook{config: c, at: i, grade: finding.Proved}
	if h.FailurePolicy != "Fail" || !c.Deleting.IsZero() {
		return d, false
	}
	if h.TrustError != "" {
		d.why = "its caBundle cannot be used: " + h.TrustError
		d.evidence = append(d.evidence, finding.Evidence{Ref: c.Ref(), Path: d.path() + ".clientConfig.caBundle", Value: h.TrustError})
		return d, p.After(c.Created, webhookSettles)
	}
	if until := h.TrustedUntil; !until.IsZero() {
		if until.Before(p.Now) {
			d.why, d.since = "every certificate of its caBundle has expired", until
			d.evidence = append(d.evidence, finding.Evidence{Ref: c.Ref(), Path: d.path() + ".clientConfig.caBundle", Value: "valid until " + stamp(until)})
			return d, true
		}
		p.Wake(until)
	}
	if h.Service.Name == "" {
		return d, false // a host outside of what is read
	}
	if a, absent := p.Absent(h.Service); absent {
		if a.Grade != finding.Proved {
			blind(model.KindService, h.Service.Namespace)
			return d, false
		}
		d.why, d.rests = fmt.Sprintf("Service %s does not exist", h.Service.Path()), []finding.Absence{a}
		d.evidence = append(d.evidence, finding.Evidence{Ref: c.Ref(), Path: d.path() + ".clientConfig.service", Value: h.Service.Path(), Note: "not there"})
		return d, p.After(c.Created, webhookSettles)
	}
	return d, d.withoutPort(p) || d.withoutEndpoints(p, blind) || d.distrusted(p)
}

// withoutPort reports whether a webhook asks a port that its Service does not have.
func (d *deadHook) withoutPort(p *Pass) bool {
	h := d.hook()
	svc, ok := model.Get[*model.Service](p.Snapshot, h.Service)
	if !ok || svc.Cut || svc.Type == "ExternalName" || len(svc.Ports) == 0 || !p.After(d.config.Created, webhookSettles) || !p.After(svc.Created, webhookSettles) ||
		slices.ContainsFunc(svc.Ports, func(x model.ServicePort) bool { return x.Number == h.Port && x.Protocol == "TCP" }) {
		return false
	}
	have := servicePorts(svc)
	d.why = fmt.Sprintf("it asks port %d of Service %s, which has %s", h.Port, h.Service.Path(), have)
	d.evidence = []finding.Evidence{
		{Ref: d.config.Ref(), Path: d.path() + ".clientConfig.service.port", Value: fmt.Sprint(h.Port)},
		{Ref: svc.Ref(), Path: "spec.ports", Value: have, Note: "the ports that it has"},
	}
	return true
}

// withoutEndpoints reports whether a webhook's Service has had no ready endpoint for a
// while.
func (d *deadHook) withoutEndpoints(p *Pass, blind func(model.Kind, string)) bool {
	h := d.hook()
	svc, ok := model.Get[*model.Service](p.Snapshot, h.Service)
	if !ok || svc.ExternalName != "" || svc.Type == "ExternalName" {
		return false
	}
	if known, _ := p.Snapshot.Knows(model.KindEndpointSlice, svc.Namespace); !known {
		blind(model.KindEndpointSlice, svc.Namespace)
		return false
	}
	var waiting []string
	for s := range model.Each[*model.EndpointSlice](p.Snapshot.Space(svc.Namespace), model.KindEndpointSlice) {
		if s.Service != svc.Name {
			continue
		}
		if len(s.Ready) > 0 {
			return false
		}
		waiting = append(waiting, s.NotReady...)
	}
	d.why = fmt.Sprintf("Service %s has no ready endpoint", h.Service.Path())
	d.evidence = append(d.evidence[:0],
		finding.Evidence{Ref: d.config.Ref(), Path: d.path() + ".clientConfig.service", Value: h.Service.Path()},
		finding.Evidence{Ref: svc.Ref(), Path: "endpoints", Value: "0 ready", Note: fmt.Sprintf("%d not ready", len(waiting))},
	)
	if known, _ := p.Snapshot.Knows(model.KindPod, svc.Namespace); !known {
		blind(model.KindPod, svc.Namespace) // since when they are not ready is not known
		return false
	}
	settled := p.After(d.config.Created, webhookSettles) && p.After(svc.Created, webhookSettles)
	d.since = d.leaving(p, svc)
	for _, pod := range d.pods(p, svc) {
		since := pod.Created
		if c := model.FindCondition(pod.Conditions, "Ready"); c != nil && c.Since.After(since) {
			since = c.Since
		}
		if since.After(d.since) {
			d.since = since
		}
	}
	return settled && p.After(d.since, webhookSettles)
}

// leaving is when the last pod that a webhook's Service selects began to be deleted, of those
// that are still there: another may be about to take its place.
func (d *deadHook) leaving(p *Pass, svc *model.Service) (at time.Time) {
	selects := model.Selector{Labels: svc.Selector}
	for pod := range model.Each[*model.Pod](p.Snapshot.Space(svc.Namespace), model.KindPod) {
		if t := pod.Deleting; len(svc.Selector) > 0 && !t.IsZero() && selects.Matches(pod.Labels) {
			at = latest(at, t)
		}
	}
	if at.After(p.Now) { // it is when the pod is to be gone
		at = p.Now
	}
	return at
}

// pods lists the pods that a webhook's Service selects.
func (d *deadHook) pods(p *Pass, svc *model.Service) (out []*model.Pod) {
	if len(svc.Selector) == 0 {
		return nil
	}
	selects := model.Selector{Labels: svc.Selector}
	for pod := range model.Each[*model.Pod](p.Snapshot.Space(svc.Namespace), model.KindPod) {
		if alive(pod) && selects.Matches(pod.Labels) {
			out = append(out, pod)
		}
	}
	return out
}

// unheard is for probes to which a webhook is a cause and no more.
func unheard(model.Kind, string) {}

// asks reports whether a webhook is asked about an operation on a resource of a group.
func asks(h *model.Webhook, operation, group, resource string) bool {
	has := func(list []string, want string) bool {
		return slices.Contains(list, "*") || slices.Contains(list, want)
	}
	return has(h.Operations, operation) && has(h.Groups, group) && (has(h.Resources, resource) || slices.Contains(h.Resources, "*/*"))
}

// asksIn reports whether a webhook is asked about objects of a namespace; a namespace
// that was not read is taken for one without labels but its name.
func asksIn(p *Pass, h *model.Webhook, namespace string) bool {
	labels := map[string]string{"kubernetes.io/metadata.name": namespace}
	if ns, ok := model.Get[*model.Namespace](p.Snapshot, model.Ref{Kind: model.KindNamespace, Name: namespace}); ok {
		labels = ns.Labels
	}
	return h.NamespaceSelector.Matches(labels)
}

// asksSomewhere reports whether there may be a namespace that a webhook is asked about.
func asksSomewhere(p *Pass, h *model.Webhook) bool {
	if known, _ := p.Snapshot.Knows(model.KindNamespace, ""); !known || h.NamespaceSelector.Empty() {
		return true
	}
	for ns := range model.Each[*model.Namespace](p.Snapshot.Space(""), model.KindNamespace) {
		if h.NamespaceSelector.Matches(ns.Labels) {
			return true
		}
	}
	return false
}

// scopeOf says what a webhook is asked about: "CREATE, UPDATE of pods, deployments".
func scopeOf(h *model.Webhook) string {
	return strings.Join(h.Operations, ", ") + " of " + strings.Join(h.Resources, ", ")
}

// exempting is a fix that careen does not make, since it changes no webhook
// configuration: what to add by hand to the selectors of some webhooks, so that they are
// not asked about what has a label with that value.
func exempting(id, title string, hooks []deadHook, field, key, value string) finding.Withheld {
	paths := make([]string, len(hooks))
	for i := range hooks {
		paths[i] = hooks[i].path()
	}
	return finding.Withheld{Fix: id, Title: title, Why: fmt.Sprintf(
		"careen changes no webhook configuration; by hand, add {key: %s, operator: NotIn, values: [%s]} to matchExpressions of the %s of %s",
		key, value, field, strings.Join(paths, ", "))}
}
