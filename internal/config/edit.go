package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Edit is a change of the configuration file that is not written yet.
type Edit struct {
	Path          string
	Before, After string
	Absent        bool  // there is no such file yet
	File          *File // as it is read once it is written
}

// ErrChanged is why an edit is not written.
var ErrChanged = errors.New("the file was changed meanwhile: look at the change again")

// Accept adds waivers to the file as it is at present, and leaves every other byte alone.
func (f *File) Accept(list []Waiver) (*Edit, error) {
	items := make([]waiverItem, len(list))
	for i, w := range list {
		items[i] = waiverItem{w.Probe, w.Subject, w.Context, w.Reason, w.Last()}
	}
	raw, err := yaml.Marshal(items)
	if err != nil {
		return nil, fmt.Errorf("writing a waiver: %w", err)
	}
	return f.edit(func(text string, section *yaml.Node) (string, error) { return withItems(text, section, string(raw)) })
}

// Recall takes the waivers out of the file, as it is at present, for which is is true.
func (f *File) Recall(is func(Waiver) bool) (*Edit, error) {
	return f.edit(func(text string, section *yaml.Node) (string, error) {
		now, err := f.parsed([]byte(text))
		if err != nil {
			return "", err
		}
		var gone []string
		for _, w := range now.Waivers {
			if is(w) {
				gone = append(gone, w.Where)
			}
		}
		if len(gone) == 0 || section == nil {
			return "", errors.New("the file holds no such waiver any more")
		}
		d := decoder{file: now}
		return withoutItems(text, section, func(item *yaml.Node) bool { return slices.Contains(gone, d.at(item)) })
	})
}

// waiverItem is how a waiver is written.
type waiverItem struct {
	Probe   string `yaml:"probe"`
	Subject string `yaml:"subject"`
	Context string `yaml:"context,omitempty"`
	Reason  string `yaml:"reason"`
	Until   string `yaml:"until,omitempty"`
}

// edit changes the text of the file, and makes sure that the result is read again.
func (f *File) edit(change func(text string, section *yaml.Node) (string, error)) (*Edit, error) {
	raw, err := readBounded(f.source.path, limit)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	if _, err := f.parsed(raw); err != nil {
		return nil, err // it was broken since it was read
	}
	section, err := waiversIn(raw)
	if err != nil {
		return nil, err
	}
	after, err := change(string(raw), section)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.source.path, err)
	}
	file, err := f.parsed([]byte(after))
	if err != nil {
		return nil, fmt.Errorf("%s: it is written in a way that careen cannot edit: change it by hand (%w)", f.source.path, err)
	}
	return &Edit{Path: f.source.path, Before: string(raw), After: after, Absent: raw == nil, File: file}, nil
}

// parsed reads another content of the same file.
func (f *File) parsed(raw []byte) (*File, error) {
	out, err := parse(f.source.path, raw, f.source.builtin, f.source.columns)
	if err == nil {
		out.source = f.source
	}
	return out, err
}

// waiversIn is the section of waivers of a file: nil where it has none.
func waiversIn(raw []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	root := follow(doc.Content[0])
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "waivers" {
			section := root.Content[i+1]
			if section.Tag == "!!null" && section.Line == 0 { // nothing is written there
				section.Line = root.Content[i].Line
			}
			return section, nil
		}
	}
	return nil, nil
}

// Write writes the edit, unless the file is not what the edit was made of any more. A
// symbolic link stays one, and the file keeps its mode.
func (e *Edit) Write() error {
	path, mode := e.Path, fs.FileMode(0o600)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	now, err := readBounded(path, limit)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("writing the configuration: %w", err)
		}
	case err != nil:
		return fmt.Errorf("reading the configuration: %w", err)
	default:
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm()
		}
	}
	if !bytes.Equal(now, []byte(e.Before)) {
		return fmt.Errorf("%s: %w", e.Path, ErrChanged)
	}
	if err := replaceFile(path, e.After, mode); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	return nil
}

// replaceFile puts a whole file in the place of another, so that nobody reads half of it.
func replaceFile(path, text string, mode fs.FileMode) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".careen-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
		}
	}()
	_, err = temp.WriteString(text)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}
