package repair

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/model"
)

type undoing struct {
	*expander
	entry *Entry
}

// takeBack adds the writes that take back one write of the entry.
func (u *undoing) takeBack(ctx context.Context, number int, w *Write) error {
	switch {
	case w.Verb == Delete && w.Passing: // its controller made another
		return nil
	case w.Verb == Create && w.Passing: // a copy, kept for what else may come
		u.note("%s stays.", w.Ref)
		return nil
	case w.Verb == Disown: // who changes the object again owns what it changes
		return nil
	case w.Verb == Uninstall:
		_, err := u.rollbackTo(ctx, driverOf(w), w.Ref, w.Revision, w.Target, fmt.Sprintf("creates again what revision %d declares", w.Revision))
		return err
	case w.Verb == Rollback:
		_, err := u.rollbackTo(ctx, driverOf(w), w.Ref, w.Newest, w.Target, fmt.Sprintf("back to revision %d", w.Newest))
		return err
	}
	s, err := u.seenOf(ctx, w)
	if err != nil {
		return err
	}
	switch w.Verb {
	case Create:
		return u.uncreate(ctx, number, w, s)
	case Delete:
		return u.undelete(ctx, w, s)
	case Update, Patch, Disown, Rollback, Uninstall:
	}
	return u.unchange(w, s)
}

func (u *undoing) seenOf(ctx context.Context, w *Write) (*seen, error) {
	return u.lookAt(ctx, place{w.Resource, w.object().GetKind(), w.Ref.Namespace != ""}, w.Ref)
}

// unchange sets the changed fields back, if each of them still holds what was written.
func (u *undoing) unchange(w *Write, s *seen) error {
	list := w.changes()
	if s.now == nil || s.now.GetUID() != w.Before.GetUID() && w.DependsOn == 0 {
		if w.Passing {
			u.note("%s is gone; there is nothing to take back on it.", w.Ref)
			return nil
		}
		return &Refusal{Reason: fmt.Sprintf("%s is no longer the object that was changed: it was deleted since.", w.Ref), Conflict: true}
	}
	if !holds(s.now, list, sideAfter) {
		if holds(s.now, list, sideBefore) {
			u.note("%s is as it was before already.", w.Ref)
			return nil
		}
		if w.Passing {
			return nil
		}
		return &Refusal{
			Reason:   fmt.Sprintf("%s was changed by %s since: what would be taken back is no longer what was written.", w.Ref, changedBy(nil, s.now)),
			Conflict: true, Difference: u.scrub.diff(w.After, s.now, w.ownPaths()),
		}
	}
	back, err := u.edit(s, w.Verb, "as it was", func(o map[string]any) error {
		applyChanges(o, deepCopied(reversed(list)))
		return nil
	})
	if back == nil {
		return err
	}
	back.Passing, back.Healthy = w.Passing, w.Healthy
	switch {
	case w.restarts() && w.Healthy:
		back.Wait = Wait{For: RolledOut, Within: rolloutWithin}
	case w.restarts():
		back.Wait = Wait{For: Taken, Within: takenWithin}
	case w.Wait.For == Replicas:
		back.Wait = w.Wait
	}
	if !holdsSecrets(w.After) {
		back.shown = w.ownPaths()
	}
	back.commands = undoCommands(back)
	return nil
}

// ownPaths are the paths that a write changes, within lists too: not the whole list,
// since what else it holds is not the fix's to tell.
func (w *Write) ownPaths() [][]string {
	var out [][]string
	for _, c := range w.changes() {
		leaves(c.path, c.before, c.after, &out)
	}
	return out
}

func leaves(at []string, a, b any, out *[][]string) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			for _, c := range changesBetween(x, y) {
				leaves(append(slices.Clip(at), c.path...), c.before, c.after, out)
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok {
			for i := range min(len(x), len(y)) {
				if !same(x[i], y[i]) {
					leaves(append(slices.Clip(at), itoa(i)), x[i], y[i], out)
				}
			}
			return
		}
	}
	if _, list := b.([]any); !list {
		if _, object := b.(map[string]any); !object {
			*out = append(*out, slices.Clone(at))
		}
	}
}

func deepCopied(list []change) []change {
	out := slices.Clone(list)
	for i := range out {
		out[i].after = copied(out[i].after)
	}
	return out
}

func copied(v any) any {
	if v == nil {
		return nil
	}
	return (&unstructured.Unstructured{Object: map[string]any{"v": v}}).DeepCopy().Object["v"]
}

func undoCommands(w *Write) []string {
	if w.Verb == Update {
		return []string{fmt.Sprintf("# update %s: its values are not printed; careen undo does it", w.Ref)}
	}
	if len(w.shown) != len(w.changes()) { // a change within a list: a merge patch of the whole list
		own := *w
		own.shown = nil
		return patchCommand(&own)
	}
	return patchCommand(w)
}

// uncreate deletes what was created, if it is that object and holds what it held.
func (u *undoing) uncreate(ctx context.Context, number int, w *Write, s *seen) error {
	if s.now == nil {
		u.note("%s is gone already.", w.Ref)
		return nil
	}
	if made := u.entry.Progress[number].UID; made != "" && made != string(s.now.GetUID()) {
		return &Refusal{Reason: fmt.Sprintf("%s is not the one that was created: it was deleted and created again since.", w.Ref), Conflict: true}
	}
	if !w.ours(s.now) {
		return &Refusal{
			Reason:   fmt.Sprintf("%s was changed by %s since it was created, so it is not deleted.", w.Ref, changedBy(nil, s.now)),
			Conflict: true, Difference: u.scrub.diff(w.made(), s.now, nil),
		}
	}
	if w.Ref.Kind == model.KindClaim {
		volume, err := u.volumeOf(ctx, s.now)
		if err != nil {
			return err
		}
		if volume != nil {
			if err := u.retain(volume, "keep what was written since"); err != nil {
				return err
			}
			u.note("%s, made for %s, stays with its data: nobody deletes it.", volume.ref, w.Ref)
		}
	}
	u.remove(s, "delete what was created")
	return nil
}

// undelete creates a deleted object again.
func (u *undoing) undelete(ctx context.Context, w *Write, s *seen) error {
	if w.Ref.Kind == model.KindClaim {
		return u.undeleteClaim(ctx, w, s)
	}
	if s.now != nil {
		return &Refusal{Reason: fmt.Sprintf("%s is there again: someone made it since.", w.Ref), Conflict: true, Difference: u.scrub.diff(w.Before, s.now, nil)}
	}
	fresh := renewed(w.Before)
	if err := u.dropDeadOwners(ctx, fresh); err != nil {
		return err
	}
	back := u.add(s, &Write{Verb: Create, After: fresh, Summary: "as it was"})
	back.commands = heredoc(u.scrub, fresh, "create")
	return nil
}

// dropDeadOwners removes owner references whose owner is no more: with one, the
// garbage collector would take the object at once.
func (u *undoing) dropDeadOwners(ctx context.Context, fresh *unstructured.Unstructured) error {
	var live []metav1.OwnerReference
	for _, o := range fresh.GetOwnerReferences() {
		mapping, err := u.mapper.RESTMapping(schema.FromAPIVersionAndKind(o.APIVersion, o.Kind).GroupKind())
		if err != nil {
			continue
		}
		namespace := ""
		if mapping.Scope.Name() == "namespace" {
			namespace = fresh.GetNamespace()
		}
		owner, err := u.get(ctx, mapping.Resource, namespace, o.Name)
		if err != nil {
			return refuse("The owner %s %s of %s cannot be read: %s.", o.Kind, o.Name, fresh.GetName(), u.scrub.said(err))
		}
		if owner != nil && owner.GetUID() == o.UID {
			live = append(live, o)
		}
	}
	if fresh.SetOwnerReferences(live); len(live) == 0 {
		unstructured.RemoveNestedField(fresh.Object, "metadata", "ownerReferences")
	}
	return nil
}
