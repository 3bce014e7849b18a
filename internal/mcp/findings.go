package mcp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
)

// FindingsIn says which findings are asked for.
type FindingsIn struct {
	Namespace string `json:"namespace,omitempty" jsonschema:"those about objects of this namespace only"`
	Severity  Level  `json:"severity,omitempty" jsonschema:"those of this severity and above"`
	Probe     string `json:"probe,omitempty" jsonschema:"those of this probe only, by its id"`
	Page      int    `json:"page,omitempty" jsonschema:"which page of the list, from 1"`
	Limit     int    `json:"limit,omitempty" jsonschema:"findings on a page: 50 where it is left out, at most 100"`
}

// FindingsOut is a page of findings, severest first.
type FindingsOut struct {
	Head
	Summary  report.Summary `json:"summary" jsonschema:"of all findings, whatever was asked for"`
	Total    int            `json:"total" jsonschema:"findings that were asked for, on all pages"`
	Page     int            `json:"page"`
	Pages    int            `json:"pages"`
	Findings []Brief        `json:"findings"`
}

// Brief is a finding in a list.
type Brief struct {
	ID       finding.ID       `json:"id"`
	Probe    finding.ProbeID  `json:"probe"`
	Severity finding.Severity `json:"severity"`
	Grade    finding.Grade    `json:"grade"`
	Subject  string           `json:"subject"`
	Summary  string           `json:"summary"`
	Since    *time.Time       `json:"since,omitempty"`
	Known    string           `json:"known,omitempty" jsonschema:"why it does not count: a baseline or a waiver has it"`
	Causes   []finding.ID     `json:"causes,omitempty" jsonschema:"the findings that explain it: fix those"`
	Explains int              `json:"explains,omitempty" jsonschema:"how many findings it explains"`
	Fixes    []string         `json:"fixes,omitempty" jsonschema:"ids for the tool plan"`
}

const (
	usualFindings, mostFindings = 50, 100
	maxSummary                  = 600
)

func (s *server) findings(ctx context.Context, in FindingsIn) (*FindingsOut, error) {
	limit, err := atMost(in.Limit, usualFindings, mostFindings, "limit")
	if err != nil {
		return nil, err
	}
	if in.Page < 0 {
		return nil, fmt.Errorf("page %d: pages are counted from 1", in.Page)
	}
	if _, known := s.Page(finding.ProbeID(in.Probe)); in.Probe != "" && !known {
		return nil, fmt.Errorf("there is no probe %q", in.Probe)
	}
	r, _, err := s.look.settled(ctx, s.FirstLook)
	if err != nil {
		return nil, err
	}
	d := s.Document(r)
	list := in.chosen(d.Findings)
	out := &FindingsOut{Head: headOf(r, d), Summary: d.Summary, Total: len(list), Page: max(in.Page, 1), Pages: (len(list) + limit - 1) / limit, Findings: []Brief{}}
	from := min((out.Page-1)*limit, len(list))
	for _, f := range list[from:min(from+limit, len(list))] {
		out.Findings = append(out.Findings, briefOf(f, r))
	}
	return out, nil
}

// chosen are the findings that are asked for.
func (in FindingsIn) chosen(all []report.Finding) (out []*report.Finding) {
	least, _ := finding.ParseSeverity(string(in.Severity)) // the schema knows the words; none is the least
	for i := range all {
		f := &all[i]
		switch {
		case in.Namespace != "" && f.Subject.Namespace != in.Namespace,
			in.Probe != "" && string(f.Probe) != in.Probe,
			in.Severity != "" && f.Severity < least:
		default:
			out = append(out, f)
		}
	}
	return out
}

func briefOf(f *report.Finding, r *engine.Report) Brief {
	b := Brief{
		ID: f.ID, Probe: f.Probe, Severity: f.Severity, Grade: f.Grade, Subject: f.Subject.String(), Summary: sanitize.Line(f.Summary, maxSummary),
		Since: f.Since, Known: sanitize.Line(f.Known, maxSummary), Causes: bounded(f.Causes), Explains: len(r.Symptoms[f.ID]),
	}
	for _, x := range f.Fixes {
		b.Fixes = append(b.Fixes, x.ID)
	}
	return b
}

// maxIDs bounds a list of ids.
const maxIDs = 50

func bounded(ids []finding.ID) []finding.ID { return slices.Clone(ids[:min(len(ids), maxIDs)]) }

// FindingIn names a finding.
type FindingIn struct {
	ID string `json:"id" jsonschema:"the id of a finding, as the tool findings lists it"`
}

// FindingOut is one finding, whole.
type FindingOut struct {
	Head
	Finding  report.Finding `json:"finding"`
	Explains []finding.ID   `json:"explains,omitempty" jsonschema:"the findings that it explains"`
	Page     string         `json:"page,omitempty" jsonschema:"what the probe looks for, what it cannot see, and how to fix it by hand"`
}

func (s *server) finding(ctx context.Context, in FindingIn) (*FindingOut, error) {
	r, _, err := s.look.settled(ctx, s.FirstLook)
	if err != nil {
		return nil, err
	}
	d := s.Document(r)
	i := slices.IndexFunc(d.Findings, func(f report.Finding) bool { return string(f.ID) == in.ID })
	if i < 0 {
		return nil, s.noFinding(in.ID, d)
	}
	f := d.Findings[i]
	page, _ := s.Page(f.Probe)
	return &FindingOut{Head: headOf(r, d), Finding: brief(f), Explains: bounded(r.Symptoms[f.ID]), Page: page}, nil
}

// noFinding says that there is no such finding, or that it may be where nobody could look.
func (s *server) noFinding(id string, d *report.Document) error {
	var ids []string
	for _, f := range d.Findings[:min(len(d.Findings), 2000)] {
		ids = append(ids, string(f.ID))
	}
	said := fmt.Sprintf("there is no finding %q at present%s; the tool findings lists them", id, text.DidYouMean(id, ids))
	if d.Partial() {
		said += "; the look was partial: " + strings.Join(d.Incomplete()[:1], "")
	}
	return fmt.Errorf("%s", said)
}

// The bounds of the lists of one finding.
const maxEvidence, maxSteps = 50, 50

// brief is a finding with lists and texts that are bounded.
func brief(f report.Finding) report.Finding {
	sanitize.Each(&f, func(_, s string) string { return sanitize.Text(s, maxText) })
	f.Causes = bounded(f.Causes)
	f.Evidence = f.Evidence[:min(len(f.Evidence), maxEvidence)]
	f.Fixes = f.Fixes[:min(len(f.Fixes), maxIDs)]
	for i := range f.Fixes {
		f.Fixes[i].Steps = f.Fixes[i].Steps[:min(len(f.Fixes[i].Steps), maxSteps)]
	}
	return f
}
