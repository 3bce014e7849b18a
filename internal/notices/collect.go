package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Platforms are those that a release is built for: a program has code of other modules
// on each of them.
var platforms = []string{"linux", "darwin", "windows"}

// module is one of which code is built into the program.
type module struct {
	path, version string
	names         []string // of its licences, sorted
	texts         []string
}

// listed is what go list says of a package.
type listed struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// collect finds the modules of the program in dir, sorted by path, Go itself first.
func collect(dir string) ([]*module, error) {
	goroot, err := output(dir, "", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	version, err := output(dir, "", "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	library := &module{path: "Go", version: strings.TrimPrefix(strings.TrimSpace(string(version)), "go")}
	if err := library.read(strings.TrimSpace(string(goroot))); err != nil {
		return nil, err
	}
	found := map[string]*module{}
	seen := map[string]bool{}
	for _, platform := range platforms {
		raw, err := output(dir, platform, "list", "-deps", "-json=Dir,Module", ".")
		if err != nil {
			return nil, err
		}
		for decoder := json.NewDecoder(bytes.NewReader(raw)); ; {
			var p listed
			err := decoder.Decode(&p)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("reading what go list says: %w", err)
			}
			if p.Module == nil || p.Module.Main {
				continue
			}
			m := found[p.Module.Path]
			if m == nil {
				m = &module{path: p.Module.Path, version: p.Module.Version}
				found[m.path] = m
			}
			if err := m.climb(p.Dir, p.Module.Dir, seen); err != nil {
				return nil, err
			}
		}
	}
	modules := slices.SortedFunc(maps.Values(found), func(a, b *module) int { return cmp.Compare(a.path, b.path) })
	for _, m := range modules {
		if len(m.texts) == 0 {
			return nil, fmt.Errorf("%s %s has no licence text", m.path, m.version)
		}
	}
	return append([]*module{library}, modules...), nil
}

// output is what the Go toolchain prints for a platform.
func output(dir, platform string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+platform, "GOARCH=")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("go %s: %w", args[0], err)
	}
	return out, nil
}

// climb reads the licences of a package's folder and of those above it in its module:
// code that a module took over from elsewhere has its licence beside it.
func (m *module) climb(dir, top string, seen map[string]bool) error {
	for ; len(dir) >= len(top) && !seen[dir]; dir = filepath.Dir(dir) {
		seen[dir] = true
		if err := m.read(dir); err != nil {
			return err
		}
	}
	return nil
}

// licence is what files with licences and what belongs to them are called.
var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|unlicense)([-._][\w.-]*)?$`)

// read takes the texts of one folder. A NOTICE goes with a licence and names none.
func (m *module) read(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !licence.MatchString(e.Name()) || filepath.Ext(e.Name()) == ".go" || strings.HasSuffix(e.Name(), ".docs") || !e.Type().IsRegular() {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		text := strings.TrimSpace(strings.ReplaceAll(string(raw), "\r\n", "\n"))
		if text == "" || slices.Contains(m.texts, text) {
			continue
		}
		names := identify(text)
		if len(names) == 0 && !strings.HasPrefix(strings.ToLower(e.Name()), "notice") {
			return fmt.Errorf("%s %s: the licence in %s is not one that is known here", m.path, m.version, e.Name())
		}
		m.texts = append(m.texts, text)
		for _, name := range names {
			if !slices.Contains(m.names, name) {
				m.names = append(m.names, name)
			}
		}
	}
	slices.Sort(m.names)
	return nil
}
