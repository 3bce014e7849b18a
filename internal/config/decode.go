package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
)

// parse reads a configuration. Path is for messages only.
func parse(path string, raw []byte, builtin []finding.ProbeID, columns map[string][]string) (*File, error) {
	d := decoder{&File{Path: path}, slices.Clone(builtin), columns, strings.Split(string(raw), "\n")}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return d.file, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: it holds more than one document", path)
	}
	if err := d.ownProbes(doc.Content[0]); err != nil { // before the waivers that name them
		return nil, err
	}
	err := d.fields(doc.Content[0], map[string]func(*yaml.Node) error{
		"keys": d.keys, "theme": d.theme, "columns": d.columns, "thresholds": d.thresholds, "waivers": d.waivers, "filters": d.filters,
		"probes": func(*yaml.Node) error { return nil },
	})
	if err != nil {
		return nil, err
	}
	if _, err := d.file.Keymap(); err != nil {
		return nil, err
	}
	return d.file, nil
}

type decoder struct {
	file  *File
	known []finding.ProbeID
	panes map[string][]string // columns, by pane
	lines []string            // of the file
}

// at is a node's place, for errors.
func (d decoder) at(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", d.file.Path, n.Line, n.Column)
}

func (d decoder) wrong(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %s", d.at(n), fmt.Sprintf(format, args...))
}

// each calls f for the entries of a mapping; an empty node has none. A doubled key
// is an error.
func (d decoder) each(n *yaml.Node, f func(key, value *yaml.Node) error) error {
	n = follow(n)
	if n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return d.wrong(n, "a mapping is wanted here, not %s", describe(n))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return d.wrong(key, "a name is wanted here, not %s", describe(key))
		}
		if seen[key.Value] {
			return d.wrong(key, "%s is set twice", key.Value)
		}
		seen[key.Value] = true
		if err := f(key, follow(n.Content[i+1])); err != nil {
			return err
		}
	}
	return nil
}

// fields reads a mapping whose names are known.
func (d decoder) fields(n *yaml.Node, known map[string]func(*yaml.Node) error) error {
	return d.each(n, func(key, value *yaml.Node) error {
		read := known[key.Value]
		if read == nil {
			names := make([]string, 0, len(known))
			for name := range known {
				names = append(names, name)
			}
			slices.Sort(names)
			return d.wrong(key, "unknown field %q; known are %s", key.Value, strings.Join(names, ", "))
		}
		return read(value)
	})
}

// text reads a scalar that is not empty.
func (d decoder) text(n *yaml.Node, into *string) error {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || strings.TrimSpace(n.Value) == "" {
		return d.wrong(n, "a text is wanted here, not %s", describe(n))
	}
	*into = strings.TrimSpace(n.Value)
	return nil
}

// list reads a list of texts, or one text.
func (d decoder) list(n *yaml.Node) (out []string, err error) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, item := range items {
		var s string
		if err := d.text(follow(item), &s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (d decoder) keys(n *yaml.Node) error {
	return d.each(n, func(key, value *yaml.Node) error {
		list, err := d.list(value)
		d.file.Keys = append(d.file.Keys, keymap.Override{Action: key.Value, Keys: list, Where: d.at(key)})
		return err
	})
}

func (d decoder) theme(n *yaml.Node) error {
	if err := d.text(n, &d.file.Theme); err != nil {
		return err
	}
	return d.oneOf(n, "theme", d.file.Theme, Themes)
}

func (d decoder) filters(n *yaml.Node) error {
	return d.each(n, func(key, value *yaml.Node) error {
		f := Filter{Name: key.Value}
		if err := d.text(value, &f.Text); err != nil {
			return err
		}
		d.file.Filters = append(d.file.Filters, f)
		return nil
	})
}

func (d decoder) oneOf(n *yaml.Node, what, got string, known []string) error {
	if slices.Contains(known, got) {
		return nil
	}
	return d.wrong(n, "%q is not a %s; use one of %s", got, what, strings.Join(known, ", "))
}

func (d decoder) columns(n *yaml.Node) error {
	return d.each(n, func(key, value *yaml.Node) error {
		if err := d.oneOf(key, "pane with columns", key.Value, slices.Sorted(maps.Keys(d.panes))); err != nil {
			return err
		}
		names, err := d.list(value)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return d.wrong(value, "%s would have no column", key.Value)
		}
		for i, name := range names {
			if slices.Contains(names[:i], name) {
				return d.wrong(value, "column %s is listed twice", name)
			}
			if err := d.oneOf(value, "column of "+key.Value, name, d.panes[key.Value]); err != nil {
				return err
			}
		}
		if d.file.Columns == nil {
			d.file.Columns = map[string][]string{}
		}
		d.file.Columns[key.Value] = names
		return nil
	})
}

func (d decoder) thresholds(n *yaml.Node) error {
	return d.each(n, func(key, value *yaml.Node) error {
		if err := d.oneOf(key, "threshold", key.Value, probes.ThresholdNames()); err != nil {
			return err
		}
		var text string
		if err := d.text(value, &text); err != nil {
			return err
		}
		v, err := time.ParseDuration(text)
		if err != nil || v < 0 {
			return d.wrong(value, "%q is not a duration; write 90s, 15m or 168h", text)
		}
		d.file.Thresholds = append(d.file.Thresholds, Threshold{key.Value, v, d.at(value)})
		return nil
	})
}

// follow goes to what an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null" || n.Value == "":
		return "nothing"
	}
	return fmt.Sprintf("%q", n.Value)
}
