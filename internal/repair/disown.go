package repair

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"

	"github.com/careen-tui/careen/internal/text"
)

// disown adds, for each object that the undo changes or makes again, the write that
// gives its fields back to those who owned them before the fix.
func (u *undoing) disown(done []bool) error {
	type owned struct {
		before *unstructured.Unstructured
		fields [][]string // nil for all
		by     []string
	}
	var order []key
	of := map[key]*owned{}
	for i, w := range u.entry.Writes {
		if !done[i] || w.Before == nil || len(w.Before.GetManagedFields()) == 0 || w.Verb == Disown {
			continue
		}
		o := of[w.key()]
		if o == nil {
			o = &owned{before: w.Before, fields: [][]string{}}
			of[w.key()], order = o, append(order, w.key())
		}
		o.by = append(o.by, w.By...)
		if w.Verb == Delete {
			o.fields = nil
		}
		for _, f := range fieldsBetween(content(w.Before), content(w.After)) {
			if o.fields != nil {
				o.fields = append(o.fields, f.path)
			}
		}
	}
	for _, k := range order {
		o, s := of[k], u.seen[k]
		if s == nil || s.now == nil {
			continue
		}
		if err := u.giveBack(s, o.before, o.fields, o.by); err != nil {
			return err
		}
	}
	return nil
}

// giveBack adds the write that makes the fields of an object owned as they were, where
// they would not be.
func (u *undoing) giveBack(s *seen, before *unstructured.Unstructured, fields [][]string, by []string) error {
	from, to := s.now.DeepCopy(), s.now.DeepCopy()
	if s.live == nil { // made again: all of it is careen's then
		from.SetManagedFields(nil)
	}
	_, changed, err := givenBack(before.GetManagedFields(), from, fields)
	if err != nil {
		return refuse("%s: %s.", s.ref, err)
	}
	if !changed {
		return nil
	}
	to.SetManagedFields(before.GetManagedFields())
	u.by = slices.Compact(slices.Sorted(slices.Values(by)))
	w := u.add(s, &Write{
		Verb: Disown, Before: from, After: to, Fields: fields,
		Summary: "metadata.managedFields lists the fields that careen wrote under " + text.Joined(ownerNames(before), 6) + " again, as before the fix; no value changes",
	})
	w.commands = []string{fmt.Sprintf("# %s: kubectl cannot give the ownership of fields back; careen undo does it", w.Ref)}
	return nil
}

// ownerNames are "helm (server-side apply)" and "kubectl-edit".
func ownerNames(u *unstructured.Unstructured) (out []string) {
	for _, e := range u.GetManagedFields() {
		name := e.Manager
		if e.Operation == metav1.ManagedFieldsOperationApply {
			name += " (server-side apply)"
		}
		if e.Subresource == "" && e.Manager != manager && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return []string{"nobody"}
	}
	return out
}

// sendDisown gives the fields back in one request, pinned to live, if they are not given
// back already.
func (m *Mender) sendDisown(ctx context.Context, w *Write, live *unstructured.Unstructured, dryRun []string) (*unstructured.Unstructured, error) {
	list, changed, err := givenBack(w.After.GetManagedFields(), live, w.Fields)
	if err != nil || !changed {
		return live, err
	}
	body, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"uid": string(live.GetUID()), "resourceVersion": live.GetResourceVersion(), "managedFields": list,
	}})
	if err != nil {
		return nil, fmt.Errorf("writing the patch: %w", err)
	}
	return m.client(w.Resource, w.Ref.Namespace).Patch(ctx, w.Ref.Name, types.MergePatchType, body, metav1.PatchOptions{FieldManager: manager, DryRun: dryRun})
}

// Conflict is a field manager whose next server-side apply meets fields that the plan
// takes from it.
type Conflict struct {
	Manager string
	Write   *Write
	Fields  []string
}

// conflicts finds the appliers that own what a write changes. GitOps controllers are not
// among them: they force their values, and are named as those who revert.
func (w *Write) conflicts() (out []Conflict) {
	if w.Before == nil || w.Verb != Patch && w.Verb != Update || w.Passing {
		return nil
	}
	all, err := owners(w.Before.GetManagedFields())
	if err != nil {
		return nil
	}
	for _, o := range all {
		if o.Operation != metav1.ManagedFieldsOperationApply || gitOps[o.Manager] != "" {
			continue
		}
		c := Conflict{Manager: o.Manager, Write: w}
		for _, f := range fieldsBetween(content(w.Before), content(w.After)) {
			meeting := func(p fieldpath.Path) bool { return meets(p, f.path, w.Before.Object) }
			if !only(o.set.Leaves(), meeting).Empty() {
				c.Fields = append(c.Fields, dotted(f.path))
			}
		}
		if len(c.Fields) > 0 {
			out = append(out, c)
		}
	}
	return out
}
