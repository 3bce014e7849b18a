package repair

import (
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// What stands in a diff for a value that is not shown. Its length says nothing of
// the value's.
const (
	hidden       = "(masked)"
	hiddenBefore = "(masked, before)"
	hiddenAfter  = "(masked, after)"
	notShown     = "(unchanged, not shown)"
	recordHidden = "(the rest of the record, masked)"
)

// masked is u as a plan may show it: without status and the server's own fields,
// with the values of Secrets, release records, environments and foreign annotations
// replaced. other is the same object on the other side of the change, or nil; a
// value that differs there is marked so. shown are the paths that the fix itself
// writes, whose values are told.
func masked(u, other *unstructured.Unstructured, shown [][]string) *unstructured.Unstructured {
	return maskAs(u, other, shown, hiddenAfter)
}

func maskAs(u, other *unstructured.Unstructured, shown [][]string, changed string) *unstructured.Unstructured {
	if u == nil {
		return nil
	}
	k := &masker{shown: shown, changed: changed, secret: u.GetKind() == string(model.KindSecret)}
	object := (&unstructured.Unstructured{Object: content(u)}).DeepCopy().Object
	counterpart := map[string]any{}
	if other != nil {
		counterpart = content(other)
	}
	if meta, ok := object["metadata"].(map[string]any); ok {
		for _, f := range []string{"uid", "creationTimestamp", "selfLink"} {
			delete(meta, f)
		}
	}
	if isRecord(u) {
		k.record(object, u, other)
	}
	k.walk(nil, object, counterpart, other != nil)
	return &unstructured.Unstructured{Object: object}
}

type masker struct {
	shown   [][]string
	changed string
	secret  bool
}

// record replaces the payload by what the fix may change of it.
func (k *masker) record(object map[string]any, u, other *unstructured.Unstructured) {
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
	object["record"] = map[string]any{"info.status": body.Status, "info.description": body.Description, "else": k.recordRest(stored, other)}
}

// recordRest tells whether anything but status and description differs.
func (k *masker) recordRest(stored []byte, other *unstructured.Unstructured) string {
	if other == nil {
		return recordHidden
	}
	theirs, err := storedRecord(other)
	if err != nil {
		return "the rest of the record " + k.changed
	}
	a, errA := neutralRecord(stored)
	b, errB := neutralRecord(theirs)
	if errA != nil || errB != nil || a != b {
		return "the rest of the record " + k.changed
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

// lastApplied repeats whole objects, values included.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// toldAnnotations begin the annotations whose values are told: they are known to
// hold no configuration.
var toldAnnotations = []string{
	"meta.helm.sh/", "helm.sh/", "careen/", "deployment.kubernetes.io/", "kubectl.kubernetes.io/restartedAt",
	"pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/",
}

func (k *masker) walk(at []string, v, other any, both bool) any {
	if k.isShown(at) {
		return withoutUserInfo(v)
	}
	switch x := v.(type) {
	case map[string]any:
		theirs, _ := other.(map[string]any)
		if replaced, ok := k.environment(at, x, theirs, both); ok {
			return replaced
		}
		for name, value := range x {
			theirValue, there := theirs[name]
			path := append(slices.Clip(at), name)
			switch {
			case k.isShown(path):
				x[name] = withoutUserInfo(value)
			case k.isHidden(path):
				x[name] = k.mask(value, theirValue, there || both)
			case len(at) == 1 && at[0] == "data" && !k.secret && both && there && same(value, theirValue):
				x[name] = notShown
			default:
				x[name] = k.walk(path, value, theirValue, both)
			}
		}
		return x
	case []any:
		theirs, _ := other.([]any)
		for i, value := range x {
			var theirValue any
			if i < len(theirs) {
				theirValue = theirs[i]
			}
			x[i] = k.walk(append(slices.Clip(at), itoa(i)), value, theirValue, both)
		}
		return x
	}
	return withoutUserInfo(v)
}

// withoutUserInfo masks the user and password of every URL within a value.
func withoutUserInfo(v any) any {
	switch x := v.(type) {
	case string:
		return userInfo.ReplaceAllString(x, "://"+hidden+"@")
	case map[string]any:
		for name, value := range x {
			x[name] = withoutUserInfo(value)
		}
	case []any:
		for i, value := range x {
			x[i] = withoutUserInfo(value)
		}
	}
	return v
}

var userInfo = regexp.MustCompile(`://[^/@\s]+@`)

// isShown tells whether the fix itself writes the value at path, or one above it.
func (k *masker) isShown(path []string) bool {
	if k.secret {
		return len(path) > 0 && path[0] == "metadata" && slices.ContainsFunc(k.shown, func(s []string) bool { return slices.Equal(s, path) })
	}
	return slices.ContainsFunc(k.shown, func(s []string) bool { return len(s) <= len(path) && slices.Equal(s, path[:len(s)]) })
}

func (k *masker) isHidden(path []string) bool {
	if k.secret && len(path) == 2 && (path[0] == "data" || path[0] == "stringData") {
		return true
	}
	if len(path) >= 3 && path[len(path)-2] == "annotations" && path[len(path)-3] == "metadata" {
		name := path[len(path)-1]
		return name == lastApplied || !slices.ContainsFunc(toldAnnotations, func(p string) bool { return strings.HasPrefix(name, p) })
	}
	return false
}

// environment masks the value of an env entry.
func (k *masker) environment(at []string, entry, theirs map[string]any, both bool) (any, bool) {
	if len(at) < 2 || at[len(at)-2] != "env" {
		return nil, false
	}
	value, ok := entry["value"]
	if !ok || k.isShown(append(slices.Clip(at), "value")) {
		return nil, false // its other fields hold names alone
	}
	entry["value"] = k.mask(value, theirs["value"], both)
	return entry, true
}

func (k *masker) mask(value, other any, both bool) string {
	if both && !same(value, other) {
		return k.changed
	}
	return hidden
}

// holdsSecrets tells whether an object's data may not be printed.
func holdsSecrets(u *unstructured.Unstructured) bool {
	return u != nil && (u.GetKind() == string(model.KindSecret) || isRecord(u))
}
