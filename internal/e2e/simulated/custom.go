package simulated

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/careen-tui/careen/internal/model"
)

const customGroup = ".custom.example.com"

func kindName(i int) string { return fmt.Sprintf("Widget%04d", i) }

func groupOf(i int) string { return fmt.Sprintf("g%04d", i) + customGroup }

// CustomResource is how coverage calls a kind of custom resources: plural and group.
func CustomResource(i int) string { return strings.ToLower(kindName(i)) + "s." + groupOf(i) }

// custom is the kind that a definition defines.
func custom(i int) kind {
	info := model.KindInfo{
		Kind: model.Kind(kindName(i) + "." + groupOf(i)), Group: groupOf(i), Version: "v1", Resource: strings.ToLower(kindName(i)) + "s", Namespaced: true,
	}
	return kind{info, func(s *Server, q query) iter.Seq[object] { return s.widgets(i, q) }}
}

// definedAs reports whether a kind is a custom one: such are served as JSON alone.
func definedAs(k model.KindInfo) (group string, is bool) {
	return k.Group, strings.HasSuffix(k.Group, customGroup)
}

func (s *Server) definitions(query) iter.Seq[object] {
	properties := map[string]apiextensionsv1.JSONSchemaProps{}
	for i := range 60 {
		properties[fmt.Sprintf("field%02d", i)] = apiextensionsv1.JSONSchemaProps{Type: "string", Description: "What the operator of this kind says of this field, in a sentence or two of documentation."}
	}
	schemaOf := &apiextensionsv1.JSONSchemaProps{Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"spec": {Type: "object", Properties: properties}}}
	return count(s.Definitions, func(i int) object {
		k := custom(i)
		names := apiextensionsv1.CustomResourceDefinitionNames{Plural: k.Resource, Singular: strings.TrimSuffix(k.Resource, "s"), Kind: kindName(i), ListKind: kindName(i) + "List"}
		yes := func(t apiextensionsv1.CustomResourceDefinitionConditionType) apiextensionsv1.CustomResourceDefinitionCondition {
			return apiextensionsv1.CustomResourceDefinitionCondition{Type: t, Status: apiextensionsv1.ConditionTrue, LastTransitionTime: began}
		}
		return &apiextensionsv1.CustomResourceDefinition{
			ObjectMeta: metav1.ObjectMeta{Name: CustomResource(i), UID: uid(uidOther+25, i), ResourceVersion: "7", CreationTimestamp: began},
			Spec: apiextensionsv1.CustomResourceDefinitionSpec{
				Group: k.Group, Scope: apiextensionsv1.NamespaceScoped, Names: names,
				Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{Name: "v1", Served: true, Storage: true, Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: schemaOf}}},
			},
			Status: apiextensionsv1.CustomResourceDefinitionStatus{
				AcceptedNames: names, StoredVersions: []string{"v1"},
				Conditions: []apiextensionsv1.CustomResourceDefinitionCondition{yes(apiextensionsv1.Established), yes(apiextensionsv1.NamesAccepted)},
			},
		}
	})
}

// widget is a custom resource: its metadata, and a specification and a status of that
// kind.
type widget struct {
	metav1.PartialObjectMetadata
	gvk schema.GroupVersionKind
}

func (w *widget) DeepCopyObject() runtime.Object {
	return &widget{*w.PartialObjectMetadata.DeepCopy(), w.gvk}
}

// MarshalJSON writes what the API calls an unstructured object.
func (w *widget) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"apiVersion": w.gvk.GroupVersion().String(), "kind": w.gvk.Kind, "metadata": w.ObjectMeta,
		"spec":   map[string]any{"field01": "a value that somebody has chosen", "field02": "another"},
		"status": map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": "True", "lastTransitionTime": began, "reason": "Made", "message": ""}}},
	})
}

func (s *Server) widgets(kind int, q query) iter.Seq[object] {
	return func(yield func(object) bool) {
		k := custom(kind)
		gvk := k.gvk(query{})
		for ns := range s.namespaces(q.namespace) {
			for i := ns; i < s.Custom; i += s.Namespaces {
				w := &widget{gvk: gvk}
				w.ObjectMeta = metav1.ObjectMeta{Name: fmt.Sprintf("widget-%06d", i), Namespace: Namespace(ns), UID: uid(1000+kind, i), ResourceVersion: "7", CreationTimestamp: began, Generation: 1}
				if !yield(w) {
					return
				}
			}
		}
	}
}
