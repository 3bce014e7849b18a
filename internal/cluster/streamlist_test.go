package cluster

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

func freshConfigMap() message { return &corev1.ConfigMap{} }

func configMapList(n int) *corev1.ConfigMapList {
	list := &corev1.ConfigMapList{ListMeta: metav1.ListMeta{ResourceVersion: "42"}}
	for i := range n {
		list.Items = append(list.Items, corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("c-", i)}, Data: map[string]string{"k": strings.Repeat("x", i*100)},
		})
	}
	return list
}

func TestListIsReadObjectByObject(t *testing.T) {
	list := configMapList(50)
	typed := list.DeepCopy()
	typed.APIVersion, typed.Kind = "v1", "ConfigMapList"
	plain, err := json.Marshal(typed)
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"protobuf": encoded(t, list), "JSON": plain} {
		var got []string
		meta, err := readList(iotest.OneByteReader(bytes.NewReader(raw)), freshConfigMap, func(o runtime.Object, _ part) bool {
			c := o.(*corev1.ConfigMap)
			got = append(got, fmt.Sprint(c.Name, len(c.Data["k"])))
			return true
		})
		if err != nil || meta.ResourceVersion != "42" || len(got) != 50 || got[49] != "c-494900" {
			t.Errorf("%s: %v %+v %v", name, err, meta, got)
		}
	}
	for i, raw := 1, encoded(t, list); i < len(raw); i += 97 {
		if _, err := readList(bytes.NewReader(raw[:i]), freshConfigMap, func(runtime.Object, part) bool { return true }); err == nil {
			t.Fatalf("a list cut at %d of %d bytes was taken for a whole one", i, len(raw))
		}
	}
}

func TestEmptyList(t *testing.T) {
	meta, err := readList(bytes.NewReader(encoded(t, configMapList(0))), freshConfigMap, func(runtime.Object, part) bool { t.Error("an object"); return false })
	if err != nil || meta.ResourceVersion != "42" {
		t.Errorf("%+v, %v", meta, err)
	}
}

func FuzzReadList(f *testing.F) {
	f.Add(encoded(f, configMapList(3)))
	f.Add([]byte("k8s\x00\x12\xff\xff\xff\xff\x0f"))
	f.Add([]byte(`{"kind":"ConfigMapList","apiVersion":"v1","items":[{}]}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _ = readList(bytes.NewReader(raw), freshConfigMap, func(runtime.Object, part) bool { return true })
	})
}

func BenchmarkReadList(b *testing.B) {
	raw := encoded(b, configMapList(1000))
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readList(bytes.NewReader(raw), freshConfigMap, func(runtime.Object, part) bool { return true }); err != nil {
			b.Fatal(err)
		}
	}
}
