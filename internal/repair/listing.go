package repair

import (
	"encoding/json"
	"io"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/styled"
)

// Listing is the journal as scripts read it.
type Listing struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Entries    []Listed `json:"entries"` // in the order of the journal
	Notes      []string `json:"notes"`   // what is not known, not shown and not read

	text []styled.Para
}

// Listed is one entry of it. Whatever it holds is a stranger's word, unless it is Own.
type Listed struct {
	ID        string       `json:"id"`
	State     string       `json:"state"`
	Detail    string       `json:"detail,omitempty"` // what that means
	Advice    string       `json:"advice,omitempty"` // the commands that can be given
	At        time.Time    `json:"at"`
	Own       bool         `json:"own"`
	By        string       `json:"by"`
	Host      string       `json:"host"`
	Namespace string       `json:"namespace"`
	Title     string       `json:"title"`
	Risk      string       `json:"risk,omitempty"`
	Findings  []finding.ID `json:"findings"`
	Fixes     []string     `json:"fixes"`
	Undoable  bool         `json:"undoable"`
	UndoOf    string       `json:"undoOf,omitempty"`
	Proof     string       `json:"proof,omitempty"`
	Steps     []ListedStep `json:"steps"`
}

// ListedStep is one write of an entry.
type ListedStep struct {
	Verb    Verb       `json:"verb"`
	Ref     model.Ref  `json:"ref"`
	Summary string     `json:"summary"`
	Done    *time.Time `json:"done,omitempty"`
}

// Listings are the formats of a journal.
var Listings = report.Formats[*Listing]{
	{Name: "table", Extension: "txt", Doc: "for people, at the terminal", Commands: []string{"journal"}, Write: func(w io.Writer, l *Listing, _ report.Options) error {
		_, err := io.WriteString(w, styled.Plain(l.text))
		return err
	}},
	{Name: "json", Extension: "json", Doc: "for scripts", Commands: []string{"journal"}, Write: func(w io.Writer, l *Listing, _ report.Options) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(l)
	}},
}

// Listing is the journal on paper. Lists are never nil.
func (j Journal) Listing() *Listing {
	l := &Listing{
		APIVersion: report.APIVersion, Kind: "Journal",
		Entries: make([]Listed, 0, len(j.Entries)), Notes: append([]string{}, j.Notes()...), text: j.Text(j.Now),
	}
	for _, e := range j.Entries {
		s := e.Standing(j.Now)
		out := Listed{
			ID: e.ID, State: s.State, Detail: s.Detail, Advice: s.Advice, At: e.At.UTC(), Own: e.Own, By: e.By, Host: e.Host, Namespace: e.Namespace,
			Title: e.Title, Findings: append([]finding.ID{}, e.Findings...), Fixes: append([]string{}, e.Fixes...), Undoable: s.Usable,
			UndoOf: e.UndoOf, Proof: safe(e.Proof.Text), Steps: make([]ListedStep, 0, len(e.Writes)),
		}
		if e.Risk != 0 {
			out.Risk = e.Risk.String()
		}
		for i, w := range e.Writes {
			step := ListedStep{Verb: w.Verb, Ref: w.Ref, Summary: safe(w.Summary)}
			if did, ok := e.Progress[i+1]; ok && !did.At.IsZero() {
				at := did.At.UTC()
				step.Done = &at
			}
			out.Steps = append(out.Steps, step)
		}
		l.Entries = append(l.Entries, out)
	}
	return l
}
