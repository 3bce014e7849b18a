package probes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const quotaFullID finding.ProbeID = "quota-full"

// QuotaFull finds ResourceQuotas that are used up while something is missing for it.
var QuotaFull = &Probe{
	ID: quotaFullID,
	Doc: `A ResourceQuota is used up, and something is missing for it
The API server refuses what would go beyond a quota. A Deployment then has fewer pods than it asks
for, and says so in a condition that few look at; an install ends half way; a workload names an
object that nobody was able to create.

**Rule.** A ResourceQuota has less left of a resource than one of these takes:

- a pod that a workload of the namespace lacks, where the newest refusal of its pods, or of its
  PVCs, Jobs or ReplicaSets, names this quota; or where there is no event and no condition that
  says why, the workload has lacked pods for two minutes, none of its pods is ending, and the
  requests of its template alone do not fit (inferred);
- an object that a release's newest manifest declares and that does not exist, of a kind that the
  quota counts (services, persistentvolumeclaims, configmaps, count/deployments.apps and the like);
- an object of such a kind that a workload names and that does not exist, where none has a
  similar name (inferred).

High where a workload has no pod at all for it, or a workload is what is missing or names what
is; else medium. What is refused becomes its symptom. Sources: kubernetes
plugin/pkg/admission/resourcequota/controller.go (the message; used plus asked is compared with
hard), pkg/quota/v1/evaluator/core (what counts).

**Evidence.** What is used of what is allowed, who uses most of it, what was refused and when.

**What it cannot see.** What is asked of a quota with scopes, unless the API server has said it;
Services of one type (services.loadbalancers), unless the same.

**By hand.** ` + "`kubectl describe quota -n NAMESPACE`" + `; delete what is not needed, ask for less, or have
the quota raised. A ReplicaSet waits up to 1,000 s before it tries again.

**Silent** for a quota that is full where nothing is missing; for what asks for more than the whole
quota, which admission-refused says; once there is room again; for workloads that are scaled to
0, paused or done.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindResourceQuota},
	Uses: reads(workloadReads, []model.Kind{
		model.KindPod, model.KindEvent, model.KindNamespace, model.KindRecord, model.KindService, model.KindConfigMap, model.KindSecret, model.KindClaim,
		model.KindServiceAccount, model.KindIngress, model.KindRole, model.KindRoleBinding, model.KindHPA, model.KindPDB, model.KindNetworkPolicy, model.KindLimitRange,
	}),
	Run: staying(runQuotaFull),
}

func runQuotaFull(p *Pass) {
	var l *quotaLook
	for q := range model.Each[*model.Quota](p.Space, model.KindResourceQuota) {
		if !q.Deleting.IsZero() || len(q.Used) == 0 {
			continue
		}
		if l == nil {
			l = newQuotaLook(p)
		}
		if hit := append(l.podless(q), l.unmade(q)...); len(hit) > 0 {
			p.Report(quotaFinding(p, q, hit))
		}
	}
}

// refusedBy is one thing that a quota keeps from being there.
type refusedBy struct {
	ref       model.Ref // the workload that lacks pods, or what does not exist
	resources []string  // of the quota, that are too little
	says      string    // a clause: "Deployment web has 2 of its 3 pods"
	severity  finding.Severity
	grade     finding.Grade
	evidence  []finding.Evidence
	rests     []finding.Absence
	refusal   refusal
}

func quotaFinding(p *Pass, q *model.Quota, hit []refusedBy) finding.Finding {
	slices.SortStableFunc(hit, func(a, b refusedBy) int { return int(b.severity) - int(a.severity) })
	f := finding.Finding{Subject: q.Ref(), Severity: hit[0].severity, Grade: finding.Inferred}
	var short []string
	for _, h := range hit {
		short = append(short, h.resources...)
		f.Grade = min(f.Grade, h.grade)
		if at := h.refusal.since; !at.IsZero() && (f.Since.IsZero() || at.Before(f.Since)) {
			f.Since = at
		}
	}
	slices.Sort(short)
	short = slices.Compact(short)
	var stand []string
	for _, name := range short {
		stand = append(stand, fmt.Sprintf("%s of %s %s", q.Used[name], q.Hard[name], name))
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: q.Ref(), Path: "status.used." + name, Value: q.Used[name] + " of " + q.Hard[name]})
	}
	most, by := usesMost(p, q, short[0])
	f.Evidence = append(f.Evidence, by...)
	uses := ""
	if most != "" {
		uses = ", most of it by " + most
	}
	f.Summary = fmt.Sprintf("It has too little left, with %s used%s: %s", text.Joined(stand, 3), uses, hit[0].says)
	if !slices.ContainsFunc(short, func(name string) bool { return !full(q, name) }) {
		f.Summary = fmt.Sprintf("It is used up, %s%s: %s", text.Joined(stand, 3), uses, hit[0].says)
	}
	if more := len(hit) - 1; more > 0 {
		f.Summary += fmt.Sprintf(", and %s %s refused", text.Counted(more, "more object"), text.Plural(more, "is", "are"))
	}
	f.Summary += "."
	for i, h := range hit {
		if i < maxObjectEvidence {
			f.Evidence = append(f.Evidence, h.evidence...)
		}
		if f.Grade > finding.Proved || h.grade == finding.Proved {
			f.Rests = append(f.Rests, h.rests...)
		}
	}
	if more := len(hit) - maxObjectEvidence; more > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: q.Ref(), Path: "spec.hard", Value: strings.Join(short, ", "), Note: text.Counted(more, "more object") + " refused"})
	}
	return f
}

// quotaCauses names the findings on quotas that leave no room for an object that does not
// exist.
func quotaCauses(p *Pass, ref model.Ref) (out []finding.ID) {
	for _, q := range quotasAgainst(p, ref) {
		out = append(out, finding.IDOf(quotaFullID, q.Ref(), ""))
	}
	return out
}

// quotasAgainst are the quotas that leave no room for one more object of a kind in a
// namespace.
func quotasAgainst(p *Pass, ref model.Ref) (out []*model.Quota) {
	asked := objectCharge(ref.Kind)
	if asked == nil {
		return nil
	}
	for q := range model.Each[*model.Quota](p.Snapshot.Space(ref.Namespace), model.KindResourceQuota) {
		if q.Deleting.IsZero() && len(lacks(q, asked)) > 0 {
			out = append(out, q)
		}
	}
	return out
}

// quotaCausesOfName is quotaCauses for what something names: where a similar name exists,
// it may have meant that.
func quotaCausesOfName(p *Pass, ref model.Ref) []finding.ID {
	if len(p.Graph.Similar(ref, 1)) > 0 {
		return nil
	}
	return quotaCauses(p, ref)
}
