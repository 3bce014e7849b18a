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

func (e *expander) deleteObject(ctx context.Context, step finding.Step) error {
	s, err := e.thereRecord(ctx, step.Ref)
	if err != nil {
		return err
	}
	w := e.remove(s, step.Summary)
	if s.ref.Kind == model.KindPod && metav1.GetControllerOfNoCopy(w.Before) != nil {
		w.Passing, w.Wait = true, Wait{} // its controller makes another, maybe of the same name
	}
	return nil
}

// remove adds a write that deletes an object and waits until it is gone.
func (e *expander) remove(s *seen, summary string) *Write {
	w := e.add(s, &Write{Verb: Delete, Before: s.now, Summary: summary, Wait: Wait{For: Gone, Within: goneWithin}})
	w.commands = []string{fmt.Sprintf("%s delete %s --timeout=%s", kubectlIn(w.Ref.Namespace), kubectlName(w), goneWithin)}
	return w
}

// volumeOf is the volume that a claim is bound to; nil where there is none.
func (e *expander) volumeOf(ctx context.Context, claim *unstructured.Unstructured) (*seen, error) {
	name, _, _ := unstructured.NestedString(claim.Object, "spec", "volumeName")
	if name == "" {
		return nil, nil
	}
	s, err := e.look(ctx, model.Ref{Kind: model.KindVolume, Name: name})
	if err != nil || s.now == nil || !boundTo(s.now, claim) {
		return nil, err
	}
	return s, nil
}

// boundTo reports whether a volume is a claim's, and not another's that the claim still names.
func boundTo(volume, claim *unstructured.Unstructured) bool {
	of, _, _ := unstructured.NestedMap(volume.Object, "spec", "claimRef")
	uid, _ := of["uid"].(string)
	return of["namespace"] == claim.GetNamespace() && of["name"] == claim.GetName() && (uid == "" || uid == string(claim.GetUID()))
}

func reclaimPolicy(volume *unstructured.Unstructured) string {
	policy, _, _ := unstructured.NestedString(volume.Object, "spec", "persistentVolumeReclaimPolicy")
	return policy
}

// tellOfVolumes notes what becomes of the volumes of the claims that are deleted.
func (e *expander) tellOfVolumes(ctx context.Context) error {
	for _, w := range e.writes {
		if w.Verb != Delete || w.Ref.Kind != model.KindClaim {
			continue
		}
		volume, err := e.volumeOf(ctx, w.Before)
		switch {
		case err != nil:
			return err
		case volume == nil:
		case reclaimPolicy(volume.now) == "Delete":
			e.note("With %s its %s and the data go too (policy Delete); that cannot be undone.", w.Ref, volume.ref)
		default:
			e.note("%s and its data stay (policy %s).", volume.ref, reclaimPolicy(volume.now))
		}
	}
	return nil
}

// retain sets a volume's policy to Retain, so that its data outlive the claim.
func (e *expander) retain(volume *seen, summary string) error {
	path := []string{"spec", "persistentVolumeReclaimPolicy"}
	if reclaimPolicy(volume.now) == "Retain" {
		return nil
	}
	w, err := e.edit(volume, Patch, summary, func(o map[string]any) error {
		return setField(o, finding.FieldValue{Path: path, Value: "Retain"})
	})
	if w != nil {
		w.shown, w.commands = [][]string{path}, patchCommand(w)
	}
	return err
}

// recreateClaim deletes the claim, with its volume retained, where an earlier step
// has not, and creates it again without a volume.
func (e *expander) recreateClaim(ctx context.Context, step finding.Step, c finding.Recreate) error {
	s, err := e.look(ctx, step.Ref)
	if err != nil {
		return err
	}
	if s.live == nil {
		return refuse("%s is not there.", step.Ref)
	}
	fresh := freshClaim(s.live, "")
	if c.Class != "" {
		_ = unstructured.SetNestedField(fresh.Object, c.Class, "spec", "storageClassName")
	}
	if s.now != nil {
		volume, err := e.volumeOf(ctx, s.now)
		if err != nil {
			return err
		}
		if volume != nil {
			if err := e.retain(volume, "keep the volume and its data"); err != nil {
				return err
			}
		}
		e.remove(s, "delete the claim")
	}
	w := e.add(s, &Write{Verb: Create, After: fresh, Summary: step.Summary})
	w.commands = heredoc(e.scrub, fresh, "create")
	return nil
}

// freshClaim is a claim as whoever made it asked for it, so that it can be created again:
// on volume, or where that is empty on whichever volume comes.
func freshClaim(claim *unstructured.Unstructured, volume string) *unstructured.Unstructured {
	fresh := renewed(claim)
	annotations := fresh.GetAnnotations()
	delete(annotations, "pv.kubernetes.io/bind-completed") // with it, a claim that is not bound counts as lost
	unstructured.RemoveNestedField(fresh.Object, "spec", "volumeName")
	if volume != "" {
		_ = unstructured.SetNestedField(fresh.Object, volume, "spec", "volumeName")
	} else {
		for _, k := range provisioned {
			delete(annotations, k)
		}
	}
	if fresh.SetAnnotations(annotations); len(annotations) == 0 {
		unstructured.RemoveNestedField(fresh.Object, "metadata", "annotations")
	}
	return fresh
}

// provisioned are the annotations of a claim that speak of the volume it got.
var provisioned = []string{
	"pv.kubernetes.io/bound-by-controller", "volume.kubernetes.io/selected-node",
	"volume.kubernetes.io/storage-provisioner", "volume.beta.kubernetes.io/storage-provisioner",
}

// serverFinalizers are put on by the server, or by a deletion.
var serverFinalizers = []string{"kubernetes.io/pvc-protection", "kubernetes.io/pv-protection", "foregroundDeletion", "orphan"}

// renewed is an object without what only the server may set, so that it can be
// created again.
func renewed(u *unstructured.Unstructured) *unstructured.Unstructured {
	fresh := u.DeepCopy()
	delete(fresh.Object, "status")
	for _, k := range []string{
		"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
		"managedFields", "selfLink", "generateName", // it has its name
	} {
		unstructured.RemoveNestedField(fresh.Object, "metadata", k)
	}
	finalizers := slices.DeleteFunc(fresh.GetFinalizers(), func(f string) bool { return slices.Contains(serverFinalizers, f) })
	if fresh.SetFinalizers(finalizers); len(finalizers) == 0 {
		unstructured.RemoveNestedField(fresh.Object, "metadata", "finalizers")
	}
	return fresh
}
