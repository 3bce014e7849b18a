package repair

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// The kinds of CSI snapshots (kubernetes-csi/external-snapshotter).
const (
	snapshotAPI            = "snapshot.storage.k8s.io/v1"
	snapshotClasses        = model.Kind("VolumeSnapshotClass.snapshot.storage.k8s.io")
	defaultSnapshotClass   = "snapshot.storage.kubernetes.io/is-default-class"
	claimUnderSnapshot     = "snapshot.storage.kubernetes.io/pvc-as-source-protection"
	snapshotRestoreSources = "snapshot.storage.k8s.io"
)

// takeSnapshot adds a write that takes a CSI snapshot of a claim and waits until it can be
// used. It is passing: the copy outlives whatever is undone.
func (e *expander) takeSnapshot(ctx context.Context, step finding.Step, c finding.TakeSnapshot) error {
	claim, err := e.there(ctx, c.Of)
	if err != nil {
		return err
	}
	volume, err := e.volumeOf(ctx, claim.now)
	if err != nil {
		return err
	}
	if volume == nil {
		return refuse("%s is bound to no volume that can be read, so there is nothing to take a snapshot of.", c.Of)
	}
	driver, _, _ := unstructured.NestedString(volume.now.Object, "spec", "csi", "driver")
	if driver == "" {
		return refuse("%s is no CSI volume, so no snapshot of it can be taken.", volume.ref)
	}
	class, err := e.snapshotClass(ctx, driver)
	if err != nil {
		return err
	}
	u := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": snapshotAPI, "kind": "VolumeSnapshot",
		"metadata": map[string]any{
			"name": step.Ref.Name, "namespace": c.Of.Namespace,
			"labels": map[string]any{"app.kubernetes.io/managed-by": manager},
		},
		"spec": map[string]any{
			"volumeSnapshotClassName": class,
			"source":                  map[string]any{"persistentVolumeClaimName": c.Of.Name},
		},
	}}
	w, err := e.create(ctx, u, step.Ref, step.Summary)
	if err != nil {
		return err
	}
	w.Passing, w.Wait = true, Wait{For: Usable, Within: finding.SnapshotWithin}
	w.commands = append(heredoc(e.scrub, u, "create"), fmt.Sprintf("%s wait %s --for=jsonpath='{.status.readyToUse}'=true --timeout=%s",
		kubectlIn(c.Of.Namespace), kubectlName(w), finding.SnapshotWithin))
	size, _, _ := unstructured.NestedString(volume.now.Object, "spec", "capacity", "storage")
	e.note("To restore from the snapshot: create a PVC in namespace %s with spec.dataSource {apiGroup: %s, kind: VolumeSnapshot, name: %s} and at least %s.",
		c.Of.Namespace, snapshotRestoreSources, step.Ref.Name, orUnknown(size))
	return nil
}

func orUnknown(size string) string {
	if size == "" {
		return "the size of the volume"
	}
	return size
}

// snapshotClass is a class of the driver: the default one where it is among them.
func (e *expander) snapshotClass(ctx context.Context, driver string) (string, error) {
	p, err := e.placeOf(snapshotClasses)
	if err != nil {
		return "", refuse("No CSI snapshot can be taken: %s.", e.scrub.said(err))
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	list, err := e.client(p.GroupVersionResource, "").List(ctx, metav1.ListOptions{Limit: 500})
	if err != nil {
		return "", &Refusal{Reason: fmt.Sprintf("The classes of CSI snapshots cannot be listed as %s: %s.", e.identity(ctx), e.scrub.said(err)), Err: err}
	}
	var names []string
	for i := range list.Items {
		u := &list.Items[i]
		if of, _, _ := unstructured.NestedString(u.Object, "driver"); of != driver {
			continue
		}
		if u.GetAnnotations()[defaultSnapshotClass] == "true" {
			return u.GetName(), nil
		}
		names = append(names, u.GetName())
	}
	if len(names) == 0 {
		return "", refuse("No VolumeSnapshotClass is of driver %s, so no snapshot can be taken.", driver)
	}
	slices.Sort(names)
	return names[0], nil
}

// snapshotUsable reports whether a snapshot can be restored from, and its claim is let go of.
func (m *Mender) snapshotUsable(ctx context.Context, u *unstructured.Unstructured) (step, error) {
	if ready, _, _ := unstructured.NestedBool(u.Object, "status", "readyToUse"); !ready {
		text := "not ready to use yet"
		if why, _, _ := unstructured.NestedString(u.Object, "status", "error", "message"); why != "" {
			text = "its driver says: " + why
		}
		return step{text: text}, nil
	}
	name, _, _ := unstructured.NestedString(u.Object, "spec", "source", "persistentVolumeClaimName")
	p, err := m.placeOf(model.KindClaim)
	if err != nil {
		return step{}, err
	}
	claim, err := m.get(ctx, p.GroupVersionResource, u.GetNamespace(), name)
	if err != nil {
		return step{}, err
	}
	if claim != nil && slices.Contains(claim.GetFinalizers(), claimUnderSnapshot) {
		return step{text: "the snapshot controller still holds its claim"}, nil
	}
	return step{done: true}, nil
}

// snapshotted is the snapshot of a claim that the entry took before it deleted it, where it
// is there and can be used; empty otherwise.
func (u *undoing) snapshotted(ctx context.Context, claim model.Ref) (string, error) {
	for _, w := range u.entry.Writes {
		if w.Verb != Create || w.Ref.Kind != finding.KindVolumeSnapshot || w.Ref.Namespace != claim.Namespace {
			continue
		}
		if name, _, _ := unstructured.NestedString(w.After.Object, "spec", "source", "persistentVolumeClaimName"); name != claim.Name {
			continue
		}
		s, err := u.seenOf(ctx, w)
		if err != nil {
			return "", err
		}
		if s.now == nil {
			continue
		}
		if ready, _, _ := unstructured.NestedBool(s.now.Object, "status", "readyToUse"); ready {
			return w.Ref.Name, nil
		}
	}
	return "", nil
}

// fromSnapshot makes a claim ask for a volume that is made from a snapshot.
func fromSnapshot(claim *unstructured.Unstructured, snapshot string) {
	unstructured.RemoveNestedField(claim.Object, "spec", "dataSourceRef")
	_ = unstructured.SetNestedMap(claim.Object, map[string]any{"apiGroup": snapshotRestoreSources, "kind": "VolumeSnapshot", "name": snapshot}, "spec", "dataSource")
}
