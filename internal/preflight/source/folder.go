package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"helm.sh/helm/v3/pkg/ignore"
)

// walker reads the files of a folder, in the order and by the rules of Helm
// (pkg/chart/loader/directory.go), but for links that lead out of it.
type walker struct {
	root    *os.Root
	rules   *ignore.Rules
	files   []File
	entries int
	size    int
}

func folder(dir string) ([]File, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // it was only read
	w := &walker{root: root, rules: ignore.Empty()}
	if info, err := root.Stat(ignore.HelmIgnore); err == nil {
		text, err := w.read(ignore.HelmIgnore, info)
		if err != nil {
			return nil, err
		}
		if w.rules, err = ignore.Parse(bytes.NewReader(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", ignore.HelmIgnore, err)
		}
	}
	w.rules.AddDefaults()
	if err := w.walk("", 0); err != nil {
		return nil, err
	}
	return w.files, nil
}

func (w *walker) walk(dir string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%s: more than %d folders within each other; a link may lead back to a folder above it", dir, maxDepth)
	}
	entries, err := w.list(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if info, err := e.Info(); err == nil && w.rules.Ignore(name, info) {
			continue
		}
		info, err := w.root.Stat(name)
		if err != nil {
			return unfollowed(w.root, name, err)
		}
		if w.rules.Ignore(name, info) { // a rule may name what a link leads to: "folder/"
			continue
		}
		if info.IsDir() {
			if err := w.walk(name, depth+1); err != nil {
				return err
			}
			continue
		}
		data, err := w.read(name, info)
		if err != nil {
			return err
		}
		if w.size += len(data); w.size > maxFolder {
			return fmt.Errorf("its files are larger than %d MiB together, and no more is read; %s keeps files out", maxFolder>>20, ignore.HelmIgnore)
		}
		w.files = append(w.files, File{name, bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))})
	}
	return nil
}

// list lists a folder by name, counting what it holds.
func (w *walker) list(dir string) ([]fs.DirEntry, error) {
	f, err := w.root.Open(path.Join(".", dir))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(maxEntries + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if w.entries += len(entries); w.entries > maxEntries {
		return nil, fmt.Errorf("it holds more than %d files, and no more are read; is it a chart's folder?", maxEntries)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func (w *walker) read(name string, info fs.FileInfo) ([]byte, error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is neither a file nor a folder (%s)", name, info.Mode().Type())
	}
	f, err := w.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d MiB, and Helm takes no larger file", name, maxFile>>20)
	}
	return data, nil
}

// unfollowed explains an entry that cannot be looked at: a link out of the folder
// could have any file of this machine rendered, sent and shown.
func unfollowed(root *os.Root, name string, err error) error {
	if info, linkErr := root.Lstat(name); linkErr != nil || info.Mode()&fs.ModeSymlink == 0 {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is a symbolic link that leads nowhere", name)
	case strings.Contains(err.Error(), "escapes"): // os.Root's error has no name
		return fmt.Errorf("%s is a symbolic link that leads out of the chart's folder, and careen reads nothing there: put a copy in its place, or package the chart (helm package)", name)
	}
	return err
}
