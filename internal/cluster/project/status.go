package project

import (
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// standing reads how a custom resource says that it stands.
func (p *Projector) standing(out *model.Object, u *unstructured.Unstructured) {
	status, _ := u.Object["status"].(map[string]any)
	out.ObservedGeneration, out.Renews = whole(status["observedGeneration"]), stamp(text(status, "renewalTime"))
	spec, _ := u.Object["spec"].(map[string]any)
	for _, k := range []string{"suspend", "suspended", "paused"} {
		if on, _ := spec[k].(bool); on {
			out.Suspended = true
		}
	}
	list, _ := status["conditions"].([]any)
	for _, item := range list {
		c, ok := item.(map[string]any)
		if !ok || len(out.Conditions) == maxConditions {
			continue
		}
		out.Conditions = append(out.Conditions, p.condition(out.Namespace, text(c, "type"), text(c, "status"), text(c, "reason"), text(c, "message"), stamp(text(c, "lastTransitionTime"))))
		// A condition that tells of an older generation is no news of this one.
		if seen := whole(c["observedGeneration"]); text(c, "type") == "Ready" && seen > 0 && (out.ObservedGeneration == 0 || seen < out.ObservedGeneration) {
			out.ObservedGeneration = seen
		}
	}
	if strings.HasPrefix(string(out.Kind), "Application.argoproj.io") && len(out.Conditions) < maxConditions {
		p.operation(out, status)
	}
}

// operation adds what an Argo CD Application keeps beside its conditions, as some of them:
// of the type Operation its last one, false where it failed, unknown where it is tried again; Current,
// whether that was of the revision that it is compared with now; Synced, whether what runs is as that
// revision has it; Healthy.
func (p *Projector) operation(out *model.Object, stands map[string]any) {
	sync, _ := stands["sync"].(map[string]any)
	health, _ := stands["health"].(map[string]any)
	for _, c := range []struct {
		typ, reason string
		since       time.Time
	}{
		{"Synced", text(sync, "status"), time.Time{}},
		{"Healthy", text(health, "status"), stamp(text(health, "lastTransitionTime"))},
	} {
		if c.reason != "" {
			out.Conditions = append(out.Conditions, p.condition(out.Namespace, c.typ, holds(c.reason == c.typ), c.reason, "", c.since))
		}
	}
	state, _ := stands["operationState"].(map[string]any)
	phase := text(state, "phase")
	if phase == "" {
		return
	}
	status, since := holds(phase != "Failed" && phase != "Error"), stamp(text(state, "finishedAt"))
	if phase == "Running" && whole(state["retryCount"]) > 0 {
		status, since = "Unknown", stamp(text(state, "startedAt"))
	}
	out.Conditions = append(out.Conditions, p.condition(out.Namespace, "Operation", status, phase, text(state, "message"), since))
	result, _ := state["syncResult"].(map[string]any)
	if was, now := revision(result), revision(sync); was != "" && now != "" {
		out.Conditions = append(out.Conditions, p.condition(out.Namespace, "Current", holds(was == now), "", "", time.Time{}))
	}
}

// holds is the status of a condition.
func holds(so bool) string {
	if so {
		return "True"
	}
	return "False"
}

// revision is what of Git an Application's status speaks of: of one source, or of several.
func revision(m map[string]any) string {
	list, _ := m["revisions"].([]any)
	for _, r := range list {
		if s, ok := r.(string); ok {
			m = map[string]any{"revision": text(m, "revision") + " " + s}
		}
	}
	return text(m, "revision")
}

func whole(v any) int64 {
	switch n := v.(type) {
	case int64:
		return n
	case float64:
		return int64(n)
	}
	return 0
}
