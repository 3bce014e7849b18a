package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/inspect"
)

// maxManifests bounds what is read of one file of manifests.
const maxManifests = 16 << 20

// manifests reads the objects of files as kubectl apply -f takes them: a file, the files
// of a folder, or standard input.
func manifests(s Streams, paths []string) ([]inspect.Object, error) {
	var out []inspect.Object
	take := func(name string, r io.Reader) error {
		b, err := io.ReadAll(io.LimitReader(r, maxManifests+1))
		if err != nil {
			return fmt.Errorf("reading %s: %w", name, err)
		}
		if len(b) > maxManifests {
			return usageError(fmt.Errorf("%s is larger than %d MiB", name, maxManifests>>20))
		}
		list, trouble := inspect.Parse(string(b))
		if len(trouble) > 0 {
			return usageError(fmt.Errorf("%s: %s", name, strings.Join(trouble, "; ")))
		}
		out = append(out, list...)
		return nil
	}
	for _, path := range paths {
		if path == "-" {
			if err := take("standard input", s.In); err != nil {
				return nil, err
			}
			continue
		}
		names, err := manifestFiles(path)
		if err != nil {
			return nil, usageError(err)
		}
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				return nil, usageError(err)
			}
			err = take(name, f)
			f.Close()
			if err != nil {
				return nil, err
			}
		}
	}
	if len(out) == 0 {
		return nil, usageError(fmt.Errorf("-f %s: there is no object in it", strings.Join(paths, ", ")))
	}
	return out, nil
}

// manifestFiles are the files that kubectl would read of a path: itself, or those of a
// folder that end in .yaml, .yml or .json.
func manifestFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(e.Name())) && !e.IsDir() {
			out = append(out, filepath.Join(path, e.Name()))
		}
	}
	return out, nil
}
