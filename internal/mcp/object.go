package mcp

import (
	"context"
	"time"

	"github.com/careen-tui/careen/internal/about"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
)

// logsWithin is how long the logs of an object may take.
const logsWithin = time.Minute

// AboutOut is what is known of one object.
type AboutOut struct {
	Head
	About    model.Ref `json:"about"`
	State    string    `json:"state,omitempty" jsonschema:"in a few words"`
	Findings []Touch   `json:"findings" jsonschema:"those that touch it, nearest first"`
	More     int       `json:"more,omitempty" jsonschema:"findings that touch it and are not listed"`
	Which    string    `json:"whichLogs" jsonschema:"whose logs were read"`
	Logs     []LogSays `json:"logs" jsonschema:"what they say; those that tell of something wrong come first"`
	Left     int       `json:"left,omitempty" jsonschema:"containers whose logs were not read"`
}

// Touch is a finding that touches an object.
type Touch struct {
	How about.How `json:"how" jsonschema:"about it, explains the above, names it in its evidence, or is about what it is joined to"`
	Brief
}

// LogSays is what the log of one container says.
type LogSays struct {
	Pod       model.Ref         `json:"pod"`
	Container string            `json:"container"`
	Previous  bool              `json:"previous,omitempty" jsonschema:"it is the log of the run before the present one"`
	At        *time.Time        `json:"at,omitempty" jsonschema:"when the line was written"`
	Says      string            `json:"says" jsonschema:"in words, joined to the objects that the line names; no proof"`
	Known     bool              `json:"known" jsonschema:"whether the log was read"`
	Line      string            `json:"line,omitempty" jsonschema:"the line that tells most"`
	Facts     []report.Evidence `json:"facts,omitempty" jsonschema:"what of the cluster belongs to it"`
	Found     []finding.ID      `json:"found,omitempty" jsonschema:"findings that would explain it"`
}

func (s *server) object(ctx context.Context, in ObjectIn) (*AboutOut, error) {
	r, _, err := s.look.settled(ctx, s.FirstLook)
	if err != nil {
		return nil, err
	}
	ref, err := in.find(r)
	if err != nil {
		return nil, err
	}
	logs := about.LogsOf(r, ref)
	o := about.Of(r, ref, logs, s.Logs.Said(ctx, logs.Runs))
	d := s.Document(r)
	out := &AboutOut{Head: headOf(r, d), About: ref, State: o.State, Findings: []Touch{}, More: o.More, Which: logs.Which(), Logs: []LogSays{}, Left: logs.Left}
	byID := map[finding.ID]*report.Finding{}
	for i := range d.Findings {
		byID[d.Findings[i].ID] = &d.Findings[i]
	}
	for _, t := range o.Touch {
		if f := byID[t.ID()]; f != nil {
			out.Findings = append(out.Findings, Touch{t.How, briefOf(f, r)})
		}
	}
	for i := range o.Says {
		out.Logs = append(out.Logs, saysOf(&o.Says[i]))
	}
	return out, nil
}

func saysOf(s *about.Says) LogSays {
	out := LogSays{Pod: s.Pod, Container: s.Container, Previous: s.Previous, Says: s.Words, Known: !s.Unknown()}
	if s.Words == "" {
		out.Says = s.Quiet()
		return out
	}
	if !s.At.IsZero() {
		at := s.At.UTC()
		out.At = &at
	}
	out.Line = s.Telling.Line
	for _, e := range s.Evidence[1:] {
		out.Facts = append(out.Facts, report.Evidence{Ref: e.Ref, Path: e.Path, Value: e.Value, Note: e.Note})
	}
	for _, f := range s.Causes {
		out.Found = append(out.Found, f.ID())
	}
	return out
}
