package mcp

import (
	"context"
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/styled"
)

// PlanIn names a fix of a finding.
type PlanIn struct {
	Finding string `json:"finding" jsonschema:"the id of a finding"`
	Fix     string `json:"fix,omitempty" jsonschema:"the id of one of its fixes; the first where it is left out"`
}

// PlanOut is what a fix would write. Nothing was written, nor asked of the server but
// what objects are like now, and which rights there are.
type PlanOut struct {
	Head
	Finding finding.ID   `json:"finding"`
	Fix     string       `json:"fix"`
	Title   string       `json:"title"`
	Risk    finding.Risk `json:"risk" jsonschema:"safe, disruptive or destructive"`
	Plan    string       `json:"plan" jsonschema:"the writes as a masked diff, the rights that they need, how they are taken back and proved"`
	Needs   []string     `json:"needs,omitempty" jsonschema:"secret values that a person types when it is applied"`
	Blocked []string     `json:"blocked" jsonschema:"why it cannot be applied from here: this server only reads"`
	Command string       `json:"command" jsonschema:"what a person runs to see it again, with a server dry run, and to apply it with --yes"`
}

func (s *server) plan(ctx context.Context, in PlanIn) (*PlanOut, error) {
	r, _, err := s.look.settled(ctx, s.FirstLook)
	if err != nil {
		return nil, err
	}
	d := s.Document(r)
	f := r.Find(finding.ID(in.Finding))
	if f == nil {
		return nil, s.noFinding(in.Finding, d)
	}
	p, err := s.Planner.Plan(ctx, r, f, in.Fix, repair.Inputs{})
	if err != nil {
		return nil, err
	}
	out := &PlanOut{
		Head: headOf(r, d), Finding: f.ID(), Title: p.Title, Risk: p.Risk, Plan: sanitize.Text(styled.Plain(p.Text()), maxLong), Blocked: p.Blocked(),
	}
	for _, c := range p.Choices {
		out.Fix = c.Fix
	}
	for _, a := range p.Asks {
		out.Needs = append(out.Needs, fmt.Sprintf("the value of key %s in %s", a.Key, a.Ref))
	}
	out.Command = "careen fix " + quoted(string(out.Finding)) + " --fix " + quoted(out.Fix)
	return out, nil
}

// quoted is a word as a shell takes it whole.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
