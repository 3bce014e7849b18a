package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/text"
)

const (
	noTerminal = 80  // columns where there is no terminal
	narrowest  = 40  // columns that a table takes in any case
	levelWidth = 7   // of the severity's word
	mostBelow  = 3   // symptoms that are listed under their cause; the others are counted
	mostNames  = 50  // objects that a line of them names; no terminal is wider
	broad      = 120 // columns from which a line tells how much is down
	mostBlind  = 3   // likewise probes that were not able to look at all
	beforeID   = 2 + levelWidth + 1
)

// writeTable writes for a person: one line a finding at the terminal's width, with what
// it explains below it, then what was and was not looked at. With Options.Wide each
// finding is a block with its evidence.
func writeTable(w io.Writer, d *Document, o Options) error {
	p := &printer{w: w, o: o}
	p.line("careen  %s  %s  %s", d.name(), orDash(d.Cluster.Server), d.Cluster.Version)
	if o.Taken != "" {
		p.line("%s", o.Taken)
	}
	p.line("")
	if o.Wide {
		p.blocks(d)
	} else {
		p.rows(d)
	}
	p.changes(d)
	p.coverage(d)
	p.summary(d)
	p.hint(d)
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

// tableRow is one line of the table.
type tableRow struct {
	*Finding
	indent string // what stands before a symptom
	counts string // where it stands for others: what is said of them
	times  string // " x5" where it stands for five that say the same
}

// rows prints one line a finding.
func (p *printer) rows(d *Document) {
	list := p.arranged(d.Findings)
	if len(list) == 0 {
		return
	}
	width := p.o.Width
	if width == 0 {
		width = noTerminal
	}
	width = max(width, narrowest)
	column := 0 // the widest id with its indentation that takes no more than three fifths of the line: summaries matter more
	most := (width - beforeID) * 3 / 5
	for _, r := range list {
		if r.counts != "" {
			continue
		}
		if n := r.lead(); n <= most {
			column = max(column, n)
		}
	}
	for _, r := range list {
		if r.counts != "" {
			p.line("%s", p.cut(r.indent+r.counts, width))
			continue
		}
		what := oneLine(string(r.ID)) + r.times
		says := oneLine(r.Summary)
		if r.impact != "" && width >= broad && r.indent == "" {
			says = r.impact + p.dot() + says
		}
		if r.Known != "" {
			says = "(known) " + says
		}
		gap := max(column-r.lead(), 0) + 2
		rest := p.cut(what+strings.Repeat(" ", gap)+says, width-beforeID-ansi.StringWidth(r.indent))
		p.line("%s%s %s %s", r.indent, p.mark(r.Finding), p.paint(r.Finding, levelWord(r.Finding)), strings.TrimRight(rest, " "))
	}
	p.line("")
}

// lead is how many cells the id takes, and what stands before it beyond the severity.
func (r tableRow) lead() int {
	return ansi.StringWidth(r.indent) + ansi.StringWidth(oneLine(string(r.ID))+r.times)
}

// objects lists what findings are about, as far as a line has room for it.
func objects(list []*Finding) string {
	names := make([]string, 0, mostNames)
	for _, f := range list[:min(len(list), mostNames)] {
		names = append(names, oneLine(string(f.Subject.Kind)+"/"+f.Subject.Name))
	}
	return strings.Join(names, ", ")
}

// arranged are the lines of the table: each cause, and below it the severest of what it
// explains; at the end what probes were not able to look at.
func (p *printer) arranged(list []Finding) []tableRow {
	middle, last := "├ ", "└ "
	if p.o.ASCII {
		middle, last = "| ", "` "
	}
	out := make([]tableRow, 0, len(list))
	blind := 0
	for _, g := range merged(folded(list)) {
		if g.Grade == finding.Unknown && g.Subject.Name == "*" {
			if blind++; blind > mostBlind {
				continue
			}
		}
		row := tableRow{Finding: g.Finding}
		if n := len(g.alike); n > 0 {
			row.times = fmt.Sprintf(" x%d", 1+n)
		}
		out = append(out, row)
		if len(g.alike) > 0 {
			indent := middle
			if len(g.below) == 0 {
				indent = last
			}
			out = append(out, tableRow{Finding: g.Finding, indent: indent, counts: "the same: " + objects(g.alike)})
		}
		shown := len(g.below)
		if shown > mostBelow+1 { // one more takes no more room than to count it
			shown = mostBelow
		}
		for i, f := range g.below[:shown] {
			indent := middle
			if i == len(g.below)-1 {
				indent = last
			}
			out = append(out, tableRow{Finding: f, indent: indent})
		}
		if more := len(g.below) - shown; more > 0 {
			out = append(out, tableRow{Finding: g.Finding, indent: last, counts: "+" + text.Count(more) + " more because of it"})
		}
	}
	if more := blind - mostBlind; more > 0 {
		out = append(out, tableRow{counts: "+" + text.Count(more) + " more UNKNOWN: probes that were not able to look"})
	}
	return out
}

// cut shortens s to w cells; where something had to go, it ends in an ellipsis.
func (p *printer) cut(s string, w int) string {
	if p.o.ASCII {
		return ansi.Truncate(s, w, "...")
	}
	return ansi.Truncate(s, w, "…")
}

func (p *printer) changes(d *Document) {
	for _, c := range d.Changes {
		what := fmt.Sprintf("%-8s %s", c.Verb, c.Ref)
		if c.Summary != "" {
			what += p.dot() + c.Summary
		}
		p.line("%s", what)
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
	switch {
	case len(d.Findings) == 0 && d.Partial():
		p.line("Nothing found, but not everything could be looked at.")
	case len(d.Findings) == 0 && d.unshown > 0:
		p.line("No findings at the severity asked for; --severity low shows those below it.")
	case len(d.Findings) == 0:
		p.line("No findings.")
	default:
		s := d.Summary
		counts := fmt.Sprintf("%d critical, %d high, %d medium, %d low", s.Critical, s.High, s.Medium, s.Low)
		if s.Unknown > 0 {
			counts += fmt.Sprintf(", %d unknown", s.Unknown)
		}
		if s.Known > 0 {
			counts += fmt.Sprintf(", %d known", s.Known)
		}
		p.line("%s.", counts)
	}
}

// hint says how to go on from the lines of the table.
func (p *printer) hint(d *Document) {
	if p.o.Wide || len(d.Findings) == 0 {
		return
	}
	fixable := 0
	for i := range d.Findings {
		if len(d.Findings[i].Fixes) > 0 {
			fixable++
		}
	}
	hint := "--wide shows the evidence"
	if p.o.Fixable && fixable > 0 {
		hint += fmt.Sprintf("; careen fix ID shows the plan of a fix (%d have one)", fixable)
	}
	p.line("%s.", hint)
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
	case finding.Low:
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
func (p *printer) paint(f *Finding, word string) string {
	word = fmt.Sprintf("%-*s", levelWidth, word)
	codes := []string{"31;1", "33", "34", "", ""}
	code := codes[markIndex(f)]
	if !p.o.Color || code == "" {
		return word
	}
	return "\x1b[" + code + "m" + word + "\x1b[0m"
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
