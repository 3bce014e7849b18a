package repair

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

var restartedAt = []string{"spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"}

// restart rolls a workload the way kubectl rollout restart does, and waits until
// every pod of the new template is ready.
func (e *expander) restart(ctx context.Context, step probes.Step) error {
	s, err := e.there(ctx, step.Ref)
	if err != nil {
		return err
	}
	strategy, _, _ := unstructured.NestedString(s.now.Object, "spec", "updateStrategy", "type")
	paused, _, _ := unstructured.NestedBool(s.now.Object, "spec", "paused")
	switch {
	case s.ref.Kind != model.KindDeployment && s.ref.Kind != model.KindStatefulSet && s.ref.Kind != model.KindDaemonSet:
		return refuse("%s cannot be restarted: only Deployments, StatefulSets and DaemonSets roll.", s.ref)
	case paused:
		return refuse("%s is paused, so a restart would not roll it.", s.ref)
	case strategy == "OnDelete":
		return refuse("%s has the update strategy OnDelete: a restart would not replace its pods.", s.ref)
	}
	for _, w := range e.writes {
		if w.key() == (key{s.GroupVersionResource, s.ref.Namespace, s.ref.Name}) && w.Wait.For == RolledOut {
			e.note("Step %d: %s is restarted by step %d already.", e.step, s.ref, w.Step)
			return nil
		}
	}
	w, err := e.edit(s, Patch, step.Summary, func(o map[string]any) error {
		return setField(o, probes.FieldValue{Path: restartedAt, Value: e.stamp.UTC().Format(time.RFC3339)})
	})
	if w == nil {
		return err
	}
	w.Wait = Wait{RolledOut, rolloutWithin}
	w.Healthy = s.live != nil && rolledOut(s.live).done
	w.shown = append(w.shown, restartedAt)
	in, name := kubectlIn(w.Ref.Namespace), kubectlName(w)
	w.commands = append(w.commands,
		fmt.Sprintf("%s rollout restart %s", in, name),
		fmt.Sprintf("%s rollout status %s --timeout=%s", in, name, rolloutWithin))
	return nil
}

func (e *expander) scale(ctx context.Context, step probes.Step, c probes.Scale) error {
	s, err := e.there(ctx, step.Ref)
	if err != nil {
		return err
	}
	path := []string{"spec", "replicas"}
	w, err := e.edit(s, Patch, step.Summary, func(o map[string]any) error {
		return setField(o, probes.FieldValue{Path: path, Value: c.Replicas})
	})
	if w == nil {
		return err
	}
	w.Wait = Wait{Replicas, replicasWithin}
	if scaler, ok := scaledBy(e.report.Snapshot, s.ref); ok && c.Replicas > 0 { // it leaves a workload of none alone
		w.reverters = append(w.reverters, Reverter{s.ref, scaler.String(), "it scales this workload"})
	}
	w.Healthy = s.live != nil && rolledOut(s.live).done
	w.shown = append(w.shown, path)
	w.commands = append(w.commands, fmt.Sprintf("%s scale %s --replicas=%d", kubectlIn(w.Ref.Namespace), kubectlName(w), c.Replicas))
	return nil
}
