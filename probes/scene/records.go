package scene

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// Record is a stored revision of a Helm release. It is encoded as Helm does and
// decoded as from a cluster.
type Record struct {
	Release   string     `json:"release"`
	Namespace string     `json:"namespace"`
	Revision  int        `json:"revision"`
	Driver    model.Kind `json:"driver"` // ConfigMap; Secret where absent
	Status    string     `json:"status"`

	// The labels, where they are not what Helm would write.
	LabelStatus string     `json:"labelStatus"`
	LabelOwner  *string    `json:"labelOwner"`
	CreatedAt   *time.Time `json:"createdAt"`
	ModifiedAt  *time.Time `json:"modifiedAt"`
	Written     *time.Time `json:"written"` // when the API server noted the last write of its data; modifiedAt where absent

	Undated bool `json:"undated"` // without managed fields, as in a dump

	Created       *time.Time `json:"created"` // of the object; createdAt where absent
	FirstDeployed time.Time  `json:"firstDeployed"`
	LastDeployed  time.Time  `json:"lastDeployed"`
	Description   string     `json:"description"` // "Upgrade complete" where absent
	Deleted       time.Time  `json:"deleted"`
	Manifest      string     `json:"manifest"`
	Hooks         []Hook     `json:"hooks"`
	Writer        string     `json:"writer"` // field manager; helm where absent
	Stored        string     `json:"stored"` // what stands under data.release, in place of a good record
	NoBody        bool       `json:"noBody"` // an older revision, whose body is never read

	// What only preflight and forecast read: the release's values, and files of its
	// chart, by their path.
	Values map[string]any    `json:"values"`
	Files  map[string]string `json:"files"`

	// Bulk are files of its chart that are made up: so many bytes that do not compress.
	Bulk map[string]int `json:"bulk"`
}

// Hook is a hook of a Record.
type Hook struct {
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	Events []string `json:"events"`
	Phase  string   `json:"phase"`

	Done time.Time `json:"done"` // when its last run ended
}

// special takes what the fixture's own document holds, and returns the releases
// that it is about.
func (w *world) special(f *Fixture) ([]model.Ref, error) {
	var refs []model.Ref
	for i := range f.Records {
		r := &f.Records[i]
		row, err := w.put(r.object())
		if err != nil {
			return nil, fmt.Errorf("storing %s revision %d: %w", r.Release, r.Revision, err)
		}
		rec, ok := row.(*model.Record)
		if !ok {
			return nil, fmt.Errorf("storing %s revision %d: it was not taken for a record", r.Release, r.Revision)
		}
		stored, err := r.encoded()
		if err != nil {
			return nil, err
		}
		if !r.NoBody {
			rec.Body = release.Decode(stored, rec.ResourceVersion)
		}
		w.stored = append(w.stored, r.holding(stored))
		refs = append(refs, model.Ref{Kind: model.KindRelease, Namespace: r.Namespace, Name: r.Release})
	}
	for _, l := range f.Logs {
		w.insert(l.row())
	}
	return refs, nil
}

func (r *Record) object() runtime.Object {
	labels := map[string]string{"name": r.Release, "owner": "helm", "status": r.Status, "version": strconv.Itoa(r.Revision)}
	if r.LabelStatus != "" {
		labels["status"] = r.LabelStatus
	}
	if r.LabelOwner != nil {
		labels["owner"] = *r.LabelOwner
	}
	created := r.Created
	if r.CreatedAt != nil {
		labels["createdAt"] = strconv.FormatInt(r.CreatedAt.Unix(), 10)
		if created == nil {
			created = r.CreatedAt
		}
	}
	written := created
	if r.ModifiedAt != nil {
		labels["modifiedAt"] = strconv.FormatInt(r.ModifiedAt.Unix(), 10)
		if written == nil || r.ModifiedAt.After(*written) {
			written = r.ModifiedAt
		}
	}
	if r.Written != nil {
		written = r.Written
	}
	m := metav1.ObjectMeta{Namespace: r.Namespace, Name: model.RecordName(r.Release, r.Revision), Labels: labels}
	if created != nil {
		m.CreationTimestamp = metav1.NewTime(*created)
	}
	if written != nil && !r.Undated {
		writer, at := r.Writer, metav1.NewTime(*written)
		if writer == "" {
			writer = "helm"
		}
		m.ManagedFields = []metav1.ManagedFieldsEntry{{
			Manager: writer, Operation: metav1.ManagedFieldsOperationUpdate, Time: &at, FieldsType: "FieldsV1",
			FieldsV1: metav1.NewFieldsV1(`{"f:data":{".":{},"f:release":{}},"f:metadata":{"f:labels":{}}}`),
		}}
	}
	if r.Driver == model.KindConfigMap {
		return &corev1.ConfigMap{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}, ObjectMeta: m}
	}
	return &corev1.Secret{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: m, Type: "helm.sh/release.v1"}
}

// holding is the object with the record in it.
func (r *Record) holding(stored []byte) runtime.Object {
	switch o := r.object().(type) {
	case *corev1.ConfigMap:
		o.Data = map[string]string{"release": string(stored)}
		return o
	case *corev1.Secret:
		o.Data = map[string][]byte{"release": stored}
		return o
	}
	return nil
}

func (r *Record) encoded() ([]byte, error) {
	if r.Stored != "" {
		return []byte(r.Stored), nil
	}
	type object = map[string]any
	hooks := []object{}
	for _, h := range r.Hooks {
		hooks = append(hooks, object{
			"name": h.Name, "kind": h.Kind, "path": "templates/hook.yaml", "events": h.Events,
			"manifest": fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata:\n  name: %s\n", cmp.Or(hookVersions[h.Kind], "v1"), h.Kind, h.Name),
			"last_run": object{"phase": h.Phase, "started_at": "", "completed_at": helmTime(h.Done)},
		})
	}
	files := []object{}
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		files = append(files, object{"name": name, "data": []byte(r.Files[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Bulk)) {
		files = append(files, object{"name": name, "data": noise(r.Bulk[name])})
	}
	doc, err := json.Marshal(object{
		"name": r.Release, "namespace": r.Namespace, "version": r.Revision, "manifest": r.Manifest, "hooks": hooks,
		"info": object{
			"status": r.Status, "description": cmp.Or(r.Description, "Upgrade complete"), "deleted": helmTime(r.Deleted),
			"first_deployed": helmTime(r.FirstDeployed), "last_deployed": helmTime(r.LastDeployed),
		},
		"config": r.Values,
		"chart":  object{"metadata": object{"name": r.Release, "version": "1.0.0", "apiVersion": "v2"}, "files": files},
	})
	if err != nil {
		return nil, fmt.Errorf("writing the record: %w", err)
	}
	return release.Encode(doc, true)
}

// hookVersions are the API versions of hooks that are not of the core group.
var hookVersions = map[string]string{"Job": "batch/v1", "Role": "rbac.authorization.k8s.io/v1"}

// helmTime writes a time as Helm 3 does: the zero time is empty.
func helmTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
