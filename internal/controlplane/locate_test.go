//go:build unix

package controlplane

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// checkout makes a tree that looks like careen's, with a program of its own in the
// place of the control plane, and works in it.
func checkout(t *testing.T, program string) string {
	t.Helper()
	root := t.TempDir()
	sources := filepath.Join(root, "demo", "cluster")
	if err := os.MkdirAll(filepath.Join(root, "deep", "down"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "go.mod"), "module "+modulePath+"\n")
	write(t, filepath.Join(sources, "go.mod"), "module "+modulePath+"/demo/cluster\n\ngo 1.26\n\n// k8s.io/kubernetes v0\n")
	write(t, filepath.Join(sources, "main.go"), program)
	t.Chdir(filepath.Join(root, "deep", "down"))
	return sources
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestLocateWithoutAnything(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Chdir(t.TempDir())
	_, err := Locate(t.Context(), nil)
	if !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "checkout") {
		t.Errorf("got %v", err)
	}
}

func TestLocateByVariable(t *testing.T) {
	path := stub(t, "")
	t.Setenv(BinaryVariable, path)
	if got, err := Locate(t.Context(), nil); err != nil || got != path {
		t.Errorf("got %q, %v", got, err)
	}
	t.Setenv(BinaryVariable, path+"-gone")
	if _, err := Locate(t.Context(), nil); err == nil {
		t.Error("a path that is not there was taken")
	}
}

func TestLocateTakesTheNewestCachedWithoutACheckout(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Chdir(t.TempDir())
	path := filepath.Join(cache, "careen", "cluster", "abc", Name)
	write(t, path, "")
	if got, err := Locate(t.Context(), nil); err != nil || got != path {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestHashFollowsSources(t *testing.T) {
	sources := checkout(t, "package main\n")
	sum := func() string {
		t.Helper()
		s, err := hash(sources)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := sum()
	write(t, filepath.Join(sources, "main_test.go"), "package main\n")
	write(t, filepath.Join(sources, "README.md"), "words\n")
	if sum() != first {
		t.Error("a test or a page changed the hash")
	}
	write(t, filepath.Join(sources, "stages.yaml"), "a: b\n")
	if sum() == first {
		t.Error("an embedded file did not change the hash")
	}
}

func TestLinkFlagsOfThisModule(t *testing.T) {
	sources, err := findSources()
	if err != nil || sources == "" {
		t.Fatalf("got %q, %v", sources, err)
	}
	flags, err := linkFlags(sources)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"version.gitVersion=v1.", "version.gitMajor=1", "version.gitMinor="} {
		if !strings.Contains(flags, want) {
			t.Errorf("%s is not in %s", want, flags)
		}
	}
}

func TestBuildSaysWhatFailed(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	sources := checkout(t, "package main\n\nfunc main() { undefined() }\n")
	if _, err := Locate(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "does not require k8s.io/kubernetes") {
		t.Errorf("got %v", err)
	}
	write(t, filepath.Join(sources, "go.mod"), "module "+modulePath+"/demo/cluster\n\ngo 1.26\n\nrequire (\n\tk8s.io/kubernetes v1.36.3\n)\n")
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	if _, err := Locate(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "undefined") {
		t.Errorf("got %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Locate(t.Context(), nil); !errors.Is(err, exec.ErrNotFound) || !strings.Contains(err.Error(), "go.dev/dl") {
		t.Errorf("got %v", err)
	}
}

func TestBuildCachesAndPrunes(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	sources := checkout(t, "package main\n\nfunc main() {}\n")
	write(t, filepath.Join(sources, "go.mod"), "module "+modulePath+"/demo/cluster\n\ngo 1.26\n\nrequire (\n\tk8s.io/kubernetes v1.36.3\n)\n")
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOPROXY", "off")
	var said []string
	first, err := Locate(t.Context(), func(line string) { said = append(said, line) })
	if err != nil {
		t.Fatal(err)
	}
	if len(said) < 2 || !strings.Contains(said[0], "4 minutes") {
		t.Errorf("it said %q", said)
	}
	said = nil
	if again, err := Locate(t.Context(), func(line string) { said = append(said, line) }); err != nil || again != first || len(said) > 0 {
		t.Errorf("got %q, %v, %q; want the same, in silence", again, err, said)
	}
	for _, old := range []string{"a", "b", "c", "d"} {
		path := filepath.Join(cacheDir(), old, Name)
		write(t, path, "")
		if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	prune()
	if got := cached(); len(got) == 0 || got[0] != first {
		t.Errorf("kept %q, want the newest first", got)
	}
	if n := len(cached()); n != keep {
		t.Errorf("%d states of the sources are kept, want %d", n, keep)
	}
}
