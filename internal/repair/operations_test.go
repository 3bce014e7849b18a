package repair

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

func newLog(t *testing.T, lines int) *operations {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	l := &operations{path: filepath.Join(t.TempDir(), "careen", "operations.jsonl"), now: func() time.Time { return at }}
	for i := range lines {
		if err := l.append(Operation{Who: "oncall", Cluster: "demo", Verb: "patch", Object: fmt.Sprintf("ConfigMap a/b%d", i), Result: "done"}); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestTheLogIsAChain(t *testing.T) {
	l := newLog(t, 5)
	r, err := VerifyLog(l.path)
	if err != nil || r.Lines != 5 || r.Bad != 0 || len(r.Torn) != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	for _, path := range []string{l.path, l.path + ".lock"} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	whole, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(whole, []byte("\n")), []byte("\n"))
	for i := range lines {
		for name, broken := range map[string][][]byte{
			"changed": replaced(lines, i, bytes.Replace(lines[i], []byte("oncall"), []byte("mallory"), 1)),
			"removed": slices.Concat(lines[:i], lines[i+1:]),
			"doubled": slices.Concat(lines[:i+1], lines[i:]),
		} {
			if name == "removed" && i == len(lines)-1 {
				continue // the end of a chain does not tell what came after it
			}
			path := filepath.Join(t.TempDir(), "log")
			if err := os.WriteFile(path, append(bytes.TrimSuffix(bytes.Join(broken, nil), []byte("\n")), '\n'), 0o600); err != nil {
				t.Fatal(err)
			}
			if name == "doubled" && i == len(lines)-1 {
				continue // its last line has no end of line to double
			}
			if r, err := VerifyLog(path); err != nil || r.Bad == 0 {
				t.Errorf("line %d %s: %+v %v", i+1, name, r, err)
			}
		}
	}
}

func replaced(lines [][]byte, i int, with []byte) [][]byte {
	out := slices.Clone(lines)
	out[i] = with
	return out
}

func TestALineCutByACrashIsToldAndTheChainGoesOn(t *testing.T) {
	l := newLog(t, 2)
	f, err := os.OpenFile(l.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"at":"2026-01-02T03:04:05Z","who":"onc`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := l.append(Operation{Verb: "delete"}); err != nil {
		t.Fatal(err)
	}
	r, err := VerifyLog(l.path)
	if err != nil || r.Bad != 0 || !slices.Equal(r.Torn, []int{3}) || r.Lines != 4 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestSeveralWritersKeepOneChain(t *testing.T) {
	l := newLog(t, 0)
	var all sync.WaitGroup
	for range 4 {
		other := &operations{path: l.path, now: l.now}
		all.Go(func() {
			for range 25 {
				if err := other.append(Operation{Verb: "patch"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if r, err := VerifyLog(l.path); err != nil || r.Bad != 0 || r.Lines != 100 {
		t.Errorf("%+v %v", r, err)
	}
}

func TestALogThatIsNotThereIsEmpty(t *testing.T) {
	if r, err := VerifyLog(filepath.Join(t.TempDir(), "none")); err != nil || r.Lines != 0 {
		t.Errorf("%+v %v", r, err)
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	l := &operations{path: filepath.Join(path, "operations.jsonl"), now: time.Now}
	if err := l.append(Operation{}); err == nil {
		t.Error("wrote a log below a file")
	}
}

// TestALineHoldsNoBody pins the fields that a line may have.
func TestALineHoldsNoBody(t *testing.T) {
	b, err := json.Marshal(Operation{Entry: "e", UID: "u", Before: "1", After: "2", Digest: "d"})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	want := []string{"after", "at", "cluster", "digest", "entry", "object", "prev", "resourceVersionAfter", "resourceVersionBefore", "result", "sum", "uid", "verb", "who"}
	for f := range fields {
		if !slices.Contains(want, f) {
			t.Errorf("field %s", f)
		}
	}
}
