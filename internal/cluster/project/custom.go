package project

import (
	"maps"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

const (
	maxNodes = 20_000 // of one object's tree
	maxDepth = 40
)

// unstructured projects a custom resource or an APIService; an object of a kind
// that has a type is converted first.
func (p *Projector) unstructured(u *unstructured.Unstructured) (model.Row, bool) {
	gvk := u.GroupVersionKind()
	if gvk.Kind == "" {
		return nil, false
	}
	if _, ok := model.Info(model.Kind(gvk.Kind)); ok {
		if typed, err := Scheme.New(gvk); err == nil {
			if runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, typed) != nil {
				return nil, false
			}
			return p.Object(typed)
		}
	}
	return p.Custom(u), true
}

// Custom projects an object whose type is not known beforehand. Fields that look
// like references to a Secret, ConfigMap, claim, account, service or storage
// class become optional references; no other value is kept.
func (p *Projector) Custom(u *unstructured.Unstructured) *model.Object {
	o := metav1.ObjectMeta{
		Name: u.GetName(), Namespace: u.GetNamespace(), UID: u.GetUID(), ResourceVersion: u.GetResourceVersion(), Generation: u.GetGeneration(),
		CreationTimestamp: u.GetCreationTimestamp(), DeletionTimestamp: u.GetDeletionTimestamp(), Labels: u.GetLabels(), Annotations: u.GetAnnotations(),
		OwnerReferences: u.GetOwnerReferences(), Finalizers: u.GetFinalizers(),
	}
	gvk := u.GroupVersionKind()
	out := &model.Object{Meta: p.meta(p.groupKind(gvk.Group, gvk.Kind), &o)}
	out.Writes = p.rawWrites(u)
	w := walker{Projector: p, namespace: out.Namespace, refs: out.Refs}
	switch {
	case out.Kind == model.KindAPIService:
		w.apiService(u)
	case reporting[gvk.Group]:
	default:
		for _, k := range slices.Sorted(maps.Keys(u.Object)) {
			if k != "metadata" && k != "status" && k != "kind" && k != "apiVersion" {
				w.walk(k, k, u.Object[k], 0)
			}
		}
	}
	out.Refs = slices.Concat(w.refs, p.makes(out, u))
	if out.Kind != model.KindAPIService && !reporting[gvk.Group] {
		out.Words, out.Cut = wordsOf(u)
		out.Cut = out.Cut || w.nodes > maxNodes
	}
	out.Routing = p.routing(out, u)
	status, _ := u.Object["status"].(map[string]any)
	for _, k := range []string{"phase", "state", "health"} {
		if s, ok := status[k].(string); ok && out.Detail == "" {
			out.Detail = sanitize.Line(p.message(out.Namespace, s), wordLimit)
		}
	}
	if out.Detail == "" && out.Kind == model.KindAPIService {
		out.Detail, _, _ = unstructured.NestedString(u.Object, "spec", "group")
		out.Detail = p.word(out.Detail)
	}
	p.standing(out, u)
	return out
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

func stamp(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// rawWrites is writes for an object of no type, whose fields are not raw bytes.
func (p *Projector) rawWrites(u *unstructured.Unstructured) []model.Write {
	list, _, _ := unstructured.NestedSlice(u.Object, "metadata", "managedFields")
	entries := make([]metav1.ManagedFieldsEntry, 0, len(list))
	owns := map[string]bool{}
	for _, item := range list {
		m, ok := item.(map[string]any)
		if !ok || len(entries) == 64 {
			continue
		}
		at := metav1.NewTime(stamp(text(m, "time")))
		fields, _ := m["fieldsV1"].(map[string]any)
		_, spec := fields["f:spec"]
		owns[text(m, "manager")] = owns[text(m, "manager")] || spec
		entries = append(entries, metav1.ManagedFieldsEntry{
			Manager: text(m, "manager"), Operation: metav1.ManagedFieldsOperationType(text(m, "operation")), Subresource: text(m, "subresource"), Time: &at,
		})
	}
	out := p.writes(entries, false)
	for i := range out {
		out[i].Spec = owns[out[i].Manager]
	}
	return out
}

type walker struct {
	*Projector
	namespace string
	nodes     int
	refs      []model.Reference
}

func (w *walker) walk(key, path string, value any, depth int) {
	if w.nodes++; w.nodes > maxNodes || depth > maxDepth || len(w.refs) >= maxMentions {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		if w.object(key, path, v) {
			return
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			w.walk(k, path+"."+w.word(k), v[k], depth+1)
		}
	case []any:
		for i, item := range v {
			w.walk(key, at(path, i), item, depth+1)
		}
	case string:
		if kind, typ := mentionedKind(key, false); kind != "" && !(mask.Name(key) && couldBeSecret(v)) {
			w.draw(typ, kind, w.namespace, v, "", path)
		}
	}
}

// couldBeSecret reports whether what stands in a field called "secret" may be one, rather
// than the name of an object: a single word with digits.
func couldBeSecret(value string) bool {
	return strings.ContainsAny(value, "0123456789") && !strings.ContainsAny(value, "-.")
}

// object takes a map that is itself a reference: {kind, name}, or a name below a
// field that speaks of a kind (secretRef, secretKeyRef, certificateRefs).
func (w *walker) object(key, path string, m map[string]any) bool {
	name := text(m, "name")
	if name == "" {
		return false
	}
	for k := range m {
		switch k {
		case "name", "namespace", "key", "kind", "group", "apiVersion", "apiGroup", "optional", "port", "weight", "uid", "resourceVersion", "fieldPath":
		default:
			return false
		}
	}
	kind, typ := mentionedKind(key, true)
	if named := text(m, "kind"); named != "" {
		group := text(m, "group") + text(m, "apiGroup")
		if v := text(m, "apiVersion"); v != "" && group == "" {
			kind = w.kindOf(v, named)
		} else {
			kind = w.groupKind(group, named)
		}
		if typ == "" {
			typ = model.EdgeMentions
		}
	}
	if kind == "" {
		return false
	}
	namespace := w.namespace
	if ns := text(m, "namespace"); ns != "" {
		namespace = ns
	}
	w.draw(typ, kind, namespace, name, text(m, "key"), path)
	return true
}

func (w *walker) draw(typ model.EdgeType, kind model.Kind, namespace, name, key, path string) {
	namespace = kind.In(namespace)
	info, ok := model.Info(kind)
	if !isName(name) || (namespace == "" && ok && info.Namespaced) || len(w.refs) >= maxMentions {
		return
	}
	w.refs = append(w.refs, model.Reference{
		Type: typ, To: model.Ref{Kind: kind, Namespace: w.word(namespace), Name: w.word(name)}, Key: w.word(key), Path: path, Optional: true,
	})
}

// mentionedKind tells which kind a field of this name names. A field that may
// hold a value instead of a name is taken only where it holds an object.
func mentionedKind(field string, object bool) (model.Kind, model.EdgeType) {
	f := strings.ToLower(field)
	if !object {
		for _, value := range [...]string{"key", "token", "password", "value", "hash", "data", "type", "policy", "provider", "namespace", "path"} {
			if strings.HasSuffix(f, value) {
				return "", ""
			}
		}
	}
	switch {
	case strings.Contains(f, "certificateref"):
		return model.KindSecret, model.EdgeTLS
	case strings.Contains(f, "backendref"):
		return model.KindService, model.EdgeRoutes
	case strings.Contains(f, "secret"):
		return model.KindSecret, model.EdgeMentions
	case strings.Contains(f, "configmap"):
		return model.KindConfigMap, model.EdgeMentions
	case strings.Contains(f, "claimname"), strings.Contains(f, "persistentvolumeclaim"), f == "existingclaim", f == "pvcname":
		return model.KindClaim, model.EdgeMentions
	case strings.HasPrefix(f, "serviceaccount"):
		return model.KindServiceAccount, model.EdgeMentions
	case f == "servicename", f == "serviceref", f == "service" && object:
		return model.KindService, model.EdgeMentions
	case strings.HasPrefix(f, "storageclass"):
		return model.KindStorageClass, model.EdgeMentions
	}
	return "", ""
}

func (w *walker) apiService(u *unstructured.Unstructured) {
	name, _, _ := unstructured.NestedString(u.Object, "spec", "service", "name")
	namespace, _, _ := unstructured.NestedString(u.Object, "spec", "service", "namespace")
	if name != "" {
		w.refs = append(w.refs, model.Reference{
			Type: model.EdgeServes, To: model.Ref{Kind: model.KindService, Namespace: w.word(namespace), Name: w.word(name)}, Path: "spec.service",
		})
	}
}
