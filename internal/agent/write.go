package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
)

// requestWithin bounds one request.
const requestWithin = 30 * time.Second

// writer writes the objects of one shelf.
type writer struct {
	*shelf
	client dynamic.Interface
}

func (w writer) in(namespace string) dynamic.ResourceInterface {
	if namespace == "" {
		return w.client.Resource(w.resource(""))
	}
	return w.client.Resource(w.resource(namespace)).Namespace(namespace)
}

// put creates the object, or puts it in the place of the one that was seen.
func (w writer) put(ctx context.Context, namespace string, o object, was *stored) error {
	u, err := unstructuredOf(o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	defer w.begins(namespace)()
	var answer *unstructured.Unstructured
	if was == nil {
		answer, err = w.in(namespace).Create(ctx, u, v1.CreateOptions{FieldManager: Name})
	} else {
		keep(u, was)
		answer, err = w.in(namespace).Update(ctx, u, v1.UpdateOptions{FieldManager: Name})
	}
	if err != nil {
		return err
	}
	w.wrote(metadataOf(answer), o.whole)
	return nil
}

// remove deletes the object that was seen, and no other.
func (w writer) remove(ctx context.Context, namespace string, was *stored) error {
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	defer w.begins(namespace)()
	err := w.in(namespace).Delete(ctx, Name, v1.DeleteOptions{Preconditions: &v1.Preconditions{UID: &was.UID, ResourceVersion: &was.ResourceVersion}})
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	w.removed(namespace)
	return nil
}

func unstructuredOf(o object) (*unstructured.Unstructured, error) {
	m, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&o.Report)
	if err != nil {
		return nil, fmt.Errorf("a report object: %w", err)
	}
	return &unstructured.Unstructured{Object: m}, nil
}

// keep keeps of the object that was seen what others have put on it.
func keep(u *unstructured.Unstructured, was *stored) {
	u.SetResourceVersion(was.ResourceVersion)
	u.SetUID(was.UID)
	u.SetFinalizers(was.Finalizers)
	u.SetOwnerReferences(was.OwnerReferences)
	for _, of := range []struct {
		get func() map[string]string
		set func(map[string]string)
		was map[string]string
	}{{u.GetLabels, u.SetLabels, was.Labels}, {u.GetAnnotations, u.SetAnnotations, was.Annotations}} {
		all := maps.Clone(of.was)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, of.get())
		of.set(all)
	}
}

func metadataOf(u *unstructured.Unstructured) *stored {
	return &stored{ObjectMeta: v1.ObjectMeta{
		Name: u.GetName(), Namespace: u.GetNamespace(), UID: u.GetUID(), ResourceVersion: u.GetResourceVersion(), Generation: u.GetGeneration(),
		Labels: u.GetLabels(), Annotations: u.GetAnnotations(), Finalizers: u.GetFinalizers(), OwnerReferences: u.GetOwnerReferences(),
	}}
}

// vanishing reports whether an object could not be written because its namespace ends or
// is gone, which is no failure: what was found in it goes with it.
func vanishing(err error) bool {
	var status apierrors.APIStatus
	if apierrors.IsNotFound(err) && errors.As(err, &status) {
		details := status.Status().Details
		return details != nil && details.Kind == "namespaces"
	}
	return apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause)
}
