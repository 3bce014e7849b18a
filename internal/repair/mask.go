package repair

import (
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
	object["record"] = map[string]any{"info.status": body.Status, "info.description": body.Description, "else": recordRest(stored, other, changed)}
}

// recordRest says whether anything but status and description differs.
func recordRest(stored []byte, other *unstructured.Unstructured, changed string) string {
	if other == nil {
		return recordHidden
	}
	theirs, err := storedRecord(other)
	if err != nil {
		return "the rest of the record " + changed
	}
	a, errA := neutralRecord(stored)
	b, errB := neutralRecord(theirs)
	if errA != nil || errB != nil || a != b {
		return "the rest of the record " + changed
	}
	return recordHidden
}

func neutralRecord(stored []byte) (string, error) {
	json, _, err := release.Raw(stored)
	if err != nil {
		return "", err
	}
	edited, err := release.Edit(json, "", "")
	return string(edited), err
}

// holdsSecrets reports whether an object's data may not be printed.
func holdsSecrets(u *unstructured.Unstructured) bool {
	return u != nil && (u.GetKind() == string(model.KindSecret) || isRecord(u))
}
