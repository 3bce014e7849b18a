package repair

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// place is where a kind is served.
type place struct {
	schema.GroupVersionResource
	kind       string
	namespaced bool
}

// placeOf finds where a kind is served: from the table of built-in kinds, else by
// discovery.
func (m *Mender) placeOf(kind model.Kind) (place, error) {
	if i, ok := model.Info(kind); ok {
		return place{schema.GroupVersionResource{Group: i.Group, Version: i.Version, Resource: i.Resource}, string(kind), i.Namespaced}, nil
	}
	name, group, _ := strings.Cut(string(kind), ".")
	mapping, err := m.mapper.RESTMapping(schema.GroupKind{Group: group, Kind: name})
	if err != nil {
		return place{}, fmt.Errorf("finding where %s is served: %w", kind, err)
	}
	return place{mapping.Resource, name, mapping.Scope.Name() == meta.RESTScopeNameNamespace}, nil
}

// placeOfObject is placeOf for a manifest, in the version that it is written in.
func (m *Mender) placeOfObject(u *unstructured.Unstructured) (place, model.Ref, error) {
	kind := release.KindOf(u.GetAPIVersion(), u.GetKind())
	p, err := m.placeOf(kind)
	if err != nil {
		return place{}, model.Ref{}, err
	}
	version := u.GroupVersionKind().Version
	if mapped, err := m.mapper.RESTMapping(u.GroupVersionKind().GroupKind(), version); err == nil {
		p.GroupVersionResource = mapped.Resource
	}
	return p, model.Ref{Kind: kind, Namespace: u.GetNamespace(), Name: u.GetName()}, nil
}

func (m *Mender) client(r schema.GroupVersionResource, namespace string) dynamic.ResourceInterface {
	if namespace == "" {
		return m.objects.Resource(r)
	}
	return m.objects.Resource(r).Namespace(namespace)
}

// get reads one object; nil where there is none.
func (m *Mender) get(ctx context.Context, r schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	u, err := m.client(r, namespace).Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return u, nil
}
