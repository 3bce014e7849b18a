package inspect

import (
	"encoding/base64"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
)

// Object is one object of a manifest, unmasked. It is never shown as it is.
type Object struct {
	Ref    model.Ref // the namespace as written
	Keep   bool
	Fields map[string]any
}

// maxDocument bounds what is parsed.
const maxDocument = 1 << 20

// Parse reads the objects of a manifest; trouble says which documents could not be
// read, without quoting them.
func Parse(manifest string) (list []Object, trouble []string) {
	for i, doc := range release.Documents(manifest) {
		if len(doc) > maxDocument {
			trouble = append(trouble, fmt.Sprintf("document %d is too large", i+1))
			continue
		}
		var fields map[string]any
		if err := yaml.Unmarshal([]byte(doc), &fields); err != nil {
			trouble = append(trouble, fmt.Sprintf("document %d is not valid YAML", i+1))
			continue
		}
		list = append(list, objects(fields)...)
	}
	return list, trouble
}

// objects is the object, or the items of a list.
func objects(fields map[string]any) []Object {
	kind, _ := fields["kind"].(string)
	version, _ := fields["apiVersion"].(string)
	if items, ok := fields["items"].([]any); ok && strings.HasSuffix(kind, "List") {
		var out []Object
		for _, item := range items {
			if m, ok := item.(map[string]any); ok {
				out = append(out, objects(m)...)
			}
		}
		return out
	}
	meta, _ := fields["metadata"].(map[string]any)
	name, _ := meta["name"].(string)
	if kind == "" || name == "" {
		return nil
	}
	namespace, _ := meta["namespace"].(string)
	notes, _ := meta["annotations"].(map[string]any)
	return []Object{{
		Ref:    model.Ref{Kind: release.KindOf(version, sanitize.Line(kind, 100)), Namespace: sanitize.Line(namespace, 253), Name: sanitize.Line(name, 253)},
		Keep:   notes["helm.sh/resource-policy"] == "keep",
		Fields: fields,
	}}
}

// Learn takes over what the Secrets of a manifest hold.
func Learn(secrets *mask.Values, list []Object) {
	for _, o := range list {
		if o.Ref.Kind == model.KindSecret {
			secrets.Secret(o.Fields)
		}
	}
}

// Diff compares two manifests object by object, masked; secrets are further values that
// may stand nowhere, or nil.
func Diff(from, to string, a, b []Object, secrets *mask.Values) Difference {
	d := Difference{From: from, To: to}
	was := map[model.Ref]Object{}
	for _, o := range a {
		was[o.Ref] = o
	}
	seen := map[model.Ref]bool{}
	for _, o := range b {
		seen[o.Ref] = true
		old, there := was[o.Ref]
		if !there {
			d.Parts = append(d.Parts, Part{o.Ref, AddedObject, between(nil, o.Fields, secrets)})
			continue
		}
		d.part(o.Ref, old.Fields, o.Fields, secrets)
	}
	for _, o := range a {
		if !seen[o.Ref] {
			seen[o.Ref] = true
			d.Parts = append(d.Parts, Part{o.Ref, RemovedObject, between(o.Fields, nil, secrets)})
		}
	}
	return d
}

func (d *Difference) part(ref model.Ref, a, b map[string]any, secrets *mask.Values) {
	if lines := between(a, b, secrets); len(lines) > 0 {
		d.Parts = append(d.Parts, Part{ref, ChangedObject, lines})
	} else {
		d.Same++
	}
}

// maxDiffLines bounds the difference of one object.
const maxDiffLines = 1000

// between is the unified diff of two objects, masked; either may be nil.
func between(a, b map[string]any, secrets *mask.Values) []styled.Line {
	was, is := decoded(a), decoded(b)
	var before, after string
	if a != nil {
		m, _ := mask.Object(was, mask.Options{Other: is, Changed: mask.HiddenBefore, Values: secrets})
		before = printed(m)
	}
	if b != nil {
		m, _ := mask.Object(is, mask.Options{Other: was, Changed: mask.HiddenAfter, Values: secrets})
		after = printed(m)
	}
	return styled.Diff(before, after, maxDiffLines, lineLimit)
}

// decoded is an object with what stands under stringData of a Secret under data,
// where the server puts it.
func decoded(object map[string]any) map[string]any {
	plain, ok := object["stringData"].(map[string]any)
	if object["kind"] != string(model.KindSecret) || !ok {
		return object
	}
	out := runtime.DeepCopyJSON(object)
	data, _ := out["data"].(map[string]any)
	if data == nil {
		data = map[string]any{}
	}
	for k, v := range plain {
		data[k] = base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(v)))
	}
	delete(out, "stringData")
	out["data"] = data
	return out
}
