package repair

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// undeleteClaim creates a deleted PVC again, bound to the volume that it had. The
// volume's claimRef still holds the UID of the claim that is gone, and binds only
// once that is cleared (kubernetes pkg/controller/volume/persistentvolume).
func (u *undoing) undeleteClaim(ctx context.Context, w *Write, s *seen) error {
	name, _, _ := unstructured.NestedString(w.Before.Object, "spec", "volumeName")
	if s.now != nil {
		if err := u.stepAside(ctx, w, s, name); err != nil || s.now != nil {
			return err
		}
	}
	back := &Write{Verb: Create, Summary: "as it was"}
	snapshot := ""
	if name != "" {
		var err error
		if snapshot, err = u.freeVolume(ctx, w, name); err != nil {
			return err
		}
		back.Summary, back.Wait = "as it was, on the volume that it had", Wait{For: Bound, Within: boundWithin}
	}
	if snapshot != "" {
		name, back.Wait = "", Wait{} // a volume may be made only when a pod asks for it
		back.Summary = "as it was, with a volume that is made from snapshot " + snapshot
	}
	back.After = freshClaim(w.Before, name)
	if snapshot != "" {
		fromSnapshot(back.After, snapshot)
	}
	if err := u.dropDeadOwners(ctx, back.After); err != nil {
		return err
	}
	u.add(s, back).commands = heredoc(u.scrub, back.After, "create")
	u.note("%s gets a new UID and a new age; the rest of it is as it was.", w.Ref)
	return nil
}

// stepAside removes the claim of that name that was made since, its volume kept.
func (u *undoing) stepAside(ctx context.Context, w *Write, s *seen, name string) error {
	if bound, _, _ := unstructured.NestedString(s.now.Object, "spec", "volumeName"); bound != "" && bound == name {
		u.note("%s is there again, on the same volume.", w.Ref)
		return nil
	}
	volume, err := u.volumeOf(ctx, s.now)
	if err != nil {
		return err
	}
	if volume != nil {
		if err := u.retain(volume, "keep what was written since"); err != nil {
			return err
		}
		u.note("A new %s exists since. Its %s is kept with its data, but is bound to nothing afterwards.", w.Ref, volume.ref)
	}
	u.remove(s, "the claim that was made since")
	return nil
}

// freeVolume clears from a volume's claimRef what ties it to the claim that is gone. Where
// the volume is gone too, it returns the snapshot that was taken of it.
func (u *undoing) freeVolume(ctx context.Context, w *Write, name string) (snapshot string, err error) {
	volume, err := u.look(ctx, model.Ref{Kind: model.KindVolume, Name: name})
	if err != nil {
		return "", err
	}
	if volume.now == nil {
		if snapshot, err = u.snapshotted(ctx, w.Ref); err == nil && snapshot == "" {
			err = refuse("PersistentVolume %s is gone, and with it the data of %s: that cannot be taken back.", name, w.Ref)
		}
		return snapshot, err
	}
	claim, _, _ := unstructured.NestedMap(volume.now.Object, "spec", "claimRef")
	if claim == nil {
		return "", nil
	}
	if claim["namespace"] != w.Ref.Namespace || claim["name"] != w.Ref.Name {
		return "", &Refusal{Reason: fmt.Sprintf("PersistentVolume %s belongs to the claim %v/%v now.", name, claim["namespace"], claim["name"]), Conflict: true}
	}
	if uid, held := claim["uid"]; held && uid != string(w.Before.GetUID()) {
		return "", &Refusal{Reason: fmt.Sprintf("PersistentVolume %s is bound to a newer claim of the same name.", name), Conflict: true}
	}
	shown := [][]string{{"spec", "claimRef", "uid"}, {"spec", "claimRef", "resourceVersion"}}
	free, err := u.edit(volume, Patch, "free it for the claim", func(o map[string]any) error {
		for _, path := range shown {
			if err := setField(o, finding.FieldValue{Path: path}); err != nil {
				return err
			}
		}
		return nil
	})
	if free != nil {
		free.Passing, free.shown, free.commands = true, shown, patchCommand(free)
	}
	return "", err
}
