package probes

import (
	"fmt"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
)

const autoscalerBlindID finding.ProbeID = "autoscaler-blind"

// AutoscalerBlind finds autoscalers that do not scale.
var AutoscalerBlind = &Probe{
	ID: autoscalerBlindID,
	Doc: `An autoscaler cannot scale
It does not get its metrics, or may not scale its target, and replicas stay as they are under load.

**Rule.** For five minutes a HorizontalPodAutoscaler has the condition AbleToScale=False, or
ScalingActive=False for another reason than that its target is scaled to 0. Where it scales by a share
of the request and a container of its target has no request for that resource, that is the
cause, and the container is named. Sources: kubernetes pkg/controller/podautoscaler/horizontal.go
(conditions), replica_calculator.go ("missing request for").

**Evidence.** The condition with its message, the metric, the container without a request.

**What it cannot see.** Whether the metrics are right; limits that were set on purpose.

**By hand.** ` + "`kubectl describe hpa NAME`" + `; set a request for the container; see whether
metrics-server or the metrics adapter runs: ` + "`kubectl get apiservices`" + `.

**Silent** for a target scaled to 0, which switches it off; for a target that does not exist
(reference-missing says that); for one that has reached its maximum.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindHPA, model.KindDeployment, model.KindStatefulSet, model.KindReplicaSet, model.KindReplicationController},
	Uses:  []model.Kind{model.KindNamespace, model.KindCustom, model.KindAPIService},
	Run:   staying(runAutoscalerBlind),
}

const metricPatience = 5 * time.Minute

func runAutoscalerBlind(p *Pass) {
	for a := range model.Each[*model.Autoscaler](p.Space, model.KindHPA) {
		if !a.Deleting.IsZero() || !p.Exists(a.Target) {
			continue
		}
		w, _ := model.Get[*model.Workload](p.Snapshot, a.Target)
		if w != nil && w.Desired == 0 {
			continue
		}
		for _, typ := range []string{"AbleToScale", "ScalingActive"} {
			c := model.FindCondition(a.Conditions, typ)
			if c == nil || c.Status != "False" || c.Reason == "ScalingDisabled" || !p.After(c.Since, metricPatience) {
				continue
			}
			p.Report(blindFinding(a, w, c))
			break
		}
	}
}

// metricAPIs are the APIs that did not answer, by the reason that the controller gives
// (kubernetes pkg/controller/podautoscaler/horizontal.go).
var metricAPIs = map[string][]string{
	"FailedGetResourceMetric":          {"v1beta1.metrics.k8s.io"},
	"FailedGetContainerResourceMetric": {"v1beta1.metrics.k8s.io"},
	"FailedGetPodsMetric":              {"v1beta1.custom.metrics.k8s.io", "v1beta2.custom.metrics.k8s.io"},
	"FailedGetObjectMetric":            {"v1beta1.custom.metrics.k8s.io", "v1beta2.custom.metrics.k8s.io"},
	"FailedGetExternalMetric":          {"v1beta1.external.metrics.k8s.io"},
}

func blindFinding(a *model.Autoscaler, w *model.Workload, c *model.Condition) finding.Finding {
	f := finding.Finding{
		Subject: a.Ref(), Severity: finding.High, Grade: finding.Proved, Since: c.Since,
		Summary:  fmt.Sprintf("It cannot scale %s %s: %s.", a.Target.Kind, a.Target.Name, clause(c.Message, c.Reason)),
		Evidence: []finding.Evidence{{Ref: a.Ref(), Path: "status.conditions[" + c.Type + "]", Value: c.Reason, Note: c.Message}},
	}
	for _, api := range metricAPIs[c.Reason] {
		f.Causes = append(f.Causes, finding.IDOf(apiServiceUnavailableID, model.Ref{Kind: model.KindAPIService, Name: api}, ""))
	}
	if w == nil || c.Type != "ScalingActive" {
		return f
	}
	for _, m := range a.Metrics {
		if !m.Share {
			continue
		}
		var lack []string
		for i := range w.Template.Containers {
			k := &w.Template.Containers[i]
			// A limit is the request where none is set (kubernetes pkg/apis/core/v1/defaults.go).
			if (k.Init && !k.Sidecar) || m.Container != "" && m.Container != k.Name || k.Requests[m.Name] != "" || k.Limits[m.Name] != "" {
				continue
			}
			lack = append(lack, k.Name)
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: fmt.Sprintf("%s.containers[%s].resources.requests", podPath(w.Kind), k.Name), Note: "no request for " + m.Name})
		}
		if len(lack) > 0 {
			f.Causes = nil
			f.Summary = fmt.Sprintf("It cannot scale %s %s by %s: %s %s %s no request for it.", w.Kind, w.Name, m.Name, text.Plural(len(lack), "container", "containers"), text.Joined(lack, 3), text.Plural(len(lack), "has", "have"))
			break
		}
	}
	return f
}
