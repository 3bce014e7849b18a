package release

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
)

// FuzzManifest looks for a document that is read otherwise by its lines than by the
// YAML parser.
func FuzzManifest(f *testing.F) {
	for _, s := range []string{
		"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n  annotations:\n    helm.sh/resource-policy: keep\n",
		"apiVersion: v1\nmetadata:\n  labels: {a: b}\n  name: 'a'\nkind: Secret\ndata:\n- a\n",
		"kind: A\napiVersion: g/v1\nmetadata:\n annotations:\n  'helm.sh/resource-policy': \"keep\"\n  b: |\n   c\n namespace: n # c\n name: b\n",
		"{kind: A}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var h header
		if h.read(doc) != understood {
			return
		}
		list, reason := parse(doc)
		if reason != "" || len(list) != 1 {
			return // not YAML, or not for the API server: Helm would not have stored it
		}
		want, got := list[0], h.declared()
		for _, s := range []string{want.APIVersion, string(want.Ref.Kind), want.Ref.Name, want.Ref.Namespace} {
			if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./-") != "" {
				return // no name that the API server takes
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("by lines %+v, by the parser %+v in %q", got, want, doc)
		}
	})
}

func TestCutDocument(t *testing.T) {
	text := []byte("a\n---\nb\n--- c\n----\n---")
	var got []string
	for len(text) > 0 {
		var doc []byte
		doc, text = cutDocument(text)
		got = append(got, string(bytes.TrimSpace(doc)))
	}
	if want := []string{"a", "b", "c\n----"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
