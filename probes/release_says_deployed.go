package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const releaseSaysDeployedID finding.ProbeID = "release-says-deployed"

// ReleaseSaysDeployed finds releases whose record says that all is well, while their
// workloads do not work.
var ReleaseSaysDeployed = &Probe{
	ID: releaseSaysDeployedID,
	Doc: `A release says that it is deployed, and its workloads do not work
Helm writes deployed when the API server has taken the objects. Whether their pods come up it
looks at only with --wait, and only once: ` + "`helm list`" + ` goes on to say deployed.

**Rule.** The newest revision has been deployed for ten minutes, and a workload of its manifest
that should have pods does not have them ready:

- a container of it fails, as container-failing and image-unpullable say;
- a pod of it has not been ready for ten minutes, and for as long as its startup probe allows;
- the API server has refused its pods for ten minutes, or none was made for that long;
- a Deployment has had the condition Available=False for ten minutes;
- a Job of it failed within the last day.

It is a symptom: the findings on those workloads are named as its causes, and there is nothing to
do here but there. Sources: helm pkg/action/install.go and upgrade.go (the status is set when
the objects are created; with --wait when they are ready), pkg/kube/ready.go.

**Evidence.** What the record says, and how each workload stands that does not work.

**What it cannot see.** Custom resources of the manifest and what operators make of them
(condition-failing); what a program does that is ready.

**By hand.** ` + "`helm status NAME --show-resources`" + `, ` + "`helm get manifest NAME | kubectl get -f -`" + `; deploy
with --wait, or --atomic, so that the record tells the truth.

**Silent** for workloads that are scaled to 0, paused, done or being deleted, or that belong to
another release; for releases that are pending, failed or uninstalled; for objects that
are gone (release-object-missing).`,
	Worst: finding.Medium,
	Needs: []model.Kind{model.KindRecord, model.KindPod},
	Uses: reads(workloadReads, []model.Kind{
		model.KindEvent, model.KindNamespace, model.KindServiceAccount, model.KindSecret, model.KindConfigMap, model.KindClaim,
		model.KindResourceQuota, model.KindLimitRange, model.KindValidatingWebhook, model.KindMutatingWebhook, model.KindPriorityClass, model.KindRuntimeClass,
		model.KindService, model.KindEndpointSlice, model.KindLogTail,
	}),
	Run: staying(runReleaseSaysDeployed),
}

// deployedSettles is how long what a release declares may take to come up.
const deployedSettles = 10 * time.Minute

func runReleaseSaysDeployed(p *Pass) {
	check := workloadCheck{Pass: p}
	for _, rel := range p.Space.Releases() {
		rec := rel.Last()
		if rec == nil || !usable(rec) || rec.Body.Status != "deployed" || !p.After(lastWritten(rec), deployedSettles) {
			continue
		}
		var ill []idleWorkload
		for _, d := range rec.Body.Objects {
			if u, ok := check.declared(rel, d.Ref); ok {
				ill = append(ill, u)
			}
		}
		if len(ill) > 0 {
			p.Report(saysDeployed(p, rel, rec, ill))
		}
	}
}

// declared judges an object of a release's manifest.
func (r *workloadCheck) declared(rel *model.Release, ref model.Ref) (u idleWorkload, ok bool) {
	if ref.Namespace != rel.Namespace || !ref.Kind.IsWorkload() {
		return u, false
	}
	if a, absent := r.Absent(ref); absent {
		if a.Grade != finding.Proved {
			r.Blind(ref.Kind, ref.Namespace)
		}
		return u, false
	}
	w, ok := model.Get[*model.Workload](r.Snapshot, ref)
	if !ok {
		return u, false
	}
	if other := releaseOf(r.Pass, &w.Meta); other != nil && other != rel {
		return u, false
	}
	return r.workload(w)
}

func saysDeployed(p *Pass, rel *model.Release, rec *model.Record, ill []idleWorkload) finding.Finding {
	first := ill[0]
	f := finding.Finding{
		Subject: rel.Ref(), Severity: finding.Medium, Grade: finding.Proved, Since: first.since,
		Summary: fmt.Sprintf("Its record says that revision %d is deployed, but %s %s does not work: %s", rec.Revision, first.w.Kind, first.w.Name, first.why),
	}
	if more := len(ill) - 1; more > 0 {
		f.Summary += fmt.Sprintf("; nor %s %s", text.Plural(more, "does", "do"), text.Counted(more, "other workload"))
	}
	f.Summary += "."
	at := latest(begun(rec), rec.ModifiedAt, rec.Body.LastDeployed)
	f.Evidence = []finding.Evidence{{Ref: storedIn(rec), Path: "data.release info.status", Value: rec.Body.Status, Note: fmt.Sprintf("revision %d, since %s", rec.Revision, stamp(at))}}
	for i, u := range ill {
		if i < maxObjectEvidence {
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: u.w.Ref(), Path: "status", Value: u.why})
		}
		f.Causes = append(f.Causes, u.causes(p)...)
	}
	if more := len(ill) - maxObjectEvidence; more > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: storedIn(rec), Path: "manifest", Value: text.Counted(more, "more workload")})
	}
	return f
}

func latest(times ...time.Time) (t time.Time) {
	for _, o := range times {
		if o.After(t) {
			t = o
		}
	}
	return t
}
