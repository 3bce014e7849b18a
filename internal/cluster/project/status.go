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

// operation adds the last operation of an Argo CD Application, which it keeps beside its
// conditions, as one of them: of the type operation, false where it failed.
func (p *Projector) operation(out *model.Object, status map[string]any) {
	state, _ := status["operationState"].(map[string]any)
	phase := text(state, "phase")
	if phase == "" {
		return
	}
	c := model.Condition{
		Type: "operation", Status: "True", Reason: p.word(phase),
		Message: p.message(out.Namespace, text(state, "message")), Since: stamp(text(state, "finishedAt")),
	}
	if phase == "Failed" || phase == "Error" {
		c.Status = "False"
	}
	out.Conditions = append(out.Conditions, c)
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
