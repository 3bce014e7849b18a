package source

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skip(err)
	}
}

func names(c *Chart) (out []string) {
	for _, f := range c.Files {
		out = append(out, f.Name)
	}
	return out
}

func TestAFolderIsReadAsHelmReadsIt(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"Chart.yaml": "\xef\xbb\xbfname: x\n", "templates/a.yaml": "a", "templates/.hidden": "h", "notes/keep.txt": "k", "notes/drop.txt": "d",
		"junk/large": strings.Repeat("x", 100), ".helmignore": "junk/\n*/drop.txt\n", "charts/sub/Chart.yaml": "name: s\n",
	})
	link(t, "a.yaml", filepath.Join(dir, "templates", "b.yaml"))
	link(t, "notes", filepath.Join(dir, "again"))
	c, err := Read(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".helmignore", "Chart.yaml", "again/keep.txt", "charts/sub/Chart.yaml", "notes/keep.txt", "templates/a.yaml", "templates/b.yaml"}
	if got := names(c); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if string(c.Files[1].Data) != "name: x\n" || string(c.Files[6].Data) != "a" {
		t.Errorf("%q", c.Files)
	}
}

func TestHostileFolders(t *testing.T) {
	outside := t.TempDir()
	write(t, outside, map[string]string{"passwd": "root"})
	for name, c := range map[string]struct {
		make func(dir string)
		want string
	}{
		"a link to a file outside":    {func(dir string) { link(t, filepath.Join(outside, "passwd"), filepath.Join(dir, "templates", "x")) }, "leads out of the chart"},
		"a relative link outside":     {func(dir string) { link(t, "../../../../../../etc/hosts", filepath.Join(dir, "templates", "x")) }, "leads out of the chart"},
		"a link to a folder outside":  {func(dir string) { link(t, outside, filepath.Join(dir, "charts")) }, "leads out of the chart"},
		"a .helmignore outside":       {func(dir string) { link(t, filepath.Join(outside, "passwd"), filepath.Join(dir, ".helmignore")) }, "leads out of the chart"},
		"a link to nowhere":           {func(dir string) { link(t, "nothing", filepath.Join(dir, "x")) }, "leads nowhere"},
		"a link to the folder itself": {func(dir string) { link(t, "..", filepath.Join(dir, "templates", "x")) }, "symbolic links"},
		"a large file":                {func(dir string) { write(t, dir, map[string]string{"x": strings.Repeat("x", maxFile+1)}) }, "larger than 5 MiB"},
		"a sparse file": {func(dir string) {
			write(t, dir, map[string]string{"x": ""})
			if err := os.Truncate(filepath.Join(dir, "x"), 1<<40); err != nil {
				t.Skip(err)
			}
		}, "larger than 5 MiB"},
		"many large files": {func(dir string) {
			for _, letter := range "abcdefghijklmn" {
				write(t, dir, map[string]string{string(letter): strings.Repeat("x", maxFile)})
			}
		}, "larger than 64 MiB"},
		"a device": {func(dir string) {
			if runtime.GOOS == "windows" || os.Getuid() != 0 {
				t.Skip("only root makes devices")
			}
			node(t, filepath.Join(dir, "x"))
		}, "neither a file nor a folder"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"Chart.yaml": "name: x\n", "templates/a.yaml": "a"})
			c.make(dir)
			if _, err := Read(t.Context(), dir, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestHostileFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"large.tgz": ""})
	if err := os.Truncate(filepath.Join(dir, "large.tgz"), 1<<40); err != nil {
		t.Skip(err)
	}
	if _, err := Read(t.Context(), filepath.Join(dir, "large.tgz"), Options{}); err == nil || !strings.Contains(err.Error(), "larger than 32 MiB") {
		t.Error(err)
	}
	if runtime.GOOS != "windows" {
		pipe(t, filepath.Join(dir, "pipe"))
		if _, err := Read(t.Context(), filepath.Join(dir, "pipe"), Options{}); err == nil || !strings.Contains(err.Error(), "neither a folder nor an archive") {
			t.Error(err)
		}
	}
}
