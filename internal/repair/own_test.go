package repair

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/styled"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// elsewhere is the same cluster from a host of another operator.
func elsewhere(t *testing.T, m *Mender) *Mender {
	t.Helper()
	return &Mender{
		options: m.options, context: m.context, server: m.server, cluster: m.cluster, host: "another", kube: m.kube, who: m.who,
		objects: m.objects, mapper: m.mapper, log: &operations{path: filepath.Join(t.TempDir(), "operations.jsonl"), now: m.log.now},
	}
}

func applied(t *testing.T, m *Mender, e *Entry) *Entry {
	t.Helper()
	if err := m.keep(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if err := m.note(t.Context(), e, noting{was: Open, state: Applied}); err != nil {
		t.Fatal(err)
	}
	return e
}

// TestWhoseAnEntryIs reads one entry with the log and the key, with either, with
// neither, and with those of other servers.
func TestWhoseAnEntryIs(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, m *Mender, e *Entry)
		own    bool
	}{
		"as it was applied": {func(*testing.T, *Mender, *Entry) {}, true},
		"with the log alone": {func(t *testing.T, m *Mender, _ *Entry) {
			remove(t, filepath.Join(filepath.Dir(m.log.path), keyFile))
		}, true},
		"with the key alone": {func(t *testing.T, m *Mender, _ *Entry) { remove(t, m.log.path) }, true},
		"with neither": {func(t *testing.T, m *Mender, _ *Entry) {
			remove(t, m.log.path)
			remove(t, filepath.Join(filepath.Dir(m.log.path), keyFile))
		}, false},
		"on another server":                     {func(_ *testing.T, m *Mender, _ *Entry) { m.cluster = "unit https://other" }, false},
		"in another context of the same server": {func(_ *testing.T, m *Mender, _ *Entry) { m.cluster = "renamed https://unit" }, true},
		"with a key that others may read": {func(t *testing.T, m *Mender, _ *Entry) {
			remove(t, m.log.path)
			if err := os.Chmod(filepath.Join(filepath.Dir(m.log.path), keyFile), 0o644); err != nil { //nolint:gosec // that is the point
				t.Fatal(err)
			}
		}, false},
		"with a log whose first line was changed": {func(t *testing.T, m *Mender, _ *Entry) {
			remove(t, filepath.Join(filepath.Dir(m.log.path), keyFile))
			b, err := os.ReadFile(m.log.path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(m.log.path, []byte(strings.Replace(string(b), "oncall", "mallory", 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		}, false},
		"with a signature of something else": {func(t *testing.T, m *Mender, e *Entry) {
			remove(t, m.log.path)
			if err := m.note(t.Context(), e, noting{set: map[string]string{signedNote: strings.Repeat("0", 64)}}); err != nil {
				t.Fatal(err)
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := unit(t)
			e := applied(t, m, entryOfTwo("value"))
			c.change(t, m, e)
			got, err := m.Entry(t.Context(), e.ID)
			if err != nil || got.Problem != "" || got.Own != c.own {
				t.Errorf("%v: own %v, %q", err, got.Own, got.Problem)
			}
			_, err = m.Entry(t.Context(), "")
			if (err == nil) != c.own {
				t.Errorf("by default: %v", err)
			}
			var refusal *Refusal
			if !c.own && !errors.As(err, &refusal) {
				t.Errorf("an entry of another's alone: %v", err)
			}
		})
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// TestAStrangersEntryIsNeverTheDefault dates it after one's own, and plants it in every
// way that it could come first.
func TestAStrangersEntryIsNeverTheDefault(t *testing.T) {
	m := unit(t)
	own := entryOfTwo("own")
	own.At = moment.Add(-48 * time.Hour)
	applied(t, m, own)
	stranger := entryOfTwo("strange")
	stranger.At = moment.Add(time.Minute)
	applied(t, elsewhere(t, m), stranger)
	plant(t, m, entryOfTwo("forged"))
	j, err := m.Entries(t.Context())
	if err != nil || len(j.Entries) != 3 || j.Entries[0].ID != own.ID || j.Entries[1].Own || j.Entries[2].Own {
		t.Fatalf("%v %+v", err, j.Entries)
	}
	if e, err := m.Entry(t.Context(), ""); err != nil || e.ID != own.ID {
		t.Errorf("by default: %v %v", e, err)
	}
	text := styled.Plain(j.Text(j.Now))
	if !strings.Contains(text, "not applied from here, it names oncall") || !strings.Contains(text, "--confirm "+stranger.ID) || strings.Contains(text, "--confirm "+own.ID) {
		t.Errorf("listed as\n%s", text)
	}
}

// TestWhatTheLogKnowsCannotBeReplayed plants an own entry again that was taken back, or
// forgotten, with the labels of one that can be taken back.
func TestWhatTheLogKnowsCannotBeReplayed(t *testing.T) {
	m := unit(t)
	e := applied(t, m, entryOfTwo("value"))
	var copies []*corev1.Secret
	for _, ns := range []string{"shop", "depot"} {
		s, err := m.kube.CoreV1().Secrets(ns).Get(t.Context(), secretName(e.ID, 1), metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		copies = append(copies, s)
	}
	again := func() *Entry {
		for _, s := range copies {
			if err := m.forgetSecret(t.Context(), e, s.Namespace, s.Name); err != nil {
				t.Fatal(err)
			}
			if _, err := m.kube.CoreV1().Secrets(s.Namespace).Create(t.Context(), s, metav1.CreateOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := m.Entry(t.Context(), e.ID)
		if err != nil || got.Problem != "" {
			t.Fatalf("%v %q", err, got.Problem)
		}
		return got
	}
	if err := m.logged(t.Context(), Operation{Verb: verbUndone, Object: headOf(copies[0]), Entry: e.ID, Result: "done"}); err != nil {
		t.Fatal(err)
	}
	if got, err := m.Entry(t.Context(), e.ID); err != nil || got.State != Undone || !got.Own {
		t.Errorf("%v: %s, though its label says applied", err, got.State)
	}
	if got := again(); got.Own { // though it still bears the operator's signature
		t.Error("one's own after it was forgotten")
	}
}

// TestStrangersDoNotExhaustTheReader plants more than is read.
func TestStrangersDoNotExhaustTheReader(t *testing.T) {
	m := unit(t)
	own := applied(t, m, entryOfTwo("own"))
	var last *Entry
	for range strangerEntries + 5 {
		last = entryOfTwo("x")
		last.Writes = last.Writes[:1]
		plant(t, m, last)
	}
	j, err := m.Entries(t.Context())
	if err != nil || len(j.Entries) != strangerEntries+1 || j.Passed != 5 || j.Entries[0].ID != own.ID {
		t.Errorf("%v: %d entries, %d passed", err, len(j.Entries), j.Passed)
	}
	if !strings.Contains(styled.Plain(j.Text(moment)), "5 more that were not applied from here are not shown") {
		t.Error("the rest is not told")
	}
	if got, err := m.Entry(t.Context(), last.ID); err != nil || got.ID != last.ID {
		t.Errorf("by name: %v", err)
	}
}

func TestTheOperatorsKey(t *testing.T) {
	log := filepath.Join(t.TempDir(), "careen", "operations.jsonl")
	path := filepath.Join(filepath.Dir(log), keyFile)
	if operatorKey(log) != nil {
		t.Error("a key before one was made")
	}
	key := madeKey(log)
	if len(key) != keySize || string(madeKey(log)) != string(key) || string(operatorKey(log)) != string(key) {
		t.Errorf("%x", key)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	moved := path + "-moved"
	if err := errors.Join(os.Rename(path, moved), os.Symlink(moved, path)); err != nil {
		t.Fatal(err)
	}
	if operatorKey(log) != nil || madeKey(log) != nil {
		t.Error("a key behind a link is read")
	}
	remove(t, path)
	for _, text := range []string{"", "00", "not hex at all", strings.Repeat("0", 8*keySize)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if operatorKey(log) != nil {
			t.Errorf("%q is a key", text)
		}
	}
	if madeKey(filepath.Join(path, "below", "a-file")) != nil {
		t.Error("a key below a file")
	}
	if signature(key, "a", "bc", "d") == signature(key, "ab", "c", "d") {
		t.Error("what is signed can be cut in two ways")
	}
}
