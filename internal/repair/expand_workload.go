package repair

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

var restartedAt = []string{"spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt"}

// restarts reports whether a write rolls a workload by the annotation of a restart.
func (w *Write) restarts() bool {
	for _, c := range w.changes() {
		if slices.Equal(c.path, restartedAt) {
			return true
		}
	}
	return false
}

// restart rolls a workload the way kubectl rollout restart does, and waits until
// every pod of the new template is ready.
func (e *expander) restart(ctx context.Context, step finding.Step) error {
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
		if w.key() == (key{s.GroupVersionResource, s.ref.Namespace, s.ref.Name}) && w.restarts() {
			e.note("Step %d: %s is restarted by step %d already.", e.step, s.ref, w.Step)
			return nil
		}
	}
	w, err := e.edit(s, Patch, step.Summary, func(o map[string]any) error {
		return setField(o, finding.FieldValue{Path: restartedAt, Value: e.stamp.UTC().Format(time.RFC3339)})
	})
	if w == nil {
		return err
	}
	w.Healthy = s.live != nil && rolledOut(s.live).done
	w.shown = append(w.shown, restartedAt)
	in, name := kubectlIn(w.Ref.Namespace), kubectlName(w)
	w.commands = append(w.commands,
		fmt.Sprintf("%s rollout restart %s", in, name),
		fmt.Sprintf("%s rollout status %s --timeout=%s", in, name, rolloutWithin))
	if s.ref.Kind == model.KindStatefulSet {
		if err := e.clearTheWay(ctx, s, w); err != nil {
			return err
		}
	}
	last := e.writes[len(e.writes)-1]
	last.Wait = Wait{For: RolledOut, Within: rolloutWithin}
	if last != w {
		last.Wait.Of = s.ref
	}
	return nil
}

// clearTheWay deletes the pods of a StatefulSet that are not ready, after its template
// was changed: with ordered pods the controller waits for them to become ready before
// it replaces any (kubernetes/kubernetes #67250, "forced rollback").
func (e *expander) clearTheWay(ctx context.Context, s *seen, w *Write) error {
	policy, _, _ := unstructured.NestedString(s.now.Object, "spec", "podManagementPolicy")
	if policy == "Parallel" || s.live == nil || rolledOut(s.live).done {
		return nil
	}
	pods, err := e.owned(ctx, s, model.KindPod)
	if err != nil {
		return err
	}
	w.Healthy = false
	for _, pod := range pods {
		if notReady(pod.now) == "" || pod.now.GetDeletionTimestamp() != nil {
			continue
		}
		d := e.remove(pod, "it is not ready, and an ordered rollout waits for it; its controller makes another")
		d.Passing, d.Wait = true, Wait{}
	}
	return nil
}

func (e *expander) scale(ctx context.Context, step finding.Step, c finding.Scale) error {
	s, err := e.there(ctx, step.Ref)
	if err != nil {
		return err
	}
	path := []string{"spec", "replicas"}
	now, found, _ := unstructured.NestedInt64(s.now.Object, path...)
	if !found {
		now = 1 // as the API server defaults it
	}
	retention, _, _ := unstructured.NestedString(s.now.Object, "spec", "persistentVolumeClaimRetentionPolicy", "whenScaled")
	if int64(c.Replicas) < now && retention == "Delete" {
		return refuse("Scaling %s down deletes the PVCs of the pods that go, and perhaps their data (persistentVolumeClaimRetentionPolicy.whenScaled is Delete), which no undo brings back. Set it to Retain first.", s.ref)
	}
	w, err := e.edit(s, Patch, step.Summary, func(o map[string]any) error {
		return setField(o, finding.FieldValue{Path: path, Value: c.Replicas})
	})
	if w == nil {
		return err
	}
	w.Wait = Wait{For: Replicas, Within: replicasWithin}
	if scaler, ok := scaledBy(e.report.Snapshot, s.ref); ok && c.Replicas > 0 { // it leaves a workload of none alone
		w.reverters = append(w.reverters, Reverter{s.ref, scaler.String(), "it scales this workload"})
	}
	w.Healthy = s.live != nil && rolledOut(s.live).done
	w.shown = append(w.shown, path)
	w.commands = append(w.commands, fmt.Sprintf("%s scale %s --replicas=%d", kubectlIn(w.Ref.Namespace), kubectlName(w), c.Replicas))
	return nil
}
