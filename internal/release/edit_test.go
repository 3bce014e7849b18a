package release_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	helm "helm.sh/helm/v3/pkg/release"

	"github.com/careen-tui/careen/internal/release"
)

func TestEditTouchesTwoFieldsOnly(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{
			"both there",
			`{"name":"a", "info" : {"z":1,"status":"pending-install","description" :  "old","y":[1.50,1e9]},"apply_method":"ssa"}`,
			`{"name":"a", "info" : {"z":1,"status":"deployed","description" :  "a \"new\" one","y":[1.50,1e9]},"apply_method":"ssa"}`,
		},
		{
			"the other order",
			`{"info":{"description":"d","status":"s"}}`,
			`{"info":{"description":"a \"new\" one","status":"deployed"}}`,
		},
		{
			"no description",
			`{"info":{"first_deployed":"","status":"s"}}`,
			`{"info":{"description":"a \"new\" one","first_deployed":"","status":"deployed"}}`,
		},
		{
			"no status",
			`{"info":{"description":""}}`,
			`{"info":{"status":"deployed","description":"a \"new\" one"}}`,
		},
		{"empty info", `{"info":{ }}`, `{"info":{"status":"deployed","description":"a \"new\" one" }}`},
		{"info null", `{"a":{"info":1},"info":null}`, `{"a":{"info":1},"info":{"status":"deployed","description":"a \"new\" one"}}`},
		{"no info", `{"a":1}`, `{"info":{"status":"deployed","description":"a \"new\" one"},"a":1}`},
		{"nothing", ` { } `, ` {"info":{"status":"deployed","description":"a \"new\" one"} } `},
		{"odd types", `{"info":{"status":{"x":["}"]},"description":null}}`, `{"info":{"status":"deployed","description":"a \"new\" one"}}`},
		{"keys in another case", `{"INFO":{"Status":"s","descri\u0070tion":"d"}}`, `{"INFO":{"Status":"deployed","descri\u0070tion":"a \"new\" one"}}`},
		{
			"elsewhere",
			`{"chart":{"info":{"status":"keep"}},"config":{"status":"keep"},"info":{"status":"s","description":"d","notes":"\u003cstatus\u003e"}}`,
			`{"chart":{"info":{"status":"keep"}},"config":{"status":"keep"},"info":{"status":"deployed","description":"a \"new\" one","notes":"\u003cstatus\u003e"}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := []byte(c.in)
			got, err := release.Edit(in, "deployed", `a "new" one`)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if string(in) != c.in {
				t.Errorf("the input was changed to %s", in)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"info twice", `{"info":{},"info":{}}`, "twice"},
		{"info and null", `{"info":null,"Info":{}}`, "twice"},
		{"status twice", `{"info":{"status":"a","STATUS":"b"}}`, "twice"},
		{"cut", `{"info":{"status":"a"`, "ends too early"},
		{"tail", `{"info":{}} {}`, "behind its end"},
		{"array", `[]`, "not an object"},
		{"odd info", `{"info":[]}`, "info is not an object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := release.Edit([]byte(c.in), "deployed", ""); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %s, error %v", got, err)
			}
		})
	}
}

// TestHelmReadsAnEditedRecord has Helm's driver read a record after an edit, and
// finds all but the two fields as they were, down to a field Helm does not know.
func TestHelmReadsAnEditedRecord(t *testing.T) {
	rel := shop(2000)
	before, gz, err := release.Raw(store(t, "Secret", rel))
	if err != nil || !gz {
		t.Fatalf("compressed %v, error %v", gz, err)
	}
	before = append([]byte(`{"apply_method":"ssa",`), before[1:]...)
	after, err := release.Edit(before, "deployed", "Marked deployed")
	if err != nil {
		t.Fatal(err)
	}
	for _, compressed := range []bool{true, false} {
		stored, err := release.Encode(after, compressed)
		if err != nil {
			t.Fatal(err)
		}
		raw, gz, err := release.Raw(stored)
		if err != nil || gz != compressed || !bytes.Equal(raw, after) {
			t.Errorf("the round trip changed the record: compressed %v, error %v", gz, err)
		}
		got := read(t, rel, stored)
		if got.Info.Status != helm.StatusDeployed || got.Info.Description != "Marked deployed" {
			t.Errorf("Helm reads %s: %s", got.Info.Status, got.Info.Description)
		}
	}
	var was, is map[string]any
	if err := json.Unmarshal(before, &was); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(after, &is); err != nil {
		t.Fatal(err)
	}
	info := is["info"].(map[string]any)
	if info["status"] != "deployed" || is["apply_method"] != "ssa" {
		t.Errorf("info %v, apply_method %v", info, is["apply_method"])
	}
	info["status"], info["description"] = "pending-upgrade", "Initial install <underway>"
	if !reflect.DeepEqual(was, is) {
		t.Error("the edit changed more than status and description")
	}
}

func TestEncodeRefusesWhatCannotBeStored(t *testing.T) {
	if _, err := release.Encode(bytes.Repeat([]byte(" "), 800<<10), false); err == nil {
		t.Error("more than 1 MiB of base64 was accepted")
	}
	if got, err := release.Encode(bytes.Repeat([]byte(" "), 800<<10), true); err != nil || len(got) > 4000 {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
}

func TestManifestIsAsHelmStoredIt(t *testing.T) {
	got, err := release.Manifest(store(t, "ConfigMap", shop(100)))
	if err != nil || got != manifest {
		t.Errorf("error %v, manifest %q", err, got)
	}
	if _, err := release.Manifest([]byte("AAAA")); err == nil {
		t.Error("no error for what is no record")
	}
}
