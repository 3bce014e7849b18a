package release_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"
	"unicode/utf8"

	helm "helm.sh/helm/v3/pkg/release"

	"github.com/careen-tui/careen/internal/release"
)

// FuzzDecode holds our decoder against encoding/json on Helm's own type: what we
// call usable, Helm must be able to read, and it must read the same.
func FuzzDecode(f *testing.F) {
	raw, _, err := release.Raw(store(f, "Secret", shop(0)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	for _, s := range []string{usable, `{}`, `null`, `{"info":{"status":"\ud83d\ud83d\ude00"},"chart":{}}`, `{"info":{},"chart":{},"hooks":[{"name":"h"},null]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		release.Decode(text, "")
		got := release.Decode(plain(string(text)), "")
		if got.Problem != "" || !utf8.Valid(text) {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("accepted what is not JSON: %q", text)
		}
		var want helm.Release
		if err := json.Unmarshal(text, &want); err != nil || want.Info == nil {
			return // a field that we do not read
		}
		want.Hooks = slices.DeleteFunc(want.Hooks, func(h *helm.Hook) bool { return h == nil })
		if want.Version != got.Version || len(want.Hooks) != len(got.Hooks) {
			t.Errorf("version %d, %d hooks; Helm reads %d, %d", got.Version, len(got.Hooks), want.Version, len(want.Hooks))
		}
		for _, w := range []struct{ got, want string }{{got.Name, want.Name}, {got.Status, string(want.Info.Status)}} {
			if printable(w.want) && w.got != w.want {
				t.Errorf("read %q, Helm reads %q", w.got, w.want)
			}
		}
	})
}

func printable(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(s) <= 256
}

// FuzzEdit edits what it accepts, and has Helm's type read the result.
func FuzzEdit(f *testing.F) {
	for _, s := range []string{usable, `{}`, `{"info":null}`, `{"info":{"status":1}}`, `{"a":[{"info":{}}],"info":{"description":"\\"}}`} {
		f.Add([]byte(s), "deployed", "done")
	}
	f.Fuzz(func(t *testing.T, text []byte, status, description string) {
		got, err := release.Edit(text, status, description)
		if err != nil {
			return
		}
		var fields struct {
			Info struct{ Status, Description string }
		}
		if err := json.Unmarshal(got, &fields); err != nil {
			t.Fatalf("%q became %q: %v", text, got, err)
		}
		if utf8.ValidString(status) && fields.Info.Status != status || utf8.ValidString(description) && fields.Info.Description != description {
			t.Errorf("%q became %q", text, got)
		}
		again, err := release.Edit(got, status, description)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("a second edit made %q of %q, error %v", again, got, err)
		}
	})
}
