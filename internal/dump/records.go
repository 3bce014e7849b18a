package dump

import (
	"encoding/base64"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// recordData is what a release record holds, in Helm's own encoding; nil where the
// object is none, or its data was taken out.
func recordData(u *unstructured.Unstructured) []byte {
	if !strings.HasPrefix(u.GetName(), model.RecordPrefix) {
		return nil
	}
	text, _, _ := unstructured.NestedString(u.Object, "data", "release")
	if text == "" {
		return nil
	}
	if u.GetKind() != string(model.KindSecret) {
		return []byte(text)
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}

// releaseKey is a release as one of Helm's drivers stores it.
type releaseKey struct {
	namespace, name string
	driver          model.Kind
}

// record gives a release record its body, if it is the newest of its release: as in a
// live look, the others keep their labels only.
func (c *collector) record(rec *model.Record, stored []byte) {
	key := releaseKey{rec.Namespace, rec.Release, rec.Driver}
	old := c.records[key]
	if old != nil && (old.Revision > rec.Revision || old.Revision == rec.Revision && version(old) > version(rec)) {
		return
	}
	if old != nil {
		old.Body = nil
	}
	c.records[key] = rec
	if len(stored) > 0 {
		rec.Body = release.Decode(stored, rec.ResourceVersion)
	}
}

// emptied are the namespaces in which the newest record of a release came without what
// is in it.
func (c *collector) emptied() map[string]bool {
	out := map[string]bool{}
	for key, rec := range c.records {
		if rec.Body == nil {
			out[key.namespace] = true
		}
	}
	return out
}
