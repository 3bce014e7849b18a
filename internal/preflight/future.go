package preflight

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
)

// future is the snapshot as it would be with the chart's objects in it: each takes
// the place of what is there under its name, and what the release has today and
// declares no longer is gone. Objects that careen does not read are left out.
func future(snap *model.Snapshot, objects []*Object, removed []model.Ref, release, namespace string, now time.Time) *model.Snapshot {
	tables := map[string]map[model.Kind]model.Table{}
	edit := func(ns string) map[model.Kind]model.Table {
		if tables[ns] == nil {
			tables[ns] = map[model.Kind]model.Table{}
			if sp := snap.Space(ns); sp != nil {
				maps.Copy(tables[ns], sp.Tables)
			}
		}
		return tables[ns]
	}
	for _, ref := range removed {
		t := edit(ref.Namespace)
		t[ref.Kind] = slices.DeleteFunc(slices.Clone(t[ref.Kind]), func(r model.Row) bool { return r.Base().Name == ref.Name })
	}
	for _, o := range objects {
		row := projected(o, release, namespace, now)
		if row == nil {
			continue
		}
		ref := row.Base().Ref()
		t := edit(ref.Namespace)
		table := slices.DeleteFunc(slices.Clone(t[ref.Kind]), func(r model.Row) bool { return r.Base().Name == ref.Name })
		i, _ := table.Search(ref.Name)
		t[ref.Kind] = slices.Insert(table, i, row)
	}
	out := &model.Snapshot{Seq: snap.Seq + 1, Cluster: snap.Cluster, Coverage: snap.Coverage, Spaces: maps.Clone(snap.Spaces)}
	if out.Spaces == nil {
		out.Spaces = map[string]*model.Space{}
	}
	if out.Spaces[""] == nil {
		edit("")
	}
	for ns, t := range tables {
		out.Spaces[ns] = model.NewSpace(ns, uint64(now.UnixNano()), t)
	}
	return out
}

// settled is the age that declared objects are given: probes wait a moment before
// they call what is missing beside a new object missing.
const settled = 10 * time.Minute

// projected is the row of a declared object, with the keys that Helm adds to what
// it installs (helm pkg/action/validate.go); nil where careen does not read it.
func projected(o *Object, release, namespace string, now time.Time) model.Row {
	u := o.DeepCopy()
	if u.GetName() == "" {
		u.SetName(u.GetGenerateName() + "0")
	}
	labels := map[string]string{}
	maps.Copy(labels, u.GetLabels())
	annotations := map[string]string{}
	maps.Copy(annotations, u.GetAnnotations())
	if o.Hook == nil {
		labels["app.kubernetes.io/managed-by"] = "Helm"
		annotations["meta.helm.sh/release-name"] = release
		annotations["meta.helm.sh/release-namespace"] = namespace
	}
	u.SetLabels(labels)
	u.SetAnnotations(annotations)
	encodeSecret(u)
	var row model.Row
	if _, builtin := model.Info(o.Ref.Kind); builtin {
		r, ok := project.Object(u)
		if !ok {
			return nil
		}
		row = r
	} else {
		row = project.New(nil).Custom(u)
	}
	m := row.Base()
	if m.Kind != o.Ref.Kind && m.Kind != model.KindRecord {
		m.Kind = o.Ref.Kind
	}
	m.Namespace = o.Ref.Namespace
	m.Created = now.Add(-settled)
	m.UID = "foretold"
	if ns, ok := row.(*model.Namespace); ok {
		ns.Phase = cmp.Or(ns.Phase, "Active")
	}
	return row
}

// encodeSecret does with stringData what the API server does. Text that is no
// base64 under data is refused there; the dry run says so.
func encodeSecret(u *unstructured.Unstructured) {
	if u.GetKind() != "Secret" || u.GetAPIVersion() != "v1" {
		return
	}
	plain, _, _ := unstructured.NestedStringMap(u.Object, "stringData")
	data, _, _ := unstructured.NestedMap(u.Object, "data")
	if data == nil {
		data = map[string]any{}
	}
	for key, value := range data {
		text, ok := value.(string)
		if _, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text)); !ok || err != nil {
			data[key] = ""
		}
	}
	for key, value := range plain {
		data[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	unstructured.RemoveNestedField(u.Object, "stringData")
	if len(data) > 0 {
		u.Object["data"] = data
	}
}
