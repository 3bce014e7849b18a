package probes

import (
	"fmt"
	"maps"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const webhookBlocksRecordsID finding.ProbeID = "webhook-blocks-records"

// WebhookBlocksRecords finds webhooks that keep Helm from writing what became of a
// release.
var WebhookBlocksRecords = &Probe{
	ID: webhookBlocksRecordsID,
	Doc: `A webhook that cannot answer keeps Helm from writing its records
Helm writes a revision's record as pending, changes the cluster, and then updates the record. A
webhook that must be asked about Secrets, and goes down in between (often because the upgrade
replaces it), has the update refused: the release stays pending, and every later upgrade is
refused too.

**Rule.** A webhook with failurePolicy Fail that cannot answer (as webhook-unavailable has it)
is asked about UPDATE of secrets, its objectSelector matches the labels of a Helm record
(owner: helm), and its namespaceSelector a namespace in which a release has its records in
Secrets. Sources: helm pkg/storage/driver/secrets.go; helm/helm #8987, #10023; kubernetes
documentation, "Dynamic Admission Control: avoiding operating on all objects".

**Evidence.** The webhook, its Service and endpoints, the releases whose records it is asked
about.

**What it cannot see.** A webhook that is called by URL; whether matchConditions leave the
records out: a webhook that has some is passed over.

**By hand.** Add to the webhook's objectSelector: key owner, operator NotIn, values [helm].

**Silent** for webhooks that answer, that have failurePolicy Ignore, or that leave records out.`,
	Worst: finding.High,
	Holds: true,
	Needs: []model.Kind{model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindRecord},
	Uses:  reads(webhookReads),
	Scope: Cluster,
	Run: func(p *Pass) {
		for _, d := range deadHooks(p, p.Blind) {
			if releases := recordsAsked(p, d.hook()); len(releases) > 0 {
				p.Report(blocksFinding(d, releases))
			}
		}
	},
}

// blocksID is the id of the finding that a webhook is asked about records.
func blocksID(d *deadHook) finding.ID {
	return finding.IDOf(webhookBlocksRecordsID, d.config.Ref(), d.hook().Name)
}

// asksAboutRecords reports whether a webhook is asked when Helm updates a record in a
// namespace.
func asksAboutRecords(p *Pass, h *model.Webhook, rec *model.Record) bool {
	if rec.Driver != model.KindSecret || h.Conditions > 0 || !asks(h, "UPDATE", "", "secrets") || !asksIn(p, h, rec.Namespace) {
		return false
	}
	labels := maps.Clone(rec.Labels)
	if labels == nil {
		labels = map[string]string{}
	}
	labels["owner"], labels["name"], labels["status"], labels["version"] = rec.LabelOwner, rec.LabelName, rec.LabelStatus, rec.LabelVersion
	return h.ObjectSelector.Matches(labels)
}

func recordsAsked(p *Pass, h *model.Webhook) (out []model.Ref) {
	for _, namespace := range p.Namespaces() {
		for _, rel := range p.Snapshot.Space(namespace).Releases() {
			if rec := rel.Last(); rec != nil && asksAboutRecords(p, h, rec) {
				out = append(out, rel.Ref())
			}
		}
	}
	return out
}

func blocksFinding(d deadHook, releases []model.Ref) finding.Finding {
	h := d.hook()
	f := finding.Finding{
		Subject: d.config.Ref(), Slot: h.Name, Severity: finding.High, Grade: d.grade, Since: d.since, Rests: d.rests,
		Summary: fmt.Sprintf("Helm cannot update the records of %s: webhook %s must be asked about Secrets and cannot answer, because %s.",
			text.Counted(len(releases), "release"), h.Name, d.why),
		Evidence: append(d.evidence, finding.Evidence{Ref: d.config.Ref(), Path: d.path(), Value: h.Name, Note: "failurePolicy Fail; asked about " + scopeOf(h)}),
		Causes:   []finding.ID{d.id()},
	}
	for i, rel := range releases {
		if i == 5 {
			f.Evidence = append(f.Evidence, finding.Evidence{Path: "releases", Value: text.Counted(len(releases)-i, "more release")})
			break
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: rel, Note: "its records are Secrets that the webhook is asked about"})
	}
	f.Withheld = []finding.Withheld{exempting("exempt-records", "Leave Helm's records out of what the webhook is asked about", []deadHook{d}, "objectSelector", "owner", "helm")}
	return f
}
