package views

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/widget"
)

// Counts is what the header says of the findings.
type Counts struct {
	By      map[finding.Severity]int
	Unknown int
	Causes  int
}

// Header is the first line of the screen: which cluster, what of it, what is
// wrong, how well it is known, and whether it may be changed. Where the line is
// narrow, words become shorter before anything is left out.
func Header(e *Env, c Counts, w int) string {
	var left, right widget.Line
	for short := range 4 {
		left = widget.Join(widget.T(widget.Normal, "  "), e.who(short), e.what(short), counts(c, short))
		right = widget.Join(widget.T(widget.Normal, "  "), e.watches(short), e.mode())
		if left.Width()+right.Width()+4 <= w {
			break
		}
	}
	left = append(widget.Line{widget.T(widget.Normal, " ")}, left...)
	right = append(right, widget.T(widget.Normal, " "))
	return widget.Spread(e.Theme, left, right, w).Draw(e.Theme, w, widget.Plain)
}

func (e *Env) who(short int) widget.Line {
	name, version := e.Context, ""
	if e.World != nil {
		name = first(e.World.Snapshot.Cluster.Context, name)
		version = e.World.Snapshot.Cluster.Version
	}
	l := widget.Line{widget.T(widget.Accent, "careen"), widget.T(widget.Strong, "  "+name)}
	if short > 1 {
		l[1].Text = " " + widget.CutMiddle(name, 24, e.Theme.Cut)
	}
	if version != "" && short < 1 {
		l = append(l, widget.T(widget.Muted, " "+version))
	}
	return l
}

func (e *Env) what(short int) widget.Line {
	text := "all namespaces"
	switch {
	case e.Namespaces == nil && short > 1:
		text = "all ns"
	case e.Namespaces == nil:
	case len(e.Namespaces) == 1:
		text = widget.CutMiddle(e.extent(), 24, e.Theme.Cut)
	case short > 1:
		text = fmt.Sprintf("%d ns", len(e.Namespaces))
	default:
		text = e.extent()
	}
	return widget.Line{widget.T(widget.Normal, text)}
}

var shortSeverity = map[finding.Severity]string{finding.Critical: "crit", finding.High: "high", finding.Medium: "med", finding.Low: "low"}

func counts(c Counts, short int) widget.Line {
	var parts []widget.Line
	if c.Causes > 0 && short < 1 {
		parts = append(parts, widget.Line{widget.T(widget.Normal, plural(c.Causes, "cause"))})
	}
	for _, s := range finding.Severities {
		n := c.By[s]
		if n == 0 || (short > 2 && s < finding.High) {
			continue
		}
		word := s.String()
		if short > 1 {
			word = shortSeverity[s]
		}
		parts = append(parts, widget.Line{widget.T(severityRole(s), fmt.Sprintf("%d %s", n, word))})
	}
	if c.Unknown > 0 && short < 3 {
		parts = append(parts, widget.Line{widget.T(widget.Muted, fmt.Sprintf("%d unknown", c.Unknown))})
	}
	sep := "  "
	if short > 1 {
		sep = " "
	}
	return widget.Join(widget.T(widget.Normal, sep), parts...)
}

// watches sums up the state of the watches, the worst first.
func (e *Env) watches(short int) widget.Line {
	if e.World == nil {
		return widget.Line{widget.T(widget.Muted, "connecting "+e.Theme.Cut)}
	}
	by := map[model.WatchState]int{}
	for _, w := range e.World.Coverage {
		by[w.State]++
	}
	if e.World.Err != nil {
		return widget.Line{widget.T(widget.Bad, "unreachable")}
	}
	total := len(e.World.Coverage) - by[model.Absent]
	if by[model.Live] == total {
		text := fmt.Sprintf("%d watches live", total)
		if short > 1 {
			text = fmt.Sprintf("%d live", total)
		}
		return widget.Line{widget.T(widget.Muted, text)}
	}
	l := widget.Line{widget.T(widget.Muted, fmt.Sprintf("%d of %d live", by[model.Live], total))}
	for _, s := range []struct {
		state model.WatchState
		role  widget.Role
	}{{model.Forbidden, widget.High}, {model.Stale, widget.Medium}, {model.Syncing, widget.Muted}} {
		if n := by[s.state]; n > 0 && (short < 3 || len(l) == 1) {
			l = append(l, widget.T(s.role, fmt.Sprintf(" %s %d %s", e.Theme.Dot, n, s.state)))
		}
	}
	return l
}

func (e *Env) mode() widget.Line {
	text := "read-write"
	if e.ReadOnly {
		text = "read-only"
	}
	return widget.Line{widget.T(widget.Strong, text)}
}
