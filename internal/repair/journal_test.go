package repair

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
)

func secretObject(namespace, name, value string) *unstructured.Unstructured {
	u := newSecret(model.Ref{Kind: model.KindSecret, Namespace: namespace, Name: name})
	u.Object["data"] = map[string]any{"value": base64.StdEncoding.EncodeToString([]byte(value))}
	return u
}

// entryOfTwo is an entry in namespace shop with a Secret of that namespace and one of
// another.
func entryOfTwo(value string) *Entry {
	write := func(namespace string) *Write {
		return &Write{
			Step: 1, By: []string{"CopySecret"}, Verb: Create, Resource: secretsResource, Wait: Wait{For: Gone, Within: time.Minute},
			Ref: model.Ref{Kind: model.KindSecret, Namespace: namespace, Name: "made"}, After: secretObject(namespace, "made", value),
		}
	}
	return &Entry{
		Namespace: "shop", At: moment, By: "oncall", Title: "Mend it", Risk: finding.Safe,
		Proof:  Proof{Within: time.Minute, Hold: time.Second, Findings: []finding.ID{"a:b/C/d"}},
		Writes: []*Write{write("shop"), write("depot")}, Progress: map[int]Did{},
	}
}

func TestAnEntryIsReadAsItWasWritten(t *testing.T) {
	m := unit(t)
	e := entryOfTwo(secretValue)
	if err := m.keep(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if err := m.note(t.Context(), e, stepped(2, Did{UID: "u-2", At: moment})); err != nil {
		t.Fatal(err)
	}
	if err := m.note(t.Context(), e, noting{was: Open, state: Applied}); err != nil {
		t.Fatal(err)
	}
	got, err := m.Entry(t.Context(), e.ID[:6])
	if err != nil {
		t.Fatal(err)
	}
	if got.Problem != "" || got.State != Applied || got.Progress[2].UID != "u-2" || got.Title != e.Title || got.By != "oncall" || got.Proof.Hold != time.Second || got.Risk != finding.Safe {
		t.Errorf("%+v", got)
	}
	for i, w := range got.Writes {
		if w.Wait != e.Writes[i].Wait || len(changesBetween(w.After.Object, e.Writes[i].After.Object)) > 0 {
			t.Errorf("write %d: %+v", i+1, w)
		}
	}
	list, err := m.kube.CoreV1().Secrets("").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 2 {
		t.Fatalf("%d Secrets, %v", len(list.Items), err)
	}
	for _, s := range list.Items {
		if s.Type != journalType || s.Immutable == nil || !*s.Immutable || s.Labels[managedByLabel] != manager {
			t.Errorf("%s/%s: %s %v %v", s.Namespace, s.Name, s.Type, s.Immutable, s.Labels)
		}
		text := unzipped(t, s.Data[payloadKey])
		own, other := `"namespace":"`+s.Namespace+`"`, map[string]string{"shop": "depot", "depot": "shop"}[s.Namespace]
		if !strings.Contains(text, own) || strings.Contains(text, `"namespace":"`+other+`"},"type"`) {
			t.Errorf("the Secret of namespace %s holds %s", s.Namespace, text)
		}
		if strings.Count(text, base64.StdEncoding.EncodeToString([]byte(secretValue))) != 1 {
			t.Errorf("the Secret of namespace %s holds not exactly its own value", s.Namespace)
		}
	}
}

func unzipped(t *testing.T, b []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := out.ReadFrom(z); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestALargeEntryIsSplit(t *testing.T) {
	m := unit(t)
	noise := make([]byte, 1500<<10)
	_, _ = rand.Read(noise)
	e := entryOfTwo(string(noise))
	if err := m.keep(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	list, err := m.kube.CoreV1().Secrets("").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) < 4 {
		t.Fatalf("%d Secrets, %v", len(list.Items), err)
	}
	for _, s := range list.Items {
		if n := len(s.Data[payloadKey]); n > 1<<20 {
			t.Errorf("%s holds %d bytes", s.Name, n)
		}
	}
	if got, err := m.Entry(t.Context(), e.ID); err != nil || got.Problem != "" || len(changesBetween(got.Writes[1].After.Object, e.Writes[1].After.Object)) > 0 {
		t.Errorf("%v %v", got.Problem, err)
	}
	m.options.Now = func() time.Time { return moment.Add(48 * time.Hour) }
	if err := m.note(t.Context(), e, noting{state: Confirmed}); err != nil {
		t.Fatal(err)
	}
	if removed, err := m.Prune(t.Context(), 24*time.Hour); err != nil || len(removed) != 1 {
		t.Errorf("pruned %v, %v", removed, err)
	}
	if list, _ = m.kube.CoreV1().Secrets("").List(t.Context(), metav1.ListOptions{}); len(list.Items) != 0 {
		t.Errorf("%d Secrets are left", len(list.Items))
	}
}

func TestPruneKeepsWhatIsYoungOrOpen(t *testing.T) {
	m := unit(t)
	open, young := entryOfTwo("a"), entryOfTwo("b")
	open.At, young.At = moment.Add(-48*time.Hour), moment.Add(-time.Hour)
	for _, e := range []*Entry{open, young} {
		if err := m.keep(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.note(t.Context(), young, noting{state: Confirmed}); err != nil {
		t.Fatal(err)
	}
	if removed, err := m.Prune(t.Context(), 24*time.Hour); err != nil || len(removed) != 0 {
		t.Errorf("pruned %v, %v", removed, err)
	}
	m.readOnly = true
	if _, err := m.Prune(t.Context(), 0); err == nil {
		t.Error("pruned in read-only mode")
	}
}

// TestTamperedEntries changes what an entry's Secrets hold in every way, as someone
// who deletes and recreates them could, and wants a sentence and no undo.
func TestTamperedEntries(t *testing.T) {
	zip := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return b.Bytes()
	}
	for _, c := range []struct {
		name, where string
		change      func(*corev1.Secret)
	}{
		{"its content", "shop", func(s *corev1.Secret) { s.Data[payloadKey] = zip(`{"namespace":"shop","writes":[]}`) }},
		{"no content", "shop", func(s *corev1.Secret) { s.Data = nil }},
		{"no gzip", "shop", func(s *corev1.Secret) { s.Data[payloadKey] = []byte("hello") }},
		{"the number of parts", "shop", func(s *corev1.Secret) { s.Annotations[partsNote] = "9999999" }},
		{"no number of parts", "shop", func(s *corev1.Secret) { s.Annotations = nil }},
		{"a part that is not there", "shop", func(s *corev1.Secret) { s.Annotations[partsNote] = "2" }},
		{"the part elsewhere", "depot", func(s *corev1.Secret) { s.Data[payloadKey] = zip(`[]`) }},
		{"another type", "shop", func(s *corev1.Secret) { s.Type = "Opaque" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := unit(t)
			e := entryOfTwo("value")
			if err := m.keep(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			s, err := m.kube.CoreV1().Secrets(c.where).Get(t.Context(), secretName(e.ID, 1), metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			c.change(s)
			if _, err := m.kube.CoreV1().Secrets(c.where).Update(t.Context(), s, metav1.UpdateOptions{}); err != nil {
				t.Fatal(err)
			}
			got, err := m.Entry(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			if got.Problem == "" {
				t.Error("nothing is said")
			}
			var refusal *Refusal
			if _, err := m.UndoPlan(t.Context(), e.ID); !errors.As(err, &refusal) || !strings.Contains(err.Error(), "cannot be used") {
				t.Errorf("undo: %v", err)
			}
			if _, err := m.FinishPlan(t.Context(), nil, e.ID); !errors.As(err, &refusal) {
				t.Errorf("finish: %v", err)
			}
			if text := styled.Plain((Journal{Entries: []*Entry{got}}).Text(moment)); !strings.Contains(text, "unusable") {
				t.Errorf("listed as\n%s", text)
			}
		})
	}
}

func TestABombIsNotUnpacked(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range unpackedLimit>>20 + 2 {
		_, _ = z.Write(blank)
	}
	_ = z.Close()
	var e Entry
	if _, err := unpack(b.Bytes(), &e, unpackedLimit); err == nil || !strings.Contains(err.Error(), "expands") {
		t.Errorf("%v", err)
	}
	for name, text := range map[string]string{
		"many writes":  `{"writes":[` + strings.Repeat("{},", valuesLimit) + `{}]}`,
		"deep nesting": `{"proof":` + strings.Repeat(`{"a":`, depthLimit) + "1" + strings.Repeat("}", depthLimit+1),
	} {
		if modest([]byte(text)) {
			t.Errorf("%s are decoded", name)
		}
	}
	if !modest([]byte(`{"a":"` + strings.Repeat(`\"{[,`, valuesLimit) + `"}`)) {
		t.Error("what stands in a string counts")
	}
}

func TestEntriesByName(t *testing.T) {
	m := unit(t)
	if _, err := m.Entry(t.Context(), ""); !errors.Is(err, ErrUnknownEntry) {
		t.Errorf("an empty journal: %v", err)
	}
	old, undo := entryOfTwo("a"), entryOfTwo("b")
	old.At, undo.UndoOf = moment.Add(-time.Hour), "x"
	for _, e := range []*Entry{old, undo} {
		if err := m.keep(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := m.Entry(t.Context(), ""); err != nil || got.ID != old.ID {
		t.Errorf("the newest that can be taken back: %v %v", got, err)
	}
	if got, err := m.Entry(t.Context(), "shop/careen-undo-"+undo.ID); err != nil || got.ID != undo.ID {
		t.Errorf("by the Secret's name: %v %v", got, err)
	}
	if _, err := m.Entry(t.Context(), "zzz"); !errors.Is(err, ErrUnknownEntry) {
		t.Errorf("an unknown id: %v", err)
	}
}

func TestUndoOrder(t *testing.T) {
	web := parsed(t, deployment)
	restarted := web.DeepCopy()
	if err := unstructured.SetNestedField(restarted.Object, "now", restartedAt...); err != nil {
		t.Fatal(err)
	}
	restart := func() *Write { return &Write{Verb: Patch, Before: web, After: restarted} }
	plain := func() *Write { return &Write{Verb: Patch, Before: web, After: web} }
	got := undoOrder([]*Write{plain(), plain(), restart(), restart(), plain()}, []bool{true, true, true, true, false})
	if want := []int{1, 0, 3, 2}; len(got) != len(want) || got[0] != 1 || got[1] != 0 || got[2] != 3 || got[3] != 2 {
		t.Errorf("%v, want %v", got, want)
	}
}
