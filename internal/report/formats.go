package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/text"
)

// Format is one value of -o, for what D holds.
type Format[D any] struct {
	Name      string
	Extension string   // of a file that holds it, without the dot
	Doc       string   // what it is for, in a few words
	Commands  []string // that write it
	Write     func(io.Writer, D, Options) error
	Watch     func(io.Writer, []Line) error // writes what changed since the last look; nil where it cannot
}

// Formats is a table of formats, the default first. The help of -o, its completion,
// its check and its docs are made from it.
type Formats[D any] []Format[D]

// looking are the commands that write a Document.
var looking = []string{"audit", "preflight", "forecast", "verify"}

// Documents are the formats of a report. Adding one is one row.
var Documents = Formats[*Document]{
	{"table", "txt", "for people, at the terminal", looking, writeTable, nil},
	{"json", "json", "for scripts; what --baseline reads", looking, writeJSON, nil},
	{"yaml", "yaml", "the same as YAML", looking, writeYAML, nil},
	{"jsonl", "jsonl", "a finding a line; with --watch a change a line", looking, writeJSONL, WriteLines},
	{"sarif", "sarif", "SARIF 2.1.0, for code scanning", looking, writeSARIF, nil},
	{"junit", "xml", "JUnit XML, for CI servers", looking, writeJUnit, nil},
	{"markdown", "md", "for a comment on a merge request", looking, writeMarkdown, nil},
	{"html", "html", "one self-contained page, to be sent or printed", looking, writeHTML, nil},
	{"openreports", "yaml", "Report objects of openreports.io, for kubectl apply", looking, writeOpenReports, nil},
}

// Of are the formats that a command writes.
func (t Formats[D]) Of(command string) Formats[D] {
	return slices.DeleteFunc(slices.Clone(t), func(f Format[D]) bool { return !slices.Contains(f.Commands, command) })
}

// Names are the values of -o.
func (t Formats[D]) Names() []string {
	out := make([]string, len(t))
	for i, f := range t {
		out[i] = f.Name
	}
	return out
}

// Default is the format where none is named.
func (t Formats[D]) Default() string { return t[0].Name }

// Find is the format of that name. Its error is about usage.
func (t Formats[D]) Find(name string) (Format[D], error) {
	for _, f := range t {
		if f.Name == name {
			return f, nil
		}
	}
	names := t.Names()
	return Format[D]{}, fmt.Errorf("-o %s: unknown format%s (formats: %s)", name, text.DidYouMean(name, names), strings.Join(names, ", "))
}

// Write writes d in the format of that name.
func (t Formats[D]) Write(w io.Writer, name string, d D, o Options) error {
	f, err := t.Find(name)
	if err != nil {
		return err
	}
	harmless(d)
	if err := f.Write(w, d, o); err != nil {
		return fmt.Errorf("writing the output: %w", err)
	}
	return nil
}
