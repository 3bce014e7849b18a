// Package rooms holds the project to what ARCHITECTURE.md says of it: which packages
// there are, what each may import, and how long a file may be.
package rooms

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module       = "github.com/careen-tui/careen"
	root         = "../.."
	architecture = root + "/ARCHITECTURE.md"
)

// everything is what a row says that may import all of the project's packages.
const everything = "everything of ours"

// room is a row of the table: packages that may import the same.
type room struct {
	packages  []string // relative to the module; "" is its top
	own       []string // packages of the project, in the same form; nil with all set
	all       bool     // may import everything of ours
	libraries []string // paths, which cover what is below them
}

// table is the table of rooms in ARCHITECTURE.md.
func table(t *testing.T) []room {
	t.Helper()
	text, err := os.ReadFile(architecture)
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := parse(string(text))
	if err != nil {
		t.Fatalf("%s: %v", architecture, err)
	}
	return rooms
}

// parse reads the rows "| `package`, `package` | what it holds | `package`, `library` |".
// In the last cell a package is named without internal/.
func parse(text string) (rooms []room, err error) {
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		var r room
		for _, name := range quoted(cells[1]) {
			if name == "main.go" {
				name = ""
			}
			r.packages = append(r.packages, strings.TrimSuffix(name, "/"))
		}
		r.all = strings.Contains(cells[3], everything)
		for _, name := range quoted(cells[3]) {
			if strings.Contains(strings.Split(name, "/")[0], ".") {
				r.libraries = append(r.libraries, name)
			} else {
				r.own = append(r.own, name)
			}
		}
		rooms = append(rooms, r)
	}
	if len(rooms) == 0 {
		return nil, errors.New("there is no table of rooms")
	}
	return rooms, resolve(rooms)
}

// resolve spells out the packages that rows name without internal/.
func resolve(rooms []room) error {
	known := map[string]bool{}
	for _, r := range rooms {
		for _, name := range r.packages {
			known[name] = true
		}
	}
	for _, r := range rooms {
		for i, name := range r.own {
			switch {
			case known["internal/"+name]:
				r.own[i] = "internal/" + name
			case !known[name]:
				return fmt.Errorf("the row of %s allows %s, which has no row", r, name)
			}
		}
	}
	return nil
}

// quoted are the words between backquotes.
func quoted(cell string) (words []string) {
	for i, part := range strings.Split(cell, "`") {
		if i%2 == 1 {
			words = append(words, part)
		}
	}
	return words
}

// permits reports whether the room may import a path, and by which of its words.
func (r room) permits(path string) (word string, ok bool) {
	if own, ours := strings.CutPrefix(path, module+"/"); ours {
		return own, r.all || slices.Contains(r.own, own)
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return "", true // the standard library
	}
	for _, library := range r.libraries {
		if path == library || strings.HasPrefix(path, library+"/") {
			return library, true
		}
	}
	return "", false
}

func (r room) String() string { return strings.Join(r.packages, ", ") }

// inModule is a path of a package, as go list prints it.
func inModule(name string) string {
	if name == "" {
		return module
	}
	return module + "/" + name
}

// sources are the Go files of both modules, relative to the top.
func sources(t *testing.T) (files []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "dist") {
			return filepath.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(name, ".go") {
			relative, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			files = append(files, filepath.ToSlash(relative))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d Go files below %s", len(files), root)
	}
	return files
}
