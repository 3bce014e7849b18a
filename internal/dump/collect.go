package dump

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

// collector gathers the rows of a dump.
type collector struct {
	options   Options
	read      time.Time // when it is read
	projector *project.Projector
	tables    map[string]map[model.Kind]map[string]model.Row
	records   map[releaseKey]*model.Record // the newest of each release
	defined   map[model.Kind]defined       // custom resources, by their definitions
	scopes    scopes
	logs      logs
	newest    time.Time
	written   time.Time // when the newest of its files was
	objects   int
	bounds
	said
}

func newCollector(o Options) *collector {
	return &collector{
		options: o, read: time.Now(), projector: project.New(project.NewSalt()),
		tables:  map[string]map[model.Kind]map[string]model.Row{},
		records: map[releaseKey]*model.Record{}, defined: map[model.Kind]defined{}, scopes: newScopes(),
	}
}

// object takes one object.
func (d *document) object(raw json.RawMessage) {
	u := &unstructured.Unstructured{}
	if err := u.UnmarshalJSON(raw); err != nil {
		var head struct{ Kind, APIVersion string }
		_ = json.Unmarshal(raw, &head)
		switch {
		case head.Kind == "" || head.APIVersion == "":
			d.untyped(raw)
		case strings.Contains(head.Kind, "{{"):
			d.c.template(d.place.name, d.line)
		default:
			d.problem(d.line, "is not an object: "+mask.Line(firstLine(err.Error()), 200))
		}
		return
	}
	if strings.HasSuffix(u.GetKind(), "List") && u.Object["items"] != nil {
		d.nested(u)
		return
	}
	if strings.Contains(u.GetName(), "{{") || strings.Contains(u.GetKind(), "{{") {
		d.c.template(d.place.name, d.line)
		return
	}
	d.take(u)
}

// nested takes a List that is itself an item, or was read as a whole.
func (d *document) nested(u *unstructured.Unstructured) {
	outer, line := d.list, d.line
	d.begin(u.GetKind())
	items, _ := u.Object["items"].([]any)
	for _, item := range items {
		if inner, err := json.Marshal(item); err == nil {
			d.object(inner)
		}
	}
	d.finish()
	d.list, d.line = outer, line
}

// untyped takes an object that does not say what it is, as typed lists hold them: the
// list says it, perhaps at its end, or the file's name.
func (d *document) untyped(raw json.RawMessage) {
	if d.list == nil || d.list.kind != "" {
		d.loose(raw)
		return
	}
	if d.list.size += len(raw); d.list.size > maxUntyped {
		d.problem(d.line, "the objects of a list do not say what they are, and were left out")
		return
	}
	d.list.untyped = append(d.list.untyped, untyped{raw, d.line})
}

func (d *document) loose(raw json.RawMessage) {
	kind := d.place.kind
	if d.list != nil {
		kind = cmp.Or(d.list.kind, kind)
	}
	info, ok := model.Info(kind)
	var fields map[string]any
	if !ok || json.Unmarshal(raw, &fields) != nil || fields["metadata"] == nil {
		return // not an object of a cluster
	}
	u := &unstructured.Unstructured{Object: fields}
	u.SetGroupVersionKind(schema.GroupVersionKind{Group: info.Group, Version: info.Version, Kind: string(info.Kind)})
	d.take(u)
}

// take makes a row of an object.
func (d *document) take(u *unstructured.Unstructured) {
	c := d.c
	for _, field := range []string{"name", "namespace"} {
		if v := below(u.Object, "metadata")[field]; v != nil && !isText(v) { // n, y, on: words that YAML 1.1 takes for booleans
			d.problem(d.line, fmt.Sprintf("%s: metadata.%s is %v, which is not text", u.GetKind(), field, v))
			return
		}
	}
	if u.GetName() == "" {
		return // a review, an options object: nothing that a cluster holds
	}
	modern(u)
	gvk := u.GroupVersionKind()
	info, builtin := model.Info(model.Kind(gvk.Kind))
	builtin = builtin && info.Group == gvk.Group
	switch {
	case !builtin && served(gvk.Group):
		return // a kind that a live look does not read either
	case builtin && gvk.Version != info.Version:
		d.lacks(info.Kind, d.line, fmt.Sprintf("%s %s: version %s cannot be read", gvk.Kind, u.GetName(), u.GetAPIVersion()))
		return
	case builtin && !info.Namespaced:
		u.SetNamespace("")
	case builtin && u.GetNamespace() == "":
		c.homeless++
		u.SetNamespace(cmp.Or(d.place.namespace, "default"))
	}
	c.newest = later(c.newest, times(u.Object, c.read, 0))
	stored := recordData(u)
	keys, stripped := hide(u)
	row, err := c.project(u)
	if err != nil {
		d.lacks(info.Kind, d.line, fmt.Sprintf("%s %s cannot be read: %s", gvk.Kind, u.GetName(), mask.Line(firstLine(err.Error()), 200)))
		return
	}
	conceal(row, keys, stripped)
	row.Base().Undated = below(u.Object, "metadata")["managedFields"] == nil
	c.define(u)
	c.objects++
	ref := row.Base().Ref()
	d.saw(ref, row)
	if ref.Kind == model.KindEvent && u.Object["type"] != "Warning" && !slices.Contains(telling, row.(*model.Event).Reason) {
		return // a live look asks for warnings only
	}
	if rec, ok := row.(*model.Record); ok {
		if slices.Contains(keys, "release") {
			stored = nil
		}
		c.record(rec, stored)
	}
	c.put(row)
}

// telling are the reasons of events that are no warnings, and say why something is as it is
// (kubernetes pkg/scheduler/framework/preemption, pkg/controller/volume/events). A live look
// would have to ask for all events to be told of them.
var telling = []string{"Preempted", "FailedBinding"}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// saw notes where an object was seen: a release record as the Secret or ConfigMap that
// it is.
func (d *document) saw(ref model.Ref, row model.Row) {
	kind := ref.Kind
	if rec, ok := row.(*model.Record); ok {
		kind = rec.Driver
	}
	d.seen.add(kind, ref.Namespace)
	d.c.scopes.held.add(kind, ref.Namespace)
	if d.list != nil {
		d.list.seen.add(kind, ref.Namespace)
	}
}

// served reports whether an API server serves a group itself, or one of the servers
// that most clusters have beside it: its kinds are no custom resources.
func served(group string) bool {
	return group == "" || project.Scheme.IsGroupRegistered(group) || strings.HasSuffix(group, "metrics.k8s.io") || group == "events.k8s.io" || group == "apiregistration.k8s.io"
}

// project makes the row of an object as a live look does.
func (c *collector) project(u *unstructured.Unstructured) (model.Row, error) {
	var obj runtime.Object = u
	if typed, err := project.Scheme.New(u.GroupVersionKind()); err == nil {
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, typed); err != nil {
			return nil, unfit(u, typed, err)
		}
		obj = typed
	}
	row, ok := c.projector.Object(obj)
	if !ok || row.Base().Name == "" {
		return nil, fmt.Errorf("it is not of a type that is read")
	}
	return row, nil
}

// unfit says which field of an object does not fit its type, which the converter does
// not.
func unfit(u *unstructured.Unstructured, typed any, err error) error {
	var field *json.UnmarshalTypeError
	if raw, bad := json.Marshal(u.Object); bad == nil && errors.As(json.Unmarshal(raw, typed), &field) {
		return fmt.Errorf("%s is of type %s, not %s", field.Field, field.Value, field.Type)
	}
	return err
}

// put keeps a row. Of an object that the dump holds twice, the newest version counts.
func (c *collector) put(row model.Row) {
	ref := row.Base().Ref()
	if c.tables[ref.Namespace] == nil {
		c.tables[ref.Namespace] = map[model.Kind]map[string]model.Row{}
	}
	table := c.tables[ref.Namespace][ref.Kind]
	if table == nil {
		table = map[string]model.Row{}
		c.tables[ref.Namespace][ref.Kind] = table
	}
	if old := table[ref.Name]; old != nil {
		if have := old.Base().ResourceVersion; have == "" || have != row.Base().ResourceVersion {
			c.doubled++
		}
		if version(row) < version(old) {
			return
		}
	}
	table[ref.Name] = row
}

func version(row model.Row) uint64 {
	n, err := strconv.ParseUint(row.Base().ResourceVersion, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
