package cluster

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/cluster/project"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/samples"
)

// All objects of a list are decoded into one, so no row may hold a part of it.
func TestARowKeepsNothingOfTheObject(t *testing.T) {
	projector := project.New(project.NewSalt())
	tried := 0
	for _, info := range model.Builtin {
		obj, err := samples.Object(info.Kind)
		if err != nil {
			t.Fatal(err)
		}
		from, ok := obj.(interface {
			message
			Marshal() ([]byte, error)
		})
		if !ok {
			continue // it is read in another way
		}
		tried++
		raw, err := from.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		of := reflect.TypeOf(obj).Elem()
		read := func() (message, model.Row) {
			o := reflect.New(of).Interface().(message)
			if err := o.Unmarshal(raw); err != nil {
				t.Fatal(err)
			}
			row, _ := projector.Object(o)
			return o, row
		}
		_, want := read()
		o, row := read()
		renew(o)
		scribble(reflect.ValueOf(o).Elem())
		if !reflect.DeepEqual(row, want) {
			t.Errorf("%s: a row changes when its object is used again:\n%+v\n%+v", info.Kind, row, want)
		}
	}
	if tried < 20 {
		t.Errorf("%d kinds were tried", tried)
	}
}

func TestObjectsOfAListDoNotMix(t *testing.T) {
	list := configMapList(2)
	list.Items[0].Labels = map[string]string{"a": "1"}
	list.Items[1].Data = map[string]string{"other": "2"}
	var got []string
	objects := map[runtime.Object]bool{}
	_, err := readList(bytes.NewReader(encoded(t, list)), freshConfigMap, func(o runtime.Object, _ part) bool {
		c := o.(*corev1.ConfigMap)
		objects[o] = true
		got = append(got, fmt.Sprint(c.Name, c.Labels, c.Data))
		return true
	})
	if want := []string{"c-0map[a:1] map[k:]", "c-1map[] map[other:2]"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %q", err, got)
	}
	if len(objects) != 1 {
		t.Errorf("two objects were decoded into %d", len(objects))
	}
}

// scribble overwrites what room an empty object has left, as the next one will.
func scribble(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			scribble(v.Field(i))
		}
	case reflect.Slice:
		if v.CanSet() && v.Len() == 0 {
			v.Slice(0, v.Cap()).Clear()
		}
	case reflect.Map:
		if v.CanSet() && !v.IsNil() && v.Type() == reflect.TypeFor[map[string]string]() {
			v.SetMapIndex(reflect.ValueOf("another"), reflect.ValueOf("object's"))
		}
	default:
	}
}

func TestARenewedPodIsReadAsANewOne(t *testing.T) {
	obj, err := samples.Object(model.KindPod)
	if err != nil {
		t.Fatal(err)
	}
	full, bare := obj.(*corev1.Pod), &corev1.Pod{}
	bare.Name, bare.Namespace, bare.Spec.Containers = "bare", full.Namespace, []corev1.Container{{Name: "only"}}
	projector, again := project.New(project.NewSalt()), &corev1.Pod{}
	for _, pod := range []*corev1.Pod{full, bare, full} {
		raw, err := pod.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		fresh := &corev1.Pod{}
		renew(again)
		for _, into := range []*corev1.Pod{fresh, again} {
			if err := into.Unmarshal(raw); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := projector.Object(fresh)
		if got, _ := projector.Object(again); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got  %+v\nwant %+v", pod.Name, got, want)
		}
	}
}
