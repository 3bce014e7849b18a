package repair

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
)

func fixOf(f *finding.Finding, id string) (*finding.Fix, error) {
	if len(f.Fixes) == 0 {
		return nil, fmt.Errorf("%w: the finding %s has none of its own%s", ErrUnknownFix, f.ID(), causesOf(f))
	}
	if id == "" {
		return &f.Fixes[0], nil
	}
	var known []string
	for i := range f.Fixes {
		if f.Fixes[i].ID == id {
			return &f.Fixes[i], nil
		}
		known = append(known, f.Fixes[i].ID)
	}
	return nil, fmt.Errorf("%w: %q; the finding %s has %s", ErrUnknownFix, id, f.ID(), strings.Join(known, ", "))
}

func causesOf(f *finding.Finding) string {
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
	if it.finding != nil {
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
