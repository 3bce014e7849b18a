package probes

import (
	"fmt"
	"strings"
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

**Rule.** One of these:

- for five minutes a HorizontalPodAutoscaler has the condition AbleToScale=False, or
  ScalingActive=False for another reason than that its target is scaled to 0. Where its controller says that
  a request is missing, it scales by a share of the request, and a container of its target has none for
  that resource, the container is named, and two minutes are enough: high;
- for fifteen minutes it runs as many replicas as it may, its minimum is less, and its controller says
  that its metrics ask for more (ScalingLimited with the reason TooManyReplicas): medium.

Sources: kubernetes pkg/controller/podautoscaler/horizontal.go (conditions), replica_calculator.go
("missing request for"); kubernetes-mixin, alert KubeHpaMaxedOut.

**Evidence.** The condition with its message, the metric, the container without a request; when it
last scaled.

**What it cannot see.** Whether the metrics are right; limits that were set on purpose.

**By hand.** ` + "`kubectl describe hpa NAME`" + `; set a request for the container; see whether
metrics-server or the metrics adapter runs: ` + "`kubectl get apiservices`" + `.

**Silent** for a target scaled to 0, which switches it off; for a target that does not exist
(reference-missing says that); for one whose minimum is its maximum.`,
	Worst: finding.High,
	Needs: []model.Kind{model.KindHPA},
	Uses: []model.Kind{
		model.KindDeployment, model.KindStatefulSet, model.KindReplicaSet, model.KindReplicationController, model.KindNamespace, model.KindCustom, model.KindAPIService,
		model.KindPod, model.KindServiceAccount, model.KindSecret, model.KindConfigMap, model.KindClaim,
	},
	Run: staying(runAutoscalerBlind),
}

const (
	metricPatience  = 5 * time.Minute
	requestPatience = 2 * time.Minute  // a container's request is there or not
	maximumPatience = 15 * time.Minute // a peak may pass
)

// maximumSlot tells an autoscaler that has reached its maximum from one that cannot scale.
const maximumSlot = "maximum"

func runAutoscalerBlind(p *Pass) {
	for a := range model.Each[*model.Autoscaler](p.Space, model.KindHPA) {
		absence, absent := p.Absent(a.Target)
		if !a.Deleting.IsZero() || absent && absence.Grade == finding.Proved {
			continue
		}
		w, _ := model.Get[*model.Workload](p.Snapshot, a.Target)
		if w != nil && w.Desired == 0 {
			continue
		}
		for _, typ := range []string{"AbleToScale", "ScalingActive"} {
			c := model.FindCondition(a.Conditions, typ)
			if c == nil || c.Status != "False" || c.Reason == "FailedGetScale" && absent || c.Reason == "ScalingDisabled" || !p.After(c.Since, requestPatience) {
				continue
			}
			f, certain := blindFinding(p, a, w, c)
			if certain || p.After(c.Since, metricPatience) {
				p.Report(f)
			}
			break
		}
		if f, ok := atMaximum(p, a); ok {
			p.Report(f)
		}
	}
}

// atMaximum is an autoscaler that would run more replicas than it may.
func atMaximum(p *Pass, a *model.Autoscaler) (f finding.Finding, ok bool) {
	c := model.FindCondition(a.Conditions, "ScalingLimited")
	if c == nil || c.Status != "True" || c.Reason != "TooManyReplicas" || a.Max <= a.Min || a.Current < a.Max || a.Wanted < a.Max {
		return f, false
	}
	since := c.Since // the condition was true before where something else limited it
	if a.Scaled.After(since) {
		since = a.Scaled
	}
	if !p.After(since, maximumPatience) {
		return f, false
	}
	var by []string
	for _, m := range a.Metrics {
		by = append(by, m.Name)
	}
	f = finding.Finding{
		Subject: a.Ref(), Slot: maximumSlot, Severity: finding.Medium, Grade: finding.Proved, Since: since,
		Summary: fmt.Sprintf("It has run %s %s at its maximum of %s for %s, and what it measures (%s) asks for more.", a.Target.Kind, a.Target.Name, text.Counted(int(a.Max), "replica"), p.Age(since), orNothing(text.Joined(by, 3))),
		Evidence: []finding.Evidence{
			{Ref: a.Ref(), Path: "spec.maxReplicas", Value: fmt.Sprint(a.Max), Note: fmt.Sprintf("its minimum is %d", a.Min)},
			{Ref: a.Ref(), Path: "status.conditions[ScalingLimited]", Value: c.Reason, Note: c.Message},
		},
	}
	if !a.Scaled.IsZero() {
		f.Evidence = append(f.Evidence, finding.Evidence{Ref: a.Ref(), Path: "status.lastScaleTime", Value: stamp(a.Scaled)})
	}
	return f, true
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

// blindFinding is an autoscaler that cannot scale; certain reports that its target's template
// shows why.
func blindFinding(p *Pass, a *model.Autoscaler, w *model.Workload, c *model.Condition) (f finding.Finding, certain bool) {
	f = finding.Finding{
		Subject: a.Ref(), Severity: finding.High, Grade: finding.Proved, Since: c.Since,
		Summary:  fmt.Sprintf("It cannot scale %s %s: %s.", a.Target.Kind, a.Target.Name, clause(c.Message, c.Reason)),
		Evidence: []finding.Evidence{{Ref: a.Ref(), Path: "status.conditions[" + c.Type + "]", Value: c.Reason, Note: c.Message}},
	}
	for _, api := range metricAPIs[c.Reason] {
		f.Causes = append(f.Causes, finding.IDOf(apiServiceUnavailableID, model.Ref{Kind: model.KindAPIService, Name: api}, ""))
	}
	if by, made := a.Controller(); made && by.Kind.IsCustom() { // KEDA makes one for each ScaledObject, which says why
		f.Causes = append(f.Causes, finding.IDOf(conditionFailingID, model.Ref{Kind: by.Kind, Namespace: a.Namespace, Name: by.Name}, ""))
	}
	if w == nil || c.Type != "ScalingActive" {
		return f, false
	}
	if holdsWord(c.Message, []string{"ready pods", "targeted pods"}) { // there are none whose metrics count
		f.Causes = append(f.Causes, podTroubles(p, w.Ref())...)
	}
	for _, m := range a.Metrics {
		if !m.Share {
			continue
		}
		// Metrics may be away altogether, and a LimitRange may give a request that the template lacks.
		missing, note := strings.Contains(c.Message, "missing request"), "no request for "+m.Name
		if !missing {
			note += " in the template; one may be set when a pod is admitted"
		}
		var lack []string
		for i := range w.Template.Containers {
			k := &w.Template.Containers[i]
			// A limit is the request where none is set (kubernetes pkg/apis/core/v1/defaults.go).
			if (k.Init && !k.Sidecar) || m.Container != "" && m.Container != k.Name || k.Requests[m.Name] != "" || k.Limits[m.Name] != "" {
				continue
			}
			lack = append(lack, k.Name)
			f.Evidence = append(f.Evidence, finding.Evidence{Ref: w.Ref(), Path: fmt.Sprintf("%s.containers[%s].resources.requests", podPath(w.Kind), k.Name), Note: note})
		}
		if len(lack) > 0 && missing {
			f.Causes = nil
			f.Summary = fmt.Sprintf("It cannot scale %s %s by %s: %s %s %s no request for it.", w.Kind, w.Name, m.Name, text.Plural(len(lack), "container", "containers"), text.Joined(lack, 3), text.Plural(len(lack), "has", "have"))
			return f, true
		}
	}
	return f, false
}
