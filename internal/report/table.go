package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
)

// writeTable writes for a person: one block a finding, severest first, then what
// was and was not looked at.
func writeTable(w io.Writer, d *Document, o Options) error {
	p := &printer{w: w, o: o}
	p.line("careen  %s  %s  %s", orDash(d.Cluster.Context), orDash(d.Cluster.Server), d.Cluster.Version)
	if o.Taken != "" {
		p.line("%s", o.Taken)
	}
	p.line("")
	symptoms := map[finding.ID]int{}
	for _, f := range d.Findings {
		for _, c := range f.Causes {
			symptoms[c]++
		}
	}
	for i := range d.Findings {
		p.finding(&d.Findings[i], symptoms[d.Findings[i].ID])
	}
	p.changes(d)
	p.coverage(d)
	p.summary(d)
	return p.err
}

type printer struct {
	w   io.Writer
	o   Options
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) finding(f *Finding, symptoms int) {
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

func (p *printer) changes(d *Document) {
	for _, c := range d.Changes {
		text := fmt.Sprintf("%-8s %s", c.Verb, c.Ref)
		if c.Summary != "" {
			text += p.dot() + c.Summary
		}
		p.line("%s", text)
		for _, l := range c.Lines {
			p.line("           %s", l)
		}
	}
	if len(d.Changes) > 0 {
		p.line("")
	}
}

func (p *printer) coverage(d *Document) {
	partial := d.incomplete
	if len(partial) == 0 {
		p.line("%d of %d reads complete.", len(d.Coverage), len(d.Coverage))
		return
	}
	p.line("%d of %d reads complete; what could not be seen:", len(d.Coverage)-len(partial), len(d.Coverage))
	for _, w := range partial {
		p.line("  %s", w)
	}
}

func (p *printer) summary(d *Document) {
	s := d.Summary
	text := fmt.Sprintf("%d critical, %d high, %d medium, %d low", s.Critical, s.High, s.Medium, s.Low)
	if s.Unknown > 0 {
		text += fmt.Sprintf(", %d unknown", s.Unknown)
	}
	if s.Known > 0 {
		text += fmt.Sprintf(", %d known", s.Known)
	}
	if len(d.Findings) == 0 && len(d.incomplete) > 0 {
		text = "Nothing found, but not everything could be looked at"
	}
	p.line("%s.", text)
}

func levelWord(f *Finding) string {
	if f.Grade == finding.Unknown {
		return "UNKNOWN"
	}
	switch f.Severity {
	case finding.Critical:
		return "CRIT"
	case finding.High:
		return "HIGH"
	case finding.Medium:
		return "MED"
	}
	return "LOW"
}

func (p *printer) mark(f *Finding) string {
	marks := []string{"✖", "▲", "●", "·", "?"}
	if p.o.ASCII {
		marks = []string{"x", "^", "o", ".", "?"}
	}
	return marks[markIndex(f)]
}

func markIndex(f *Finding) int {
	if f.Grade == finding.Unknown {
		return 4
	}
	return min(int(finding.Critical-f.Severity), 3)
}

// paint colours a padded word: red, yellow, blue; nothing for the rest.
func (p *printer) paint(f *Finding, text string) string {
	text = fmt.Sprintf("%-7s", text)
	codes := []string{"31;1", "33", "34", "", ""}
	code := codes[markIndex(f)]
	if !p.o.Color || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p *printer) dot() string {
	if p.o.ASCII {
		return " - "
	}
	return " · "
}

func (p *printer) arrow() string {
	if p.o.ASCII {
		return "="
	}
	return "→"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
