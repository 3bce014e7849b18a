package repair

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/release"
)

// spellings are the forms in which a secret value could be seen.
func spellings(value string) []string {
	quoted, _ := json.Marshal(value)
	once := base64.StdEncoding.EncodeToString([]byte(value))
	return []string{value, string(quoted), once, base64.StdEncoding.EncodeToString([]byte(once))}
}

func parsed(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	u, err := parseManifest([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestADiffTellsThatASecretChangedAndNothingElse(t *testing.T) {
	before := secretObject("shop", "s", "a short one")
	short, long := secretObject("shop", "s", "x"), secretObject("shop", "s", strings.Repeat("x", 5000))
	if a, b := Text((*scrubber)(nil).diff(before, short, nil)), Text((*scrubber)(nil).diff(before, long, nil)); a != b || !strings.Contains(a, mask.HiddenAfter) {
		t.Errorf("the length shows:\n%s\n%s", a, b)
	}
	if lines := (*scrubber)(nil).diff(before, before.DeepCopy(), nil); len(lines) != 0 {
		t.Errorf("a difference where there is none: %v", lines)
	}
	// Even what a fix names is masked, if it stands in a Secret's data.
	if text := Text((*scrubber)(nil).diff(before, secretObject("shop", "s", secretValue), [][]string{{"data"}, {"data", "value"}})); strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(secretValue))) {
		t.Errorf("seen:\n%s", text)
	}
}

// TestAnUndoTellsNoMoreThanTheFix looks at what taking back shows, where a change
// within a list makes the whole list the change.
func TestAnUndoTellsNoMoreThanTheFix(t *testing.T) {
	before := parsed(t, deployment)
	after := before.DeepCopy()
	containers, _, _ := unstructured.NestedSlice(after.Object, "spec", "template", "spec", "containers")
	env := containers[0].(map[string]any)["env"].([]any)
	env[1].(map[string]any)["value"] = "db-0.db:5432"
	env = append(env, map[string]any{"name": "ADDED", "value": secretValue})
	containers[0].(map[string]any)["env"] = env
	if err := unstructured.SetNestedSlice(after.Object, containers, "spec", "template", "spec", "containers"); err != nil {
		t.Fatal(err)
	}
	w := &Write{Verb: Patch, Ref: ref(model.KindDeployment, "web"), Before: before, After: after}
	w.shown = w.ownPaths()
	text := Text((*scrubber)(nil).diff(after, before, w.shown)) + strings.Join(undoCommands(w), "\n") + strings.Join(patchCommand(w), "\n")
	if strings.Contains(text, secretValue) || !strings.Contains(text, "db-1.db") {
		t.Errorf("%s", text)
	}
}

func TestARecordShowsItsStatusAlone(t *testing.T) {
	before := parsed(t, record(t, "password: "+secretValue))
	stored, err := storedRecord(before)
	if err != nil {
		t.Fatal(err)
	}
	edited, err := changeStored(stored, func(json []byte) ([]byte, error) { return release.Edit(json, "failed", "Marked failed") })
	if err != nil {
		t.Fatal(err)
	}
	after := before.DeepCopy()
	if err := storeRecord(after, edited); err != nil {
		t.Fatal(err)
	}
	text := Text((*scrubber)(nil).diff(before, after, nil))
	for _, want := range []string{"-  info.status: pending-install", "+  info.status: failed", recordHidden} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "the rest of the record "+mask.HiddenAfter) {
		t.Errorf("the rest is said to have changed:\n%s", text)
	}
	other := parsed(t, record(t, "password: other"))
	if text := Text((*scrubber)(nil).diff(before, other, nil)); !strings.Contains(text, "+  else: the rest of the record "+mask.HiddenAfter) {
		t.Errorf("the rest changed, and nobody says so:\n%s", text)
	}
}

func TestMessagesOfOthersAreScrubbed(t *testing.T) {
	s := &scrubber{}
	s.learn(secretObject("shop", "s", secretValue))
	for _, form := range spellings(secretValue)[:3] {
		err := apierrors.NewInternalError(errors.New("webhook says: value " + form + "\x1b[31m is bad"))
		if got := s.said(err); strings.Contains(got, secretValue) || strings.Contains(got, form) || strings.Contains(got, "\x1b") {
			t.Errorf("%q", got)
		}
	}
}
