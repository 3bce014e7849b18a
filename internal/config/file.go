package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
)

// File is a configuration file. The zero File configures nothing.
type File struct {
	Path       string // empty where there is no file
	Keys       []keymap.Override
	Theme      string              // one of Themes; empty where none is named
	Columns    map[string][]string // by pane, in their order
	Thresholds []Threshold
	Waivers    []Waiver
	Filters    []Filter        // in their order
	Probes     []*probes.Probe // of the operator's own

	source source
}

// source is where a file is, or would be, and what it is read by.
type source struct {
	path    string
	builtin []finding.ProbeID
	columns map[string][]string
}

// Themes are the themes that a file may name: auto asks the terminal how many
// colours it has, the others say.
var Themes = []string{"auto", "full", "basic", "none"}

// Filter is a text that panes are filtered by, under a name.
type Filter struct{ Name, Text string }

// Threshold is a threshold under the name of its flag.
type Threshold struct {
	Name  string
	Value time.Duration
	Where string
}

// limit bounds a configuration file.
const limit = 1 << 20

// DefaultPath is $XDG_CONFIG_HOME/careen/config.yaml.
func DefaultPath() string {
	home := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(home) { // the base directory specification ignores a relative path
		home = xdg.ConfigHome
	}
	return filepath.Join(home, "careen", "config.yaml")
}

// Load reads the file at path, or at DefaultPath where path is empty. Only the
// default file may be absent. builtin are the probes that there are without it, which
// waivers may name and no probe of the file; columns are those that there are, by pane.
func Load(path string, builtin []finding.ProbeID, columns map[string][]string) (*File, error) {
	named := path != ""
	if !named {
		path = DefaultPath()
	}
	file := &File{source: source{path, builtin, columns}}
	raw, err := readBounded(path, limit)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return file, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return file.parsed(raw)
}

// Keymap is the default map with the file's keys.
func (f *File) Keymap() (*keymap.Map, error) { return keymap.Default().With(f.Keys) }

func readBounded(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("%s: larger than %d MiB, which no such file is", path, limit>>20)
	}
	return raw, nil
}
