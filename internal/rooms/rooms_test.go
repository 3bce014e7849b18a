package rooms

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// longest is how many lines a Go file may have, a test as well.
const longest = 400

func TestNoFileIsTooLong(t *testing.T) {
	for _, file := range sources(t) {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n > longest {
			t.Errorf("%s has %d lines, more than %d: part it by what its functions are about", file, n, longest)
		}
	}
}

func TestMainIsAloneAtTheTop(t *testing.T) {
	for _, file := range sources(t) {
		if !strings.Contains(file, "/") && file != "main.go" {
			t.Errorf("%s stands beside main.go: commands live in internal/command", file)
		}
	}
}

// listed is a package as go list prints it.
type listed struct {
	ImportPath string
	Imports    []string
}

// packages lists those of the main module, with what the files import that are built
// on any of these systems, tests aside.
func packages(t *testing.T) (list []listed) {
	t.Helper()
	imports := map[string][]string{}
	for _, system := range []string{"linux", "darwin"} {
		cmd := exec.Command("go", "list", "-tags=e2e,bench", "-json=ImportPath,Imports", "./...")
		cmd.Dir, cmd.Env = root, append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		if err != nil {
			var exit *exec.ExitError
			if errors.As(err, &exit) {
				t.Fatalf("go list: %v\n%s", err, exit.Stderr)
			}
			t.Fatal(err)
		}
		for d := json.NewDecoder(bytes.NewReader(out)); ; {
			var p listed
			err := d.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			imports[p.ImportPath] = append(imports[p.ImportPath], p.Imports...)
		}
	}
	for path, of := range imports {
		slices.Sort(of)
		list = append(list, listed{path, slices.Compact(of)})
	}
	slices.SortFunc(list, func(a, b listed) int { return strings.Compare(a.ImportPath, b.ImportPath) })
	return list
}

func TestEveryPackageIsARoomAndImportsOnlyWhatItMay(t *testing.T) {
	for _, complaint := range compare(table(t), packages(t)) {
		t.Error(complaint)
	}
}

// compare says where the table and the packages differ: a package without a row or
// with two, a row without its package, an import that is not allowed, and an allowed
// one that nobody needs.
func compare(rooms []room, list []listed) (complaints []string) {
	say := func(words ...string) { complaints = append(complaints, strings.Join(words, " ")) }
	of, needed := map[string]int{}, map[int]map[string]bool{}
	for i, r := range rooms {
		needed[i] = map[string]bool{}
		for _, name := range r.packages {
			if _, twice := of[inModule(name)]; twice {
				say(inModule(name), "has two rows in ARCHITECTURE.md")
			}
			of[inModule(name)] = i
		}
	}
	seen := map[string]bool{}
	for _, p := range list {
		seen[p.ImportPath] = true
		i, ok := of[p.ImportPath]
		if !ok {
			say(p.ImportPath, "has no row in the table of rooms in ARCHITECTURE.md")
			continue
		}
		for _, path := range p.Imports {
			word, ok := rooms[i].permits(path)
			if !ok {
				say(p.ImportPath, "imports", path+", which its row in ARCHITECTURE.md does not allow")
			}
			needed[i][word] = true
		}
	}
	for i, r := range rooms {
		for _, name := range r.packages {
			if !seen[inModule(name)] {
				say("ARCHITECTURE.md has a row for", inModule(name)+", which does not exist")
			}
		}
		for _, word := range slices.Concat(r.own, r.libraries) {
			if !needed[i][word] {
				say("the row of", r.String(), "in ARCHITECTURE.md allows", word+", which nothing of it imports")
			}
		}
	}
	return complaints
}

func TestComparisonNamesWhatIsWrong(t *testing.T) {
	const rows = "| room | holds | may import |\n|---|---|---|\n" +
		"| `main.go` | x | `a` |\n| `internal/a`, `internal/a/below` | x | `gone`, `k8s.io/api` |\n| `gone` | x | |\n| `top` | x | everything of ours, `k8s.io/api` |\n"
	rooms, err := parse(rows)
	if err != nil {
		t.Fatal(err)
	}
	got := compare(rooms, []listed{
		{module, []string{"os", module + "/internal/a"}},
		{module + "/internal/a", []string{"k8s.io/api/core/v1", "k8s.io/apimachinery/pkg/types", module + "/top"}},
		{module + "/internal/a/below", nil},
		{module + "/internal/new", nil},
		{module + "/top", []string{module + "/internal/a", "k8s.io/api/apps/v1"}},
	})
	for _, want := range []string{
		"internal/a imports k8s.io/apimachinery/pkg/types, which",
		"internal/a imports " + module + "/top, which",
		"internal/new has no row",
		"row for " + module + "/gone, which does not exist",
		"internal/a, internal/a/below in ARCHITECTURE.md allows gone, which",
	} {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("%q is not said: %q", want, got)
		}
	}
	if len(got) != 5 {
		t.Errorf("%d complaints: %q", len(got), got)
	}
	for _, bad := range []string{"no table", "| `a` | x | `nowhere` |\n"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
