package project

import (
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// planted is a name that no fuzzer comes upon.
const planted = "planted-7c1f0d2e"

// FuzzCustom holds what the use of a Secret is judged by: whatever a custom resource
// looks like, a name that stands as a whole value anywhere outside its metadata is
// found in its row, or the row says that it was not read to the end.
func FuzzCustom(f *testing.F) {
	for _, seed := range []string{
		`{"spec":{"credentialName":"` + planted + `"}}`,
		`{"spec":{"tls":[{"secretRef":{"name":"` + planted + `","key":"k"}}]}}`,
		`{"spec":{"source":"k8s://ns/` + planted + `","a":{"b":[[["` + planted + `"]]]}}}`,
		`{"status":{"phase":"Ready"},"data":{"x":null,"y":1,"z":true},"spec":"` + planted + `"}`,
		`{"kind":"ExternalSecret","apiVersion":"external-secrets.io/v1","spec":{"target":{"name":"` + planted + `"}}}`,
		`{"metadata":{"managedFields":[{"manager":"m","fieldsV1":{"f:spec":{}}}]},"spec":{"podTemplate":{"env":[{"name":"SECRET_NAME","value":"x"}]}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 4096 {
			return
		}
		var object map[string]any
		if json.Unmarshal(raw, &object) != nil {
			return
		}
		u := &unstructured.Unstructured{Object: object}
		if u.GetKind() == "" {
			object["kind"] = "Widget"
		}
		row := New(nil).Custom(u)
		if len(row.Refs) > 2*maxMentions {
			t.Fatalf("%d references", len(row.Refs))
		}
		for _, r := range row.Refs {
			if strings.ContainsAny(r.To.Name+r.Path, "\x1b\u009b\n") {
				t.Fatalf("a reference as it came: %q", r.To.Name+r.Path)
			}
		}
		if row.Kind != model.KindAPIService && !row.Cut && stands(object) && !row.Words.Has(model.Word(planted)) {
			t.Fatal("the name is in no word of the row")
		}
	})
}

// stands reports whether the planted name is a whole value outside the metadata.
func stands(object map[string]any) bool {
	for k, v := range object {
		if k != "metadata" && k != "kind" && k != "apiVersion" && within(v) {
			return true
		}
	}
	return false
}

func within(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			if within(item) {
				return true
			}
		}
	case []any:
		for _, item := range v {
			if within(item) {
				return true
			}
		}
	case string:
		return v == planted
	}
	return false
}
