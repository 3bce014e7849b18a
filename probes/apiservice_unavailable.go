package probes

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const apiServiceUnavailableID finding.ProbeID = "apiservice-unavailable"

// apiServiceSettles is for how long an aggregated API may be away: its server restarts.
const apiServiceSettles = time.Minute

// APIServiceUnavailable finds aggregated APIs for which nobody answers.
var APIServiceUnavailable = &Probe{
	ID: apiServiceUnavailableID,
	Doc: `An aggregated API does not answer
The API server passes the requests for some groups on to a Service (metrics.k8s.io to
metrics-server, custom.metrics.k8s.io to an adapter). While such a group does not answer,
discovery fails in part: no namespace is deleted to its end, HorizontalPodAutoscalers see no
metrics, ` + "`kubectl`" + ` and Helm complain or stop.

**Rule.** The condition Available of an APIService has been False, or Unknown, for a minute.
Sources: kube-aggregator pkg/controllers/status; kubernetes pkg/controller/namespace
(NamespaceDeletionDiscoveryFailure); Kubernetes documentation, "Configure the Aggregation
Layer".

**Evidence.** The condition with its reason and message, the Service, the namespaces whose
deletion waits, how many autoscalers ask for its metrics.

**What it cannot see.** An API that answers, but wrongly.

**By hand.** Bring the pods behind the Service back (` + "`kubectl get apiservice NAME -o yaml`" + ` says
which). Where the program was uninstalled and left its APIService behind, delete that.

**Silent** for APIs of the API server itself, and for a minute after the condition changed.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindAPIService},
	Uses:  []model.Kind{model.KindService, model.KindNamespace, model.KindHPA},
	Scope: Cluster,
	Run: func(p *Pass) {
		for o := range model.Each[*model.Object](p.Snapshot.Space(""), model.KindAPIService) {
			c := model.FindCondition(o.Conditions, "Available")
			if c == nil || c.Status == "True" || !o.Deleting.IsZero() || !p.After(c.Since, apiServiceSettles) {
				continue
			}
			p.Report(apiServiceFinding(p, o, c))
		}
	},
}

func apiServiceFinding(p *Pass, o *model.Object, c *model.Condition) finding.Finding {
	version, group, _ := strings.Cut(o.Name, ".")
	f := finding.Finding{
		Subject: o.Ref(), Severity: finding.High, Grade: finding.Proved, Since: c.Since,
		Evidence: []finding.Evidence{{Ref: o.Ref(), Path: "status.conditions[Available]", Value: c.Status + " " + c.Reason, Note: c.Message}},
	}
	why := clause(c.Message, c.Reason)
	for _, r := range o.Refs {
		if r.Type != model.EdgeServes {
			continue
		}
		note := "it should answer"
		if a, absent := p.Absent(r.To); absent {
			if a.Grade == finding.Proved {
				note, why = "it does not exist", fmt.Sprintf("Service %s does not exist", r.To.Path())
			} else {
				note = "it was not read"
			}
		}
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: r.To, Path: r.Path, Value: r.To.Path(), Note: note})
	}
	f.Summary = fmt.Sprintf("The API %s/%s does not answer: %s.", group, version, why)
	var waiting []string
	for ns := range model.Each[*model.Namespace](p.Snapshot.Space(""), model.KindNamespace) {
		if !ns.Deleting.IsZero() && p.Now.Sub(ns.Deleting) > apiServiceSettles {
			waiting = append(waiting, ns.Name)
		}
	}
	if len(waiting) > 0 {
		f.Evidence = append(f.Evidence, finding.Evidence{Path: "namespaces", Value: text.Joined(waiting, 6), Note: "their deletion does not end while an API does not answer"})
	}
	if strings.HasSuffix(group, "metrics.k8s.io") {
		n := 0
		for _, ns := range p.Namespaces() {
			n += len(rowsOf(p, model.KindHPA, ns))
		}
		if n > 0 {
			f.Evidence = append(f.Evidence, finding.Evidence{Path: "autoscalers", Value: text.Counted(n, "HorizontalPodAutoscaler"), Note: "may ask it for metrics"})
		}
	}
	return f
}
