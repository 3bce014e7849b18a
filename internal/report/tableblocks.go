package report

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
)

// blocks prints each finding with all that is known of it.
func (p *printer) blocks(d *Document) {
	symptoms := map[finding.ID]int{}
	for i := range d.Findings {
		for _, c := range d.Findings[i].Causes {
			symptoms[c]++
		}
	}
	for i := range d.Findings {
		p.block(&d.Findings[i], symptoms[d.Findings[i].ID])
	}
}

func (p *printer) block(f *Finding, symptoms int) {
	p.line("%s %s %s  %s", p.mark(f), p.paint(f, levelWord(f)), f.Probe, subject(f))
	p.line("    %s", f.Summary)
	facts := []string{f.Grade.String()}
	if f.Since != nil {
		facts = append(facts, "since "+f.Since.Format("2006-01-02 15:04:05Z"))
	}
	if symptoms > 0 {
		facts = append(facts, fmt.Sprintf("explains %d more", symptoms))
	}
	if f.Known != "" {
		facts = append(facts, "known: "+f.Known)
	}
	p.line("    %s", strings.Join(facts, p.dot()))
	for _, e := range f.Evidence {
		p.line("      %s", evidence(e, p.arrow()))
	}
	for _, c := range f.Causes {
		p.line("    because of  %s", c)
	}
	for _, x := range f.Fixes {
		p.line("    fix %-22s %s (%s)", x.ID, x.Title, x.Risk)
	}
	for _, x := range f.Preventions {
		p.line("    prevention %-15s %s (%s)", x.ID, x.Title, x.Risk)
	}
	p.line("    id  %s", f.ID)
	p.line("")
}

func subject(f *Finding) string {
	s := f.Subject.String()
	if f.Slot != "" {
		s += " #" + f.Slot
	}
	return s
}

func evidence(e Evidence, arrow string) string {
	parts := []string{}
	if !e.Ref.IsZero() {
		parts = append(parts, e.Ref.String())
	}
	if e.Path != "" {
		parts = append(parts, e.Path)
	}
	text := strings.Join(parts, "  ")
	if e.Value != "" {
		value := strings.ReplaceAll(strings.TrimRight(e.Value, "\n"), "\n", "\n          ")
		text += " " + arrow + " " + value
	}
	if e.Note != "" {
		text += "  (" + e.Note + ")"
	}
	return text
}
