package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
)

// fixOf is a fix of a finding, or a prevention of it, by its id; an empty id is the first fix.
func fixOf(f *finding.Finding, id string) (*finding.Fix, error) {
	plans := f.Plans()
	if len(f.Fixes) == 0 && (id == "" || len(plans) == 0) {
		return nil, fmt.Errorf("%w: the finding %s has none of its own%s", ErrUnknownFix, f.ID(), causesOf(f))
	}
	if id == "" {
		return &f.Fixes[0], nil
	}
	var known []string
	for i := range plans {
		if plans[i].ID == id {
			return &plans[i], nil
		}
		known = append(known, plans[i].ID)
	}
	return nil, fmt.Errorf("%w: %q; the finding %s has %s", ErrUnknownFix, id, f.ID(), strings.Join(known, ", "))
}

func causesOf(f *finding.Finding) string {
	if len(f.Causes) == 0 && len(f.Preventions) > 0 {
		return fmt.Sprintf("; it has a prevention: %s", f.Preventions[0].ID)
	}
	if len(f.Causes) == 0 {
		return ""
	}
	return fmt.Sprintf("; its cause is %s", f.Causes[0])
}

func (p *Proof) add(it intent) {
	fix := it.fix
	if fix.Proof.Text != "" {
		p.Text = strings.TrimPrefix(p.Text+"; "+fix.Proof.Text, "; ")
	}
	p.Within = max(p.Within, cmp.Or(fix.Proof.Within, proofWithin))
	p.Hold = max(p.Hold, fix.Proof.Hold)
	if it.finding != nil && !it.finding.Prevents(fix.ID) { // what a prevention is for is still so after it
		p.Findings = append(p.Findings, it.finding.ID())
	}
	p.Checks = append(p.Checks, fix.Proof.Checks...)
}

func (p *Plan) tell(fix *finding.Fix) {
	if fix.Undo != "" && !slices.Contains(p.Undo, fix.Undo) {
		p.Undo = append(p.Undo, fix.Undo)
	}
	if fix.Note != "" && !slices.Contains(p.Notes, fix.Note) {
		p.Notes = append(p.Notes, fix.Note)
	}
}
