package project

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// managed is a pod that several wrote, each of them other parts.
func managed() *corev1.Pod {
	at := metav1.NewTime(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	write := func(manager, subresource, fields string) metav1.ManagedFieldsEntry {
		return metav1.ManagedFieldsEntry{
			Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, Subresource: subresource, Time: &at,
			APIVersion: "v1", FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(fields),
		}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: "web-0", Namespace: "shop", Labels: map[string]string{"app": "web"},
			ManagedFields: []metav1.ManagedFieldsEntry{
				write("kubectl", "", `{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{"f:image":{}}}}}`),
				write("kubelet", "status", `{"f:status":{"f:phase":{}}}`),
				write("scaler", "scale", `{"f:spec":{"f:replicas":{}}}`),
				write("writer", "", `{"f:data":{"f:key":{}},"f:spec":{"f:replicas":{}}}`),
				write("labeler", "", `{"f:metadata":{}}`),
				{Manager: "nobody"},
			},
		},
		Spec:   corev1.PodSpec{NodeName: "node-1", Containers: []corev1.Container{{Name: "web", Image: "nginx"}}},
		Status: corev1.PodStatus{Phase: corev1.PodRunning},
	}
}

func TestLeanChangesNoRow(t *testing.T) {
	whole, err := managed().Marshal()
	if err != nil {
		t.Fatal(err)
	}
	var buf LeanBuffer
	lean := Lean(whole, &buf)
	for _, gone := range []string{"kubelet", "f:image", "f:labels"} {
		if bytes.Contains(lean, []byte(gone)) {
			t.Errorf("%s is decoded and not read", gone)
		}
	}
	p := New(NewSalt())
	row := func(raw []byte) any {
		var pod corev1.Pod
		if err := pod.Unmarshal(raw); err != nil {
			t.Fatal(err)
		}
		out, _ := p.Object(&pod)
		return out
	}
	if got, want := row(lean), row(whole); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	plain := managed()
	plain.ManagedFields = nil
	if raw, err := plain.Marshal(); err != nil || !bytes.Equal(Lean(raw, &buf), raw) {
		t.Errorf("an object without managed fields is changed (%v)", err)
	}
}

// FuzzLean takes bytes for a pod. What decodes must decode to the same row without what
// Lean takes from it.
func FuzzLean(f *testing.F) {
	whole, err := managed().Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte{0x0a, 0x03, 0x8a, 0x01, 0x00})
	p := New(NewSalt())
	var buf LeanBuffer
	f.Fuzz(func(t *testing.T, raw []byte) {
		var pod, less corev1.Pod
		if pod.Unmarshal(raw) != nil {
			_ = less.Unmarshal(Lean(raw, &buf))
			return
		}
		if err := less.Unmarshal(Lean(raw, &buf)); err != nil {
			t.Fatal(err)
		}
		want, _ := p.Object(&pod)
		got, _ := p.Object(&less)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}
