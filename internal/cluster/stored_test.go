package cluster

import (
	"bytes"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	wire "k8s.io/apimachinery/pkg/runtime/serializer/protobuf"

	"github.com/careen-tui/careen/internal/cluster/project"
)

func encoded(t testing.TB, o runtime.Object) []byte {
	t.Helper()
	codec := codecs.EncoderForVersion(wire.NewSerializer(project.Scheme, project.Scheme), schema.GroupVersion{Version: "v1"})
	raw, err := runtime.Encode(codec, o)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestStoredIsFoundInProtobuf(t *testing.T) {
	meta := metav1.ObjectMeta{Name: "n", Namespace: "ns", ResourceVersion: "42", Labels: map[string]string{"release": "not this"}}
	for name, o := range map[string]runtime.Object{
		"secret":     &corev1.Secret{ObjectMeta: meta, Data: map[string][]byte{"a": []byte("x"), "release": []byte("body"), "z": nil}},
		"config map": &corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{"a": "x", "release": "body"}},
	} {
		var b buffer
		value, version, err := b.stored(bytes.NewReader(encoded(t, o)))
		if err != nil || string(value) != "body" || version != "42" {
			t.Errorf("%s: %q %q %v", name, value, version, err)
		}
	}
	var b buffer
	value, version, err := b.stored(bytes.NewReader(encoded(t, &corev1.Secret{ObjectMeta: meta})))
	if err != nil || len(value) != 0 || version != "42" {
		t.Errorf("without data: %q %q %v", value, version, err)
	}
}

func FuzzStored(f *testing.F) {
	f.Add(encoded(f, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "1"}, Data: map[string][]byte{"release": []byte("x")}}))
	f.Add([]byte("k8s\x00"))
	f.Add([]byte(`{"kind":"Secret","apiVersion":"v1"}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		var b buffer
		_, _, _ = b.stored(bytes.NewReader(raw))
	})
}
