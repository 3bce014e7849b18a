package probes

import (
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const webhookUnavailableID finding.ProbeID = "webhook-unavailable"

// WebhookUnavailable finds admission webhooks that must be asked and cannot answer.
var WebhookUnavailable = &Probe{
	ID: webhookUnavailableID,
	Doc: `An admission webhook that must be asked cannot answer
With failurePolicy Fail the API server refuses whatever a webhook is asked about and does not
answer for: "failed calling webhook ... no endpoints available for service". Pods are not
created, Deployments cannot be changed, Helm cannot write its records; where the webhook is
asked about its own pods too, it cannot come back.

**Rule.** A webhook of a ValidatingWebhookConfiguration or MutatingWebhookConfiguration has
failurePolicy Fail, some namespace matches its namespaceSelector, and its Service does not
exist, does not have the port that is asked, or has had no ready endpoint for a minute; or its
caBundle holds no certificate or only expired ones. Inferred, after ten minutes without a change:
its pods mount one Secret with a certificate, which is for the Service's host and not signed by
what the caBundle holds, or signed so and for another host. Critical where it is asked about the creation of pods in any other namespace than
its Service's, else high. Sources: kubernetes
staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook; Kubernetes documentation, "Dynamic
Admission Control"; cert-manager, "The Definitive Debugging Guide for the cert-manager Webhook
Pod"; kyverno/kyverno #2623.

**Evidence.** The webhook and what it is asked about, its Service, its endpoints, its
caBundle's end.

**What it cannot see.** A webhook that is called by URL; a server that reads its certificate from
elsewhere than a mounted Secret; one that is slow: timeouts of several webhooks add up; whether matchConditions leave out what matters.

**By hand.** Bring the pods behind the Service back. Where the webhook is in its own way, leave
its namespace out of its namespaceSelector. To delete the configuration, or to set the failure
policy to Ignore, lets through what the webhook was there to stop.

**Silent** with failurePolicy Ignore, for a namespaceSelector that nothing matches, and for a
minute after the configuration, the Service or its pods changed.`,
	Worst: finding.Critical,
	Needs: []model.Kind{model.KindValidatingWebhook},
	Uses:  reads([]model.Kind{model.KindMutatingWebhook}, webhookReads, model.WorkloadKinds),
	Scope: Cluster,
	Run:   runWebhookUnavailable,
}

func runWebhookUnavailable(p *Pass) {
	if ok, _ := p.Snapshot.Knows(model.KindMutatingWebhook, ""); !ok {
		p.Blind(model.KindMutatingWebhook, "")
	}
	groups := map[finding.ID][]deadHook{}
	var order []finding.ID
	for _, d := range deadHooks(p, p.Blind) {
		if !asksSomewhere(p, d.hook()) {
			continue
		}
		if groups[d.id()] == nil {
			order = append(order, d.id())
		}
		groups[d.id()] = append(groups[d.id()], d)
	}
	first := map[string]finding.ID{} // by what does not answer, and why
	for _, id := range order {
		f := unavailableFinding(p, groups[id])
		serves := f.Slot + ": " + groups[id][0].why
		if cause, told := first[serves]; told {
			f.Causes = append(f.Causes, cause)
		} else {
			first[serves] = id
		}
		p.Report(f)
	}
}

func unavailableFinding(p *Pass, hooks []deadHook) finding.Finding {
	one := hooks[0]
	f := finding.Finding{
		Subject: one.config.Ref(), Slot: one.serves(), Severity: finding.High, Grade: one.grade, Since: one.since, Rests: one.rests,
		Evidence: slices.Clone(one.evidence),
	}
	home := one.hook().Service.Namespace
	var locked []deadHook
	for _, d := range hooks {
		h := d.hook()
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: d.config.Ref(), Path: d.path(), Value: h.Name, Note: "failurePolicy Fail; asked about " + scopeOf(h)})
		if asks(h, "CREATE", "", "pods") {
			if h.ObjectSelector.Empty() && h.Conditions == 0 && asksElsewhere(p, h, home) {
				f.Severity = finding.Critical
			}
			if h.Conditions == 0 && inItsOwnWay(p, h) {
				locked = append(locked, d)
			}
		}
	}
	name := "Webhook " + one.hook().Name
	if more := len(hooks) - 1; more > 0 {
		name += fmt.Sprintf(" and %s", text.Counted(more, "other"))
	}
	f.Summary = fmt.Sprintf("%s must be asked about %s and cannot answer: %s.", name, scopeOf(one.hook()), one.why)
	f.Causes = behind(p, one)
	if len(locked) > 0 {
		f.Summary = fmt.Sprintf("%s must be asked about its own pods, so they cannot be created: %s.", name, one.why)
		f.Withheld = []finding.Withheld{exempting("exempt-own-namespace",
			fmt.Sprintf("Leave namespace %s, where its pods run, out of what it is asked about", home), locked, "namespaceSelector", "kubernetes.io/metadata.name", home)}
	}
	return f
}

// asksElsewhere reports whether a webhook is asked about a namespace that is not its own.
func asksElsewhere(p *Pass, h *model.Webhook, home string) bool {
	if h.NamespaceSelector.Empty() {
		return true
	}
	for ns := range model.Each[*model.Namespace](p.Snapshot.Space(""), model.KindNamespace) {
		if ns.Name != home && h.NamespaceSelector.Matches(ns.Labels) {
			return true
		}
	}
	return false
}

// inItsOwnWay reports whether a webhook is asked about the pods that should answer for
// it, and none of them is there.
func inItsOwnWay(p *Pass, h *model.Webhook) bool {
	svc, ok := model.Get[*model.Service](p.Snapshot, h.Service)
	if !ok || len(svc.Selector) == 0 || !asksIn(p, h, svc.Namespace) {
		return false
	}
	selects := model.Selector{Labels: svc.Selector}
	for w := range model.Workloads(p.Snapshot.Space(svc.Namespace)) {
		if topLevel(w) && wantsPods(w) && w.Current == 0 && w.Desired > 0 && selects.Matches(w.Template.Labels) && h.ObjectSelector.Matches(w.Template.Labels) {
			return true
		}
	}
	return false
}

// behind names findings about what a webhook's Service leads to, which explain that it
// does not answer; those that are not there are dropped when reports are linked.
func behind(p *Pass, d deadHook) (out []finding.ID) {
	svc, ok := model.Get[*model.Service](p.Snapshot, d.hook().Service)
	if !ok {
		return nil
	}
	selects := model.Selector{Labels: svc.Selector}
	for w := range model.Workloads(p.Snapshot.Space(svc.Namespace)) {
		if len(svc.Selector) == 0 || !topLevel(w) || !selects.Matches(w.Template.Labels) {
			continue
		}
		out = append(out, finding.IDOf(serviceAccountMissingID, w.Ref(), ""))
		for _, c := range w.Template.Containers {
			out = append(out, finding.IDOf(containerFailingID, w.Ref(), c.Name))
		}
	}
	return out
}
