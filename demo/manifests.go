package demo

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"path"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
)

//go:embed manifests mistakes
var manifests embed.FS

// Manifest reads the objects of a file under manifests.
func Manifest(name string) ([]*unstructured.Unstructured, error) {
	return objectsOf(path.Join("manifests", name))
}

// objectsOf reads the objects of an embedded file.
func objectsOf(name string) ([]*unstructured.Unstructured, error) {
	data, err := manifests.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading manifest %s: %w", name, err)
	}
	var objects []*unstructured.Unstructured
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := documents.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("parsing manifest %s: %w", name, err)
		}
		if len(object.Object) > 0 {
			objects = append(objects, object)
		}
	}
}

// apply is kubectl apply --server-side -f.
func (p *Planter) apply(ctx context.Context, file string) error {
	objects, err := Manifest(file)
	if err != nil {
		return err
	}
	for _, object := range objects {
		if err := p.applyObject(ctx, object); err != nil {
			return err
		}
	}
	return nil
}

func (p *Planter) applyObject(ctx context.Context, object *unstructured.Unstructured) error {
	return p.applyIn(ctx, object.GetNamespace(), object)
}

// applyIn is kubectl apply -n: of an object that is in a namespace at all.
func (p *Planter) applyIn(ctx context.Context, namespace string, object *unstructured.Unstructured) error {
	kind := object.GroupVersionKind()
	mapping, err := p.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return fmt.Errorf("finding where %s is served: %w", kind.Kind, err)
	}
	var client dynamic.ResourceInterface = p.objects.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		client = p.objects.Resource(mapping.Resource).Namespace(namespace)
	}
	if _, err := client.Apply(ctx, object.GetName(), object, metav1.ApplyOptions{FieldManager: manager, Force: true}); err != nil {
		return fmt.Errorf("applying %s %s/%s: %w", kind.Kind, object.GetNamespace(), object.GetName(), err)
	}
	return nil
}

// applyDefinitions applies custom resource definitions, and returns when what they
// define is served.
func (p *Planter) applyDefinitions(ctx context.Context, file string) error {
	if err := p.apply(ctx, file); err != nil {
		return err
	}
	objects, err := Manifest(file)
	if err != nil {
		return err
	}
	for _, object := range objects {
		group, _, _ := unstructured.NestedString(object.Object, "spec", "group")
		kind, _, _ := unstructured.NestedString(object.Object, "spec", "names", "kind")
		err := await(ctx, kind+" to be served", func(context.Context) (bool, error) {
			p.mapper.Reset()
			_, err := p.mapper.RESTMapping(schema.GroupKind{Group: group, Kind: kind})
			return err == nil, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
