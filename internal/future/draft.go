package future

import (
	"maps"
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// Draft is a snapshot being edited. The one it was made from stays as it is; rows are
// replaced, never changed.
type Draft struct {
	base    *model.Snapshot
	tables  map[string]map[model.Kind]model.Table
	changed map[string]map[model.Kind]bool // what was written, by namespace
	version uint64
	edits   int // writes so far
}

// Edit begins a draft of a snapshot.
func Edit(snap *model.Snapshot) *Draft {
	return &Draft{base: snap, tables: map[string]map[model.Kind]model.Table{}, changed: map[string]map[model.Kind]bool{}}
}

func (d *Draft) edit(namespace string) map[model.Kind]model.Table {
	if d.tables[namespace] == nil {
		t := map[model.Kind]model.Table{}
		if sp := d.base.Space(namespace); sp != nil {
			maps.Copy(t, sp.Tables)
		}
		d.tables[namespace] = t
	}
	return d.tables[namespace]
}

// Row is the row that ref names at present, or nil.
func (d *Draft) Row(ref model.Ref) model.Row {
	if t, ok := d.tables[ref.Namespace]; ok {
		return t[ref.Kind].Find(ref.Name)
	}
	return d.base.Row(ref)
}

// Remove takes an object out.
func (d *Draft) Remove(ref model.Ref) {
	t := d.edit(ref.Namespace)
	if i, ok := t[ref.Kind].Search(ref.Name); ok {
		d.write(ref, slices.Delete(slices.Clone(t[ref.Kind]), i, i+1))
	}
}

// write puts a table in the place of that of a kind.
func (d *Draft) write(ref model.Ref, t model.Table) {
	d.edits++
	d.edit(ref.Namespace)[ref.Kind] = t
	if d.changed[ref.Namespace] == nil {
		d.changed[ref.Namespace] = map[model.Kind]bool{}
	}
	d.changed[ref.Namespace][ref.Kind] = true
}

// Put adds an object, or takes the place of the one of its name.
func (d *Draft) Put(row model.Row) {
	ref := row.Base().Ref()
	table := slices.Clone(d.edit(ref.Namespace)[ref.Kind])
	i, ok := table.Search(ref.Name)
	if ok {
		table[i] = row
	} else {
		table = slices.Insert(table, i, row)
	}
	d.write(ref, table)
}

// Touched lists the namespaces that differ from the snapshot, sorted; "" stands for
// the cluster's own objects.
func (d *Draft) Touched() []string { return slices.Sorted(maps.Keys(d.changed)) }

// Kinds lists the kinds of which a namespace differs from the snapshot, sorted.
func (d *Draft) Kinds(namespace string) []model.Kind {
	return slices.Sorted(maps.Keys(d.changed[namespace]))
}

// Snapshot is the draft as a snapshot of its own. The draft may be edited further.
func (d *Draft) Snapshot() *model.Snapshot {
	d.version++
	out := &model.Snapshot{Seq: d.base.Seq + d.version, Cluster: d.base.Cluster, Coverage: d.base.Coverage, Spaces: maps.Clone(d.base.Spaces)}
	if out.Spaces == nil {
		out.Spaces = map[string]*model.Space{}
	}
	for _, ns := range d.Touched() {
		tables, version := d.tables[ns], d.version
		if sp := d.base.Space(ns); sp != nil {
			version += sp.Version
		}
		out.Spaces[ns] = model.NewSpace(ns, version, maps.Clone(tables))
	}
	return out
}

// Get returns the row that ref names as its type.
func Get[T model.Row](d *Draft, ref model.Ref) (t T, ok bool) {
	t, ok = d.Row(ref).(T)
	return t, ok
}
