package render

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// finder is lookup as Helm's engine asks for it.
type finder struct {
	dynamic.NamespaceableResourceInterface
}

func (f finder) GetClientFor(string, string) (dynamic.NamespaceableResourceInterface, bool, error) {
	return f, true, nil
}

func (f finder) Namespace(string) dynamic.ResourceInterface { return f }

func (finder) Get(_ context.Context, name string, _ metav1.GetOptions, _ ...string) (*unstructured.Unstructured, error) {
	found, err := lookup("", "", "", name)
	if len(found) == 0 {
		return nil, apierrors.NewNotFound(schema.GroupResource{}, name)
	}
	return &unstructured.Unstructured{Object: found}, err
}
