package report

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/about"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/internal/timeline"
)

// Asked is what a note about an object is made of.
type Asked struct {
	Object  about.Object
	Look    *engine.Report
	Lately  *timeline.Line // what changed around it; nil where nobody asked
	Unread  []string       // what could not be read for this note
	Taken   string         // of a look at a file: its time and age, in words
	Version string         // of careen
}

// ObjectNote writes what is known of one object, in Markdown: its state, the findings that
// touch it, what the logs of its pods say, what changed around it. What a log says is told
// as that, and counts for nothing. Strings from a cluster cannot become markup.
func ObjectNote(in Asked) string {
	n := &note{in: Incident{Look: in.Look, Lately: in.Lately, Unread: in.Unread, Taken: in.Taken, Version: in.Version}}
	n.head(line(in.Object.Ref.String()))
	n.table(func(row func(name, value string)) {
		row("State", prose(line(in.Object.State)))
		if r := in.Look.Snapshot.Row(in.Object.Ref); r != nil && !r.Base().Created.IsZero() {
			age, _ := text.Steps(in.Look.At.Sub(r.Base().Created))
			row("Created", moment(r.Base().Created)+" ("+age+" ago)")
		}
		if w := in.Look.Graph.Workload(in.Object.Ref); w != in.Object.Ref {
			row("Part of", cell(line(w.String())))
		}
	})
	n.touching(&in.Object)
	n.logs(&in.Object)
	n.around()
	n.unread()
	return strings.TrimRight(n.b.String(), "\n") + "\n"
}

// touching lists the findings that touch an object.
func (n *note) touching(o *about.Object) {
	n.line("## What is found\n")
	if len(o.Touch) == 0 {
		n.line("No finding touches it.\n")
		return
	}
	for _, t := range o.Touch {
		f := paper(t.Finding)
		n.line("- %s: **%s** %s (%s, %s): %s %s", t.How, prose(string(f.Probe)), code(subject(f)), f.Severity, f.Grade, prose(f.Summary), code(string(f.ID)))
	}
	if o.More > 0 {
		n.line("- and %d more", o.More)
	}
	n.line("")
}

// logs tells what the logs say.
func (n *note) logs(o *about.Object) {
	if len(o.Logs.Pods) == 0 {
		if k := o.Ref.Kind; k == model.KindPod || k == model.KindService || k.IsWorkload() {
			n.line("## What its logs say\n\nNo log is read: %s.\n", o.Logs.Which())
		}
		return
	}
	n.line("## What its logs say\n")
	n.line("The logs %s. What a program writes proves nothing: no finding is made of it.\n", o.Logs.Which())
	for i := range o.Says {
		s := &o.Says[i]
		head := code(line(s.Pod.Name)) + " " + code(line(s.Container))
		if s.Previous {
			head += " (the run before)"
		}
		if s.Words == "" {
			n.line("- %s: %s", head, prose(line(s.Quiet())))
			continue
		}
		if !s.At.IsZero() {
			age, _ := text.Steps(n.in.Look.At.Sub(s.At))
			head += fmt.Sprintf(" at %s (%s ago)", moment(s.At), age)
		}
		n.line("- %s: %s", head, prose(line(s.Words)))
		for _, e := range s.Evidence {
			if e.Ref == s.Pod {
				e.Ref = model.Ref{}
			}
			n.line("  - %s", markdownEvidence(Evidence{Ref: e.Ref, Path: line(e.Path), Value: sanitize.Line(e.Value, noteValue), Note: line(e.Note)}))
		}
		for _, f := range s.Causes {
			n.line("  - found: %s: %s", code(string(f.ID())), prose(line(f.Summary)))
		}
	}
	if o.Logs.Left > 0 {
		n.line("- %s not read", text.Counted(o.Logs.Left, "more container"))
	}
	n.line("")
}

// around is the time line of an object, which accuses no change: nothing is known to have
// begun.
func (n *note) around() {
	if l := n.in.Lately; l == nil || len(l.Entries) == 0 {
		n.line("## What changed lately\n\nNothing is known to have changed around it.\n")
		return
	}
	n.lately()
}
