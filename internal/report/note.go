package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/internal/timeline"
)

// Incident is what a note is made of.
type Incident struct {
	ID      finding.ID
	Look    *engine.Report // in which the finding is, or is no more
	Lately  *timeline.Line // what changed around it; nil where nobody asked
	Applied []Applied      // what was applied to it, as the journal tells it; newest first
	Unread  []string       // what could not be read for this note
	Taken   string         // of a look at a file: its time and age, in words
	ByHand  string         // what to do where no fix is offered; its commands stand between backticks
	Version string         // of careen
}

// Applied is a fix that was applied, or the undo of one, as the journal tells it.
type Applied struct {
	Entry    string // its id in the journal
	Title    string
	At       time.Time
	By, Host string
	Own      bool // it was applied from here; else all of this is a stranger's word
	Risk     finding.Risk
	State    string
	Detail   string   // what the state means, where there is more to say
	Proof    string   // what must hold
	Proved   bool     // and that it was seen to
	Steps    []string // what was written
	Undo     string   // the command that takes it back; empty where none does
	UndoOf   string   // the entry that it takes back
}

// The bounds of a note: a page or three.
const (
	noteFacts   = 40
	noteValue   = 1000 // bytes of one value
	noteChain   = 8
	noteBelow   = 20
	noteMoments = 30
	noteEntries = 10
	noteSteps   = 30
)

// Concerned are the findings and the objects that a note is about: the finding, what
// explains it, their subjects, what their evidence names and what their fixes write.
func (in Incident) Concerned() (ids []finding.ID, objects []model.Ref) {
	seen := map[finding.ID]bool{}
	ids = []finding.ID{in.ID}
	for i := 0; i < len(ids); i++ {
		if seen[ids[i]] {
			continue
		}
		seen[ids[i]] = true
		f := in.Look.Find(ids[i])
		if f == nil {
			continue
		}
		objects = append(objects, f.Subject)
		for _, e := range f.Evidence {
			objects = append(objects, e.Ref)
		}
		for _, x := range f.Fixes {
			for _, s := range x.Steps {
				objects = append(objects, s.Ref)
			}
		}
		ids = append(ids, f.Causes...)
	}
	return ids, objects
}

// Note writes one finding for an incident's record, in Markdown: what, why, what shows
// it, what changed around it, what can be done and what was, how that was proved and how
// it is taken back. A finding that is not there any more has a note of what was applied.
// Strings from a cluster cannot become markup.
func Note(in Incident) string {
	n := &note{in: in}
	if f := in.Look.Find(in.ID); f != nil {
		n.f = paper(f)
		n.chain = n.causes()
		n.head(n.f.Summary)
		n.facts()
		n.why()
		n.evidence()
		n.lately()
		n.fixes()
	} else {
		n.head("No longer found: " + string(in.ID))
		n.facts()
	}
	n.applied()
	n.unread()
	return strings.TrimRight(n.b.String(), "\n") + "\n"
}

// paper is a finding as a document has it, with its texts made harmless.
func paper(f *finding.Finding) *Finding {
	out := FromFinding(f)
	harmless(&out)
	return &out
}

type note struct {
	in    Incident
	f     *Finding   // nil where it is not there any more
	chain []*Finding // what explains it, the nearest first
	b     strings.Builder
}

func (n *note) line(format string, args ...any) { fmt.Fprintf(&n.b, format+"\n", args...) }

func (n *note) head(title string) { n.line("# %s\n", prose(title)) }

// facts is the table below the title.
func (n *note) facts() {
	n.table(func(row func(name, value string)) {
		if f := n.f; f != nil {
			row("Subject", cell(subject(f)))
			row("Severity", f.Severity.String())
			row("Known by", gradeWords[f.Grade])
			if f.Since != nil {
				age, _ := text.Steps(n.in.Look.At.Sub(*f.Since))
				row("Since", moment(*f.Since)+" ("+age+")")
			}
		}
		row("Finding", cell(string(n.in.ID)))
	})
}

// table says what was looked at, then what a note is about, then by what it was written.
func (n *note) table(more func(row func(name, value string))) {
	row := func(name, value string) {
		if value != "" {
			n.line("| %s | %s |", name, value)
		}
	}
	n.line("| | |\n|---|---|")
	c := n.in.Look.Snapshot.Cluster
	row("Cluster", strings.TrimSpace(cell(orDash(line(c.Context)))+" "+cell(orDash(line(c.Server)))+" "+prose(c.Version)))
	row("Looked at", moment(n.in.Look.At))
	row("", prose(n.in.Taken))
	more(row)
	row("Written by", prose("careen "+orDash(n.in.Version)))
	n.line("")
}

// gradeWords say how well a finding is known.
var gradeWords = map[finding.Grade]string{
	finding.Proved:   "proved: read from the objects",
	finding.Observed: "observed: careen saw it change",
	finding.Inferred: "inferred: from timing or a pattern",
	finding.Unknown:  "unknown: not everything could be looked at",
}

// causes lists what explains the finding, and what explains that, each once.
func (n *note) causes() (out []*Finding) {
	seen := map[finding.ID]bool{n.in.ID: true}
	for next := n.f.Causes; len(next) > 0 && len(out) < noteChain; next = next[1:] {
		id := next[0]
		f := n.in.Look.Find(id)
		if f == nil || seen[id] {
			continue
		}
		seen[id] = true
		out = append(out, paper(f))
		next = append(next, f.Causes...)
	}
	return out
}

// why is the chain of causes, and what the finding explains itself.
func (n *note) why() {
	n.line("## Why\n")
	if len(n.chain) == 0 {
		n.line("No other finding explains it.\n")
	}
	for i, f := range n.chain {
		n.line("%d. **%s** %s (%s, %s): %s", i+1, prose(string(f.Probe)), code(subject(f)), f.Severity, f.Grade, prose(f.Summary))
	}
	if len(n.chain) > 0 {
		n.line("")
	}
	symptoms := n.in.Look.Symptoms[n.in.ID]
	if len(symptoms) == 0 {
		return
	}
	n.line("It explains %s:\n", text.Counted(len(symptoms), "more finding"))
	for _, id := range symptoms[:min(len(symptoms), noteBelow)] {
		if f := n.in.Look.Find(id); f != nil {
			g := paper(f)
			n.line("- %s (%s): %s", code(string(g.ID)), g.Severity, prose(g.Summary))
		}
	}
	if more := len(symptoms) - noteBelow; more > 0 {
		n.line("- and %d more", more)
	}
	n.line("")
}

// evidence lists the facts, and then those of what explains the finding.
func (n *note) evidence() {
	n.line("## Evidence\n")
	if len(n.f.Evidence) == 0 {
		n.line("None beyond the object itself.\n")
	}
	n.list(n.f)
	for _, f := range n.chain {
		if len(f.Evidence) > 0 {
			n.line("Of %s, %s:\n", prose(string(f.Probe)), code(subject(f)))
			n.list(f)
		}
	}
}

func (n *note) list(f *Finding) {
	if len(f.Evidence) == 0 {
		return
	}
	facts, left := firstOf(f.Evidence, noteFacts, "fact")
	for _, e := range facts {
		e.Value = sanitize.Text(e.Value, noteValue)
		n.line("- %s", markdownEvidence(e))
	}
	if left != "" {
		n.line("- %s", left)
	}
	n.line("")
}

// lately is the time line.
func (n *note) lately() {
	l := latelyOf(n.in.Lately, noteMoments)
	if l == nil {
		return
	}
	n.line("## What changed lately\n")
	if n.f != nil || l.Onset {
		n.line("%s\n", prose(l.Verdict))
	}
	for _, m := range l.Moments {
		mark, by := "", ""
		if m.Suspect {
			mark = "**suspect** "
		}
		if m.By != "" {
			by = " (by " + prose(m.By) + ")"
		}
		n.line("- %s%s %s %s%s", mark, m.At, code(m.Ref), prose(m.What), by)
	}
	if l.Left != "" {
		n.line("- %s", l.Left)
	}
	n.line("")
}

// fixes are those that could be applied.
func (n *note) fixes() {
	n.line("## What can be done\n")
	if len(n.f.Fixes) == 0 {
		n.line("No automatic fix. What to do:\n")
		if n.in.ByHand != "" {
			n.line("%s\n", withCode(n.in.ByHand))
		}
		n.line("%s says more.\n", code("careen probes "+string(n.f.Probe)))
	}
	for _, x := range n.f.Fixes {
		n.line("- %s (%s): %s", prose(x.Title), x.Risk, code("careen fix "+text.ShellWord(string(n.in.ID))+" --fix "+text.ShellWord(x.ID)))
	}
	for _, x := range n.f.Preventions {
		n.line("- So that it does not happen again: %s (%s): %s", prose(x.Title), x.Risk, code("careen fix "+text.ShellWord(string(n.in.ID))+" --fix "+text.ShellWord(x.ID)))
	}
	for _, w := range n.f.Withheld {
		n.line("- Not offered: %s, because %s", prose(w.Title), prose(w.Why))
	}
	if len(n.f.Fixes)+len(n.f.Preventions)+len(n.f.Withheld) > 0 {
		n.line("")
	}
}

// withCode writes prose whose code stands between backticks.
func withCode(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "`") {
		switch {
		case i%2 == 1:
			b.WriteString(code(part))
		default:
			words := prose(part)
			if strings.HasPrefix(part, " ") && i > 0 {
				words = " " + words
			}
			if strings.HasSuffix(part, " ") && strings.TrimSpace(part) != "" {
				words += " "
			}
			b.WriteString(words)
		}
	}
	return b.String()
}

// unread says what the note does not know.
func (n *note) unread() {
	if len(n.in.Unread) == 0 {
		return
	}
	n.line("## What could not be read\n")
	for _, u := range n.in.Unread {
		n.line("- %s", prose(u))
	}
	n.line("")
}
