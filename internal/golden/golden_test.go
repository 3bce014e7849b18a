package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// recorder is a test that may fail without failing this one.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

// compare is what Equal says about a file.
func compare(t *testing.T, path, got string) string {
	r := &recorder{TB: t}
	Equal(r, path, got)
	return strings.Join(r.said, "\n")
}

// updating is a run with -update until the test ends.
func updating(t *testing.T) {
	*update = true
	t.Cleanup(func() { *update = false })
}

func TestADifferenceIsShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.golden")
	if err := os.WriteFile(path, []byte("one\ntwo\nthree\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := compare(t, path, "one\ntwo\nthree\n"); said != "" {
		t.Errorf("equal, and yet: %s", said)
	}
	said := compare(t, path, "one\n2\nthree\n")
	for _, want := range []string{path, "-update", "\n-two\n+2\n", "\n one\n"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in: %s", want, said)
		}
	}
	if said := compare(t, path, ""); !strings.Contains(said, "stale") {
		t.Errorf("nothing was made, and the file exists: %q", said)
	}
	if said := compare(t, path+"-missing", "new\n"); !strings.Contains(said, "does not exist") || !strings.Contains(said, "new") {
		t.Errorf("a file that does not exist: %q", said)
	}
	if said := compare(t, path+"-missing", ""); said != "" {
		t.Errorf("neither made nor there, and yet: %s", said)
	}
}

func TestUpdateWritesAndRemoves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "page.golden")
	t.Run("written", func(t *testing.T) {
		updating(t)
		if said := compare(t, path, "new\n"); said != "" {
			t.Error(said)
		}
	})
	if said := compare(t, path, "new\n"); said != "" {
		t.Error(said)
	}
	t.Run("removed", func(t *testing.T) {
		updating(t)
		if said := compare(t, path, ""); said != "" {
			t.Error(said)
		}
	})
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("an empty golden file is still there: %v", err)
	}
}

func TestFilesThatNoTestComparesAreFound(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.golden", "b.golden", "c.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if said := compare(t, filepath.Join(dir, ".", "b.golden"), "x"); said != "" {
		t.Error(said)
	}
	left, err := leftover([]string{filepath.Join(dir, "*.golden")})
	if err != nil || !slices.Equal(left, []string{filepath.Join(dir, "a.golden")}) {
		t.Errorf("%q, %v", left, err)
	}
	if _, err := leftover([]string{"["}); err == nil {
		t.Error("a pattern that cannot be matched was accepted")
	}
}
