package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const serviceAccountMissingID finding.ProbeID = "service-account-missing"

// ServiceAccountMissing finds workloads whose service account does not exist.
var ServiceAccountMissing = &Probe{
	ID: serviceAccountMissingID,
	Doc: `A workload's service account does not exist
The API server refuses every pod that names an account which is not there. The workload
is created without a complaint, and no pod ever comes.

**Rule.** A workload that wants pods names a service account that the complete list of the
namespace's accounts does not have. Sources: goodrain/rainbond #1958, where the platform
wrote the account to its database and never to the cluster; kubernetes
plugin/pkg/admission/serviceaccount/admission.go, "error looking up service account".

**Evidence.** The template, the accounts that are there, the refusals, and where the account
went: declared by the release and not live, in no manifest, or in another namespace.
Refusals are events, and expire: the reference is what counts.

**What it cannot see.** Pods that another controller makes from a custom resource.

**By hand.** ` + "`kubectl create serviceaccount NAME -n NAMESPACE`" + `. A ReplicaSet waits up to
1,000 s before it tries again and does not watch accounts; an annotation makes it look at
once: ` + "`kubectl annotate rs NAME retry=now`" + `.

**Silent** for a workload scaled to zero, paused or done; for the account "default" in a
namespace younger than a minute, since a controller makes it.`,
	Worst: finding.Critical,
	Needs: []model.Kind{model.KindServiceAccount},
	Uses:  reads(workloadReads, []model.Kind{model.KindEvent, model.KindRecord, model.KindNamespace}),
	Run:   staying(runServiceAccountMissing),
}

func runServiceAccountMissing(p *Pass) {
	var lacking []*model.Workload
	for w := range model.Workloads(p.Space) {
		if topLevel(w) && missingAccount(p, w) {
			lacking = append(lacking, w)
		}
	}
	if len(lacking) == 0 {
		return
	}
	children, refusals := madeBy(p), eventsAbout(p, "FailedCreate")
	for _, w := range lacking {
		p.Report(accountFinding(p, w, lacking, children, refusals))
	}
}

// settling is how long a workload may be known before the account that was made
// beside it: two watches do not keep step. Creation times are whole seconds.
const settling = 2 * time.Second

// missingAccount reports whether a workload wants pods under an account that does not
// exist. The probe that refused pods are symptoms of asks the same.
func missingAccount(p *Pass, w *model.Workload) bool {
	account := w.Template.ServiceAccount
	a, absent := p.Absent(model.Ref{Kind: model.KindServiceAccount, Namespace: w.Namespace, Name: account})
	if !absent || a.Grade != finding.Proved || !wantsPods(w) {
		return false
	}
	if account == "default" {
		ns, known := model.Get[*model.Namespace](p.Snapshot, model.Ref{Kind: model.KindNamespace, Name: w.Namespace})
		if !known || !ns.Deleting.IsZero() || !p.After(ns.Created, time.Minute) {
			return false
		}
	}
	if c := model.FindCondition(w.Conditions, "ReplicaFailure"); c != nil && c.Status == "True" {
		return true
	}
	return p.After(w.Created, settling) || refusedForAccount(p, w.Ref())
}

// refusedForAccount reports whether an event about a young workload says already that
// its pods are refused for their account: a StatefulSet and a DaemonSet get no
// condition.
func refusedForAccount(p *Pass, ref model.Ref) bool {
	for e := range model.Each[*model.Event](p.Space, model.KindEvent) {
		if e.About == ref && e.Reason == "FailedCreate" && strings.Contains(e.Message, "looking up service account") {
			return true
		}
	}
	return false
}

func accountFinding(p *Pass, w *model.Workload, lacking []*model.Workload, children map[model.Ref][]*model.Workload, refusals map[model.Ref][]*model.Event) finding.Finding {
	account := model.Ref{Kind: model.KindServiceAccount, Namespace: w.Namespace, Name: w.Template.ServiceAccount}
	own := releaseOf(p, &w.Meta)
	source := declaring(p, account, own)
	accounts := p.Space.Tables[model.KindServiceAccount]

	f := finding.Finding{Subject: w.Ref(), Severity: finding.Critical, Grade: finding.Proved}
	f.Summary = fmt.Sprintf("New pods are refused: service account %s does not exist", account.Name)
	f.Evidence = append(f.Evidence,
		finding.Evidence{Ref: w.Ref(), Path: podPath(w.Kind) + ".serviceAccountName", Value: account.Name},
		finding.Evidence{Ref: account, Value: text.Joined(names(accounts), 8), Note: "not among the " + text.Counted(len(accounts), "account") + " of the namespace"})
	switch {
	case source != nil:
		rec := source.Last()
		f.Summary += fmt.Sprintf(", though release %s declares it.", source.Name)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: storedIn(rec), Path: "manifest", Value: account.String(), Note: fmt.Sprintf("declared by revision %d, not live", rec.Revision)})
	case own != nil && leaving(own):
		f.Summary += fmt.Sprintf(", and release %s, whose workload it is, is uninstalled.", own.Name)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: own.Ref(), Path: "status", Value: statusOf(own.Last())})
	case own != nil:
		f.Summary += fmt.Sprintf(", and release %s does not declare it.", own.Name)
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: own.Ref(), Path: "manifest", Note: "does not declare the account"})
	default:
		f.Summary += "."
	}
	for _, other := range elsewhere(p, account) {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: other, Note: "an account of this name stands in another namespace; pods cannot use it"})
	}
	f.Since = refusalEvidence(w, children[w.Ref()], refusals, &f.Evidence)
	f.Fixes = accountFixes(p, w, account, source, lacking, children)
	f.Preventions = guarding(&f, w.Ref())
	return f
}

// refusalEvidence adds what shows that pods of a workload are refused, and returns
// since when they are.
func refusalEvidence(w *model.Workload, made []*model.Workload, refusals map[model.Ref][]*model.Event, out *[]finding.Evidence) (since time.Time) {
	if c := model.FindCondition(w.Conditions, "ReplicaFailure"); c != nil && c.Status == "True" {
		since = c.Since
		*out = append(*out, finding.Evidence{Ref: w.Ref(), Path: "status.conditions[ReplicaFailure]", Value: c.Message, Note: "since " + stamp(c.Since)})
	}
	for _, m := range append([]*model.Workload{w}, made...) {
		for i, e := range refusals[m.Ref()] {
			if since.IsZero() || !e.First.IsZero() && e.First.Before(since) {
				since = e.First
			}
			if i == 0 {
				*out = append(*out, eventEvidence(e))
			}
		}
	}
	return since
}

// elsewhere finds accounts of the same name in other namespaces, at most three.
func elsewhere(p *Pass, account model.Ref) (out []model.Ref) {
	if account.Name == "default" {
		return nil
	}
	for _, ns := range p.Namespaces() {
		ref := model.Ref{Kind: account.Kind, Namespace: ns, Name: account.Name}
		if ns != account.Namespace && p.Row(ref) != nil && len(out) < 3 {
			out = append(out, ref)
		}
	}
	return out
}
