package repair

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// FuzzUnpack holds that whatever stands in a journal entry is decoded or refused within
// its limits, compressed or not, since it may be anybody's, and that nothing of it that is
// taken for careen's hands out rights.
func FuzzUnpack(f *testing.F) {
	whole, err := json.Marshal(entryOfTwo("value"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		``, `{}`, `[[[[[[[[]]]]]]]]`, `{"a":"\"]}"}`, `nul`, `{"at":"2999-01-01T00:00:00Z"}`, "\x1f\x8b", string(whole),
		strings.ReplaceAll(string(whole), `"Secret"`, `"ClusterRoleBinding"`), strings.ReplaceAll(string(whole), `"secrets"`, `"clusterrolebindings"`),
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	z, err := gzip.NewWriterLevel(io.Discard, gzip.NoCompression) // once: it takes most of a megabyte
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte, plain bool) {
		if len(raw) > 2*len(whole) {
			return
		}
		if plain { // what the fuzzer has is the text, since it would never make a checksum
			var b bytes.Buffer
			z.Reset(&b)
			if _, err := z.Write(raw); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			raw = b.Bytes()
		}
		limit := 2 * len(whole)
		var e Entry
		size, err := unpack(raw, &e, limit)
		if err == nil && size > limit || size > limit+1 {
			t.Fatalf("%d bytes of %d: %v", size, limit, err)
		}
		if err != nil || e.sound() != nil {
			return
		}
		for _, w := range e.Writes { // no fix of careen's does
			if w.Resource.Resource == "clusterrolebindings" || w.Ref.Kind == model.KindClusterRoleBinding {
				t.Fatalf("%s of %s is sound", w.Verb, w.Ref)
			}
		}
	})
}
