package report

import (
	"encoding/json"
	"io"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
)

// Change says what became of a finding between two looks.
type Change string

// The changes, in the words of the contract.
const (
	Appeared Change = "new"
	Altered  Change = "changed"
	Resolved Change = "resolved"
)

// Line is one line of jsonl.
type Line struct {
	Change  Change    `json:"change"`
	At      time.Time `json:"at"`
	Finding Finding   `json:"finding"`
}

// Changes lists what differs between two documents: what is new or changed in the
// order of after, then what was resolved in the order of before. A nil before
// makes every finding new.
func Changes(before, after *Document) []Line {
	was := map[finding.ID]*Finding{}
	if before != nil {
		for i := range before.Findings {
			was[before.Findings[i].ID] = &before.Findings[i]
		}
	}
	var out []Line
	for i := range after.Findings {
		f := &after.Findings[i]
		old := was[f.ID]
		delete(was, f.ID)
		switch {
		case old == nil:
			out = append(out, Line{Appeared, after.CompletedAt, *f})
		case !reflect.DeepEqual(timeless(old), timeless(f)):
			out = append(out, Line{Altered, after.CompletedAt, *f})
		}
	}
	if before != nil {
		for i := range before.Findings {
			if f := &before.Findings[i]; was[f.ID] != nil {
				out = append(out, Line{Resolved, after.CompletedAt, *f})
			}
		}
	}
	return out
}

// ages are how probes.Steps writes a duration.
var ages = regexp.MustCompile(`\b(under 1m|\d+d\d+h|\d+[mhd])\b`)

// Ageless is a sentence without the ages in it.
func Ageless(s string) string { return ages.ReplaceAllString(s, "") }

// timeless is a finding without the ages in its sentences: that time passes is no
// change. Values of evidence stay as they are, since a quantity may read like an age.
func timeless(f *Finding) Finding {
	out := *f
	out.Summary = Ageless(f.Summary)
	out.Evidence = slices.Clone(f.Evidence)
	for i := range out.Evidence {
		out.Evidence[i].Note = Ageless(out.Evidence[i].Note)
	}
	out.Fixes = slices.Clone(f.Fixes)
	for i := range out.Fixes {
		out.Fixes[i].Note = Ageless(out.Fixes[i].Note)
	}
	return out
}

// WriteLines writes one JSON object a line.
func WriteLines(w io.Writer, lines []Line) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range lines {
		harmless(&lines[i])
		if err := enc.Encode(lines[i]); err != nil {
			return err
		}
	}
	return nil
}

// writeJSONL writes a single look as the first lines of a watch: all is new.
func writeJSONL(w io.Writer, d *Document, _ Options) error { return WriteLines(w, Changes(nil, d)) }
