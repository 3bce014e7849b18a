package repair

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// recordHidden stands for what a fix never changes of a record.
const recordHidden = "(the rest of the record, masked)"

// masked is u as a plan may show it: without status and the server's own fields, and
// with the values of Secrets, release records, environments and foreign annotations
// replaced. other is the same object on the other side of the change, or nil; a value
// that differs there is marked with changed. shown are the paths that the fix itself
// writes, whose values are told.
func (s *scrubber) masked(u, other *unstructured.Unstructured, shown [][]string, changed string) *unstructured.Unstructured {
	if u == nil {
		return nil
	}
	object := (&unstructured.Unstructured{Object: content(u)}).DeepCopy().Object
	if meta, ok := object["metadata"].(map[string]any); ok {
		for _, f := range []string{"uid", "creationTimestamp", "selfLink"} {
			delete(meta, f)
		}
	}
	if isRecord(u) {
		showRecord(object, u, other, changed)
	}
	o := mask.Options{Profile: mask.Plan, Other: content(other), Changed: changed, Shown: shown}
	if s != nil {
		o.Values = &s.Values
	}
	out, _ := mask.Object(object, o)
	return &unstructured.Unstructured{Object: out}
}

// showRecord replaces the payload by what a fix may change of it.
func showRecord(object map[string]any, u, other *unstructured.Unstructured, changed string) {
	data, ok := object["data"].(map[string]any)
	if !ok {
		return
	}
	stored, err := storedRecord(u)
	if err != nil {
		return
	}
	body := release.Decode(stored, "")
	delete(data, "release")
	if len(data) == 0 {
		delete(object, "data")
	}
	if body.Problem != "" {
		object["record"] = map[string]any{"problem": body.Problem}
		return
	}
	shown := map[string]any{"info.status": body.Status, "info.description": body.Description}
	theirs, err := otherRecord(other)
	renames := renamesOf(theirs, body)
	for i, r := range renames {
		shown[fmt.Sprintf("manifest, %s", r.Kind)] = "apiVersion " + renames[i].To
	}
	shown["else"] = recordHidden
	if other != nil && (err != nil || !sameBut(renames, stored, theirs)) {
		shown["else"] = "the rest of the record " + changed
	}
	object["record"] = shown
}

// otherRecord is the record of the other side of a diff; nil where there is none.
func otherRecord(other *unstructured.Unstructured) ([]byte, error) {
	if other == nil {
		return nil, nil
	}
	return storedRecord(other)
}

// renamesOf lists the kinds of a manifest that another version of its record declares
// under another apiVersion.
func renamesOf(theirs []byte, body *model.Body) (out []release.Rename) {
	if theirs == nil {
		return nil
	}
	old := release.Decode(theirs, "")
	if len(old.Objects) != len(body.Objects) {
		return nil
	}
	for i, o := range body.Objects {
		r := release.Rename{Kind: o.Ref.Kind, From: old.Objects[i].APIVersion, To: o.APIVersion}
		if r.From != r.To && old.Objects[i].Ref == o.Ref && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// sameBut reports whether nothing but status, description and those apiVersions differs
// between two records.
func sameBut(renames []release.Rename, stored, theirs []byte) bool {
	a, errA := neutralRecord(stored, nil)
	b, errB := neutralRecord(theirs, renames)
	return errA == nil && errB == nil && a == b
}

func neutralRecord(stored []byte, renames []release.Rename) (string, error) {
	json, _, err := release.Raw(stored)
	if err != nil {
		return "", err
	}
	edited, err := release.Edit(json, "", "")
	if err == nil && len(renames) > 0 {
		edited, err = release.Rewrite(edited, renames)
	}
	return string(edited), err
}

// holdsSecrets reports whether an object's data may not be printed.
func holdsSecrets(u *unstructured.Unstructured) bool {
	return u != nil && (u.GetKind() == string(model.KindSecret) || isRecord(u))
}
