package project

import (
	"strings"

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
		out.Conditions = append(out.Conditions, model.Condition{
			Type: p.word(text(c, "type")), Status: p.word(text(c, "status")), Reason: p.word(text(c, "reason")),
			Message: p.message(out.Namespace, text(c, "message")), Since: stamp(text(c, "lastTransitionTime")),
		})
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
func (p *Projector) operation(out *model.Object, status map[string]any) {
	sync, _ := status["sync"].(map[string]any)
	health, _ := status["health"].(map[string]any)
	for _, c := range []model.Condition{
		{Type: "Synced", Reason: text(sync, "status")},
		{Type: "Healthy", Reason: text(health, "status"), Since: stamp(text(health, "lastTransitionTime"))},
	} {
		if c.Reason != "" {
			c.Status = "False"
			if c.Reason == c.Type {
				c.Status = "True"
			}
			c.Reason = p.word(c.Reason)
			out.Conditions = append(out.Conditions, c)
		}
	}
	state, _ := status["operationState"].(map[string]any)
	phase := text(state, "phase")
	if phase == "" {
		return
	}
	c := model.Condition{
		Type: "Operation", Status: "True", Reason: p.word(phase),
		Message: p.message(out.Namespace, text(state, "message")), Since: stamp(text(state, "finishedAt")),
	}
	switch {
	case phase == "Failed" || phase == "Error":
		c.Status = "False"
	case phase == "Running" && whole(state["retryCount"]) > 0:
		c.Status, c.Since = "Unknown", stamp(text(state, "startedAt"))
	}
	out.Conditions = append(out.Conditions, c)
	result, _ := state["syncResult"].(map[string]any)
	if was, now := revision(result), revision(sync); was != "" && now != "" {
		c = model.Condition{Type: "Current", Status: "False"}
		if was == now {
			c.Status = "True"
		}
		out.Conditions = append(out.Conditions, c)
	}
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
