// Package golden compares what tests make with files that people have reviewed.
//
// A test that differs shows the difference; run it with -update to write the files,
// and review them like code. A package whose TestMain is Main also fails for a file
// that no test compares any more, so that nothing stale is left lying about.
package golden

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/aymanbagabas/go-udiff"
)

// update is the one flag of all golden files; only tests import this package.
var update = flag.Bool("update", false, "write the golden files that tests compare with")

// compared holds the files that the tests of this process have asked for.
var compared = struct {
	sync.Mutex
	paths map[string]bool
}{paths: map[string]bool{}}

// Equal reports as an error of the test how got differs from the file at path, which
// is relative to the test's package. Where got is empty there must be no file.
func Equal(t testing.TB, path, got string) {
	t.Helper()
	compared.Lock()
	compared.paths[filepath.Clean(path)] = true
	compared.Unlock()
	if *update {
		if err := write(path, got); err != nil {
			t.Fatalf("writing a golden file: %v", err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if got != "" {
			t.Errorf("%s does not exist: run this test with -update, and review the file\n%s", path, got)
		}
		return
	}
	if err != nil {
		t.Fatalf("reading a golden file: %v", err)
	}
	if got == "" {
		t.Errorf("%s is stale: nothing is made that it could be compared with; delete it, or run this test with -update", path)
		return
	}
	if string(want) == got {
		return
	}
	t.Errorf("%s differs: look at the difference, and run this test with -update if it is right\n%s",
		path, udiff.Unified(path, "now", string(want), got))
}

// write replaces a file only where it changes, so that its time still says when.
func write(path, got string) error {
	if got == "" {
		if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	if before, err := os.ReadFile(path); err == nil && string(before) == got {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(got), 0o644)
}

// Main runs the tests of a package, and then fails for each file that one of the
// patterns matches and no test compared; with -update it removes them. It looks only
// after a run of all tests that passed. It returns the code to exit with.
func Main(m *testing.M, patterns ...string) int {
	code := m.Run()
	if code != 0 || selective() {
		return code
	}
	left, err := leftover(patterns)
	if err != nil {
		fmt.Fprintln(os.Stderr, "FAIL: looking for golden files that no test compares:", err)
		return 1
	}
	for _, path := range left {
		if *update {
			err = os.Remove(path)
		} else {
			err = errors.New("no test compares it: delete it, or run the tests with -update")
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "FAIL: %s: %v\n", path, err)
			code = 1
		}
	}
	return code
}

// selective reports whether the flags leave some tests out.
func selective() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return true
		}
	}
	return testing.Short()
}

func leftover(patterns []string) (left []string, err error) {
	compared.Lock()
	defer compared.Unlock()
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pattern, err)
		}
		for _, path := range found {
			if !compared.paths[filepath.Clean(path)] {
				left = append(left, path)
			}
		}
	}
	slices.Sort(left)
	return left, nil
}
