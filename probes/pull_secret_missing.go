package probes

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const pullSecretMissingID finding.ProbeID = "pull-secret-missing"

// PullSecretMissing finds pull secrets that are named and not there.
var PullSecretMissing = &Probe{
	ID: pullSecretMissingID,
	Doc: `A pull secret is named and does not exist
The kubelet passes over a pull secret that is not there and asks the registry without a
login: images that are public, or on the node already, still start, until a pod comes to
another node.

**Rule.** A workload that wants pods, or the ServiceAccount that one of them uses, names a
Secret in imagePullSecrets, and the complete list of Secrets of the namespace does not have
it. High where an image of the pods cannot be pulled for lack of access, else medium.
Sources: kubernetes pkg/kubelet/kubelet_pods.go, getPullSecretsForPod.

**Evidence.** The field, pull secrets that are there with their registries, the pull error.

**What it cannot see.** Credentials of the node, and credential providers of the kubelet.

**By hand.** Create it with ` + "`kubectl create secret docker-registry NAME`" + `, or take the name
out of imagePullSecrets.

**Silent** for a workload scaled to zero or done, for accounts that nothing uses, and within
half a minute after the object was made.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindSecret},
	Uses:  reads(workloadReads, []model.Kind{model.KindPod, model.KindServiceAccount, model.KindEvent, model.KindNamespace}),
	Run:   staying(runPullSecretMissing),
}

func runPullSecretMissing(p *Pass) {
	var failures map[model.Ref][]failing
	report := func(holder model.Row, r model.Reference, users []model.Ref) {
		absence, absent := p.Absent(r.To)
		if !absent || !p.After(holder.Base().Created, settling) {
			return
		}
		if absence.Grade != finding.Proved {
			p.Blind(r.To.Kind, r.To.Namespace)
			return
		}
		if failures == nil {
			failures = failuresBySubject(p)
		}
		p.Report(lostFinding(p, holder, r, absence, users, failures))
	}
	byAccount := map[model.Ref][]model.Ref{}
	for w := range model.Workloads(p.Space) {
		if !topLevel(w) || !wantsPods(w) {
			continue
		}
		own := pullSecrets(&w.Meta)
		for _, r := range own {
			report(w, r, []model.Ref{w.Ref()})
		}
		if len(own) == 0 { // else admission gives its pods none of the account's
			account := model.Ref{Kind: model.KindServiceAccount, Namespace: w.Namespace, Name: w.Template.ServiceAccount}
			byAccount[account] = append(byAccount[account], w.Ref())
		}
	}
	for account, users := range byAccount {
		row, ok := model.Get[*model.ServiceAccount](p.Snapshot, account)
		if !ok {
			continue
		}
		for _, r := range pullSecrets(&row.Meta) {
			report(row, r, users)
		}
	}
}

func lostFinding(p *Pass, holder model.Row, r model.Reference, absence finding.Absence, users []model.Ref, failures map[model.Ref][]failing) finding.Finding {
	m := holder.Base()
	out := finding.Finding{
		Subject: m.Ref(), Slot: r.To.Name, Severity: finding.Medium, Grade: finding.Proved, Rests: []finding.Absence{absence},
		Summary:  fmt.Sprintf("It pulls images with Secret %s, which does not exist.", r.To.Name),
		Evidence: []finding.Evidence{{Ref: m.Ref(), Path: r.Path, Value: r.To.Name}},
	}
	if m.Kind == model.KindServiceAccount {
		slices.SortFunc(users, model.Ref.Compare)
		out.Summary = fmt.Sprintf("%s that use%s it pull%s images with Secret %s, which does not exist.",
			text.Counted(len(users), "workload"), text.Plural(len(users), "s", ""), text.Plural(len(users), "s", ""), r.To.Name)
	}
	for _, user := range users {
		for _, f := range failures[user] {
			if image := deniedImage(p, f); image != "" {
				pod, c := f.worst()
				out.Severity, out.Since = finding.High, f.since()
				out.Summary = fmt.Sprintf("Image %s needs a login, and pull secret %s does not exist.", image, r.To.Name)
				out.Evidence = append(out.Evidence, pullEvidence(pod, c, failureEvents(p)[pod.Ref()]))
				break
			}
		}
	}
	for s := range model.Each[*model.Secret](p.Space, model.KindSecret) {
		if len(s.Registries) > 0 {
			out.Evidence = append(out.Evidence, finding.Evidence{Ref: s.Ref(), Value: text.Joined(s.Registries, 6), Note: "a pull secret that is there"})
		}
	}
	if w, ok := holder.(*model.Workload); ok && out.Severity == finding.Medium && mayRestart(w.Kind) {
		note := rolled(w) + " They pull without a login today, too."
		if len(pullSecrets(m)) > 1 {
			note = rolled(w) + " They pull with what else it names today, too."
		}
		out.Fixes = []finding.Fix{{
			ID: "drop", Title: fmt.Sprintf("Take %s out of imagePullSecrets", r.To.Name), Risk: finding.Disruptive,
			Steps: []finding.Step{{Verb: "patch", Ref: w.Ref(), Summary: "imagePullSecrets: without " + r.To.Name, Change: finding.Patch{Set: []finding.FieldValue{{Path: splitPath(r.Path)}}}}},
			Undo:  "names it again", Note: note,
			Proof: finding.Proof{Text: "its pods become ready", Within: 3 * time.Minute, Checks: []finding.Check{{Ref: w.Ref(), Path: "ready"}}},
		}}
	}
	return out
}

// deniedImage is the image of a container that is refused for lack of access, or
// empty.
func deniedImage(p *Pass, f failing) string {
	pod, c := f.worst()
	spec := f.specOf()
	if f.how != unpulled || c.Waiting == nil || spec == nil {
		return ""
	}
	said := pullEvidence(pod, c, failureEvents(p)[pod.Ref()])
	if class := classifyPull(c.Waiting.Reason, said.Value+" "+said.Note); class == pullDenied || class == pullUnknown {
		return spec.Image
	}
	return ""
}
