package repair

import (
	"context"
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// send makes the one request of a write, pinned to live: the object as it was just
// read, nil for a create. It returns the object as the server has, or would have, it.
func (m *Mender) send(ctx context.Context, w *Write, live *unstructured.Unstructured, dryRun []string) (*unstructured.Unstructured, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	client := m.client(w.Resource, w.Ref.Namespace)
	switch w.Verb {
	case Create:
		return client.Create(ctx, w.After.DeepCopy(), metav1.CreateOptions{FieldManager: manager, DryRun: dryRun})
	case Update:
		u := live.DeepCopy()
		u.SetManagedFields(nil)
		applyChanges(u.Object, w.changes())
		return client.Update(ctx, u, metav1.UpdateOptions{FieldManager: manager, DryRun: dryRun})
	case Patch:
		body, err := pinned(w.changes(), live)
		if err != nil {
			return nil, fmt.Errorf("writing the patch: %w", err)
		}
		return client.Patch(ctx, w.Ref.Name, types.MergePatchType, body, metav1.PatchOptions{FieldManager: manager, DryRun: dryRun})
	case Disown:
		return m.sendDisown(ctx, w, live, dryRun)
	case Delete:
		uid, version := live.GetUID(), live.GetResourceVersion()
		background := metav1.DeletePropagationBackground
		err := client.Delete(ctx, w.Ref.Name, metav1.DeleteOptions{
			Preconditions:     &metav1.Preconditions{UID: &uid, ResourceVersion: &version},
			PropagationPolicy: &background, DryRun: dryRun,
		})
		return nil, err
	case Rollback, Uninstall:
	}
	return nil, fmt.Errorf("%s is not a single request", w.Verb)
}

// pinned is a merge patch that the server refuses with a conflict where the object
// is not the one, or not in the version, that was read.
func pinned(list []change, live *unstructured.Unstructured) ([]byte, error) {
	body := mergePatch(list)
	meta, ok := body["metadata"].(map[string]any)
	if !ok {
		meta = map[string]any{}
		body["metadata"] = meta
	}
	meta["uid"], meta["resourceVersion"] = string(live.GetUID()), live.GetResourceVersion()
	return json.Marshal(body)
}
