package repair

import (
	"errors"
	"slices"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// Who owns which field of an object stands in its managedFields. Whoever changes a
// field takes it from all others, so a fix takes fields from whoever applied them, and
// setting the value back takes them once more: the next server-side apply of another
// value would then be a conflict with careen. The API server lets a client write
// managedFields itself (apimachinery pkg/util/managedfields, decodeLiveOrNew), but in a
// request that changes a value too the changed field would be careen's again: hence a
// request of its own.

// fieldsOwned are the fields of one entry of managedFields.
type fieldsOwned struct {
	metav1.ManagedFieldsEntry
	set *fieldpath.Set
}

// owners decodes managedFields. Those of subresources, the status above all, are no
// fix's to take or to give.
func owners(list []metav1.ManagedFieldsEntry) (out []fieldsOwned, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("its managedFields cannot be read")
		}
	}()
	for _, e := range list {
		if e.Subresource != "" || e.FieldsV1 == nil {
			continue
		}
		set := &fieldpath.Set{}
		if err := set.FromJSON(e.FieldsV1.GetRawReader()); err != nil {
			return nil, errors.New("its managedFields cannot be read")
		}
		out = append(out, fieldsOwned{e, set})
	}
	return out, nil
}

// same reports whether two entries are of one owner, as the API server tells them apart
// (internal/managedfields.go, BuildManagerIdentifier).
func (f fieldsOwned) same(o metav1.ManagedFieldsEntry) bool {
	return f.Manager == o.Manager && f.Operation == o.Operation && f.Subresource == o.Subresource &&
		(f.Operation == metav1.ManagedFieldsOperationApply || f.APIVersion == o.APIVersion)
}

func (f fieldsOwned) ours() bool {
	return f.Manager == manager && f.Operation == metav1.ManagedFieldsOperationUpdate
}

// givenBack is what the managedFields of u have to be so that the fields are owned by
// those who owned them before; changed is false where they are so already. Nil fields
// are all of them.
func givenBack(before []metav1.ManagedFieldsEntry, u *unstructured.Unstructured, fields [][]string) (list []metav1.ManagedFieldsEntry, changed bool, err error) {
	was, err := owners(before)
	if err != nil {
		return nil, false, err
	}
	live, err := owners(u.GetManagedFields())
	if err != nil {
		return nil, false, err
	}
	concerns := func(p fieldpath.Path) bool {
		return stands(p, u.Object) && (fields == nil || slices.ContainsFunc(fields, func(f []string) bool { return meets(p, f, u.Object) }))
	}
	for _, w := range was {
		if !slices.ContainsFunc(live, func(l fieldsOwned) bool { return l.same(w.ManagedFieldsEntry) }) {
			live = append(live, fieldsOwned{w.ManagedFieldsEntry, &fieldpath.Set{}})
		}
	}
	for _, l := range live {
		theirs := &fieldpath.Set{}
		if i := slices.IndexFunc(was, func(w fieldsOwned) bool { return w.same(l.ManagedFieldsEntry) }); i >= 0 {
			theirs = was[i].set
		}
		owned := l.set.Union(only(theirs, concerns))
		if l.ours() {
			owned = owned.Difference(only(l.set.Difference(theirs), concerns))
		}
		e := l.ManagedFieldsEntry
		if !owned.Equals(l.set) {
			changed = true
			if e, err = entryWith(e, owned, was); err != nil {
				return nil, false, err
			}
		}
		if !owned.Empty() {
			list = append(list, e)
		}
	}
	for _, e := range u.GetManagedFields() {
		if e.Subresource != "" || e.FieldsV1 == nil {
			list = append(list, e)
		}
	}
	return list, changed, nil
}

// entryWith is an entry with other fields: where those are what it had before, with the
// time of then as well.
func entryWith(e metav1.ManagedFieldsEntry, owned *fieldpath.Set, was []fieldsOwned) (metav1.ManagedFieldsEntry, error) {
	for _, w := range was {
		if w.same(e) && w.set.Equals(owned) {
			return w.ManagedFieldsEntry, nil
		}
	}
	b, err := owned.ToJSON()
	if err != nil {
		return e, errors.New("its managedFields cannot be written")
	}
	e.FieldsType, e.FieldsV1 = "FieldsV1", &metav1.FieldsV1{}
	e.FieldsV1.SetRawBytes(b)
	return e, nil
}

func only(set *fieldpath.Set, keep func(fieldpath.Path) bool) *fieldpath.Set {
	out := &fieldpath.Set{}
	set.Iterate(func(p fieldpath.Path) {
		if keep(p) {
			out.Insert(p.Copy())
		}
	})
	return out
}

// stands reports whether an object has a field.
func stands(p fieldpath.Path, object any) bool {
	for _, e := range p {
		var there bool
		if _, object, there = follow(e, object); !there {
			return false
		}
	}
	return true
}

// meets reports whether a field and a changed path are the same, or one within the other.
func meets(p fieldpath.Path, path []string, object any) bool {
	for i, e := range p {
		if i == len(path) {
			return true
		}
		name, next, there := follow(e, object)
		if !there || name != path[i] {
			return false
		}
		object = next
	}
	return true
}

// follow follows one element of a field's path, and names it as a change's path does: by
// its key, or by its index within a list.
func follow(e fieldpath.PathElement, in any) (name string, next any, there bool) {
	switch at := in.(type) {
	case map[string]any:
		if e.FieldName == nil {
			return "", nil, false
		}
		next, there = at[*e.FieldName]
		return *e.FieldName, next, there
	case []any:
		for i, item := range at {
			if selects(e, i, item) {
				return strconv.Itoa(i), item, true
			}
		}
	}
	return "", nil, false
}

func selects(e fieldpath.PathElement, i int, item any) bool {
	switch {
	case e.Index != nil:
		return *e.Index == i
	case e.Value != nil:
		return same((*e.Value).Unstructured(), item)
	case e.Key != nil:
		object, ok := item.(map[string]any)
		return ok && !slices.ContainsFunc(*e.Key, func(f value.Field) bool { return !same(f.Value.Unstructured(), object[f.Name]) })
	}
	return false
}
