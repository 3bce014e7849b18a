package views

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/views/widget"
)

// Taken says of a look at a file which moment it shows; "" for a cluster.
func (e *Env) Taken() string {
	if e.AsOf.IsZero() {
		return ""
	}
	return "SNAPSHOT of " + e.AsOf.UTC().Format("2006-01-02 15:04:05Z")
}

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
	var left, right styled.Line
	for short := range 4 {
		left = styled.Join(styled.T(styled.Normal, "  "), e.who(short), e.what(short), counts(c, short))
		if e.Clusters > 0 {
			left = styled.Line{styled.T(styled.Accent, "careen"), styled.T(styled.Strong, "  "+text.Counted(e.Clusters, "cluster"))}
		}
		right = styled.Join(styled.T(styled.Normal, "  "), e.watches(short), e.mode(short))
		if widget.LineWidth(left)+widget.LineWidth(right)+4 <= w {
			break
		}
	}
	left = append(styled.Of(styled.Normal, " "), left...)
	right = append(right, styled.T(styled.Normal, " "))
	return widget.DrawLine(e.Theme, widget.Spread(e.Theme, left, right, w), w, widget.Plain)
}

func (e *Env) who(short int) styled.Line {
	name, version := e.Context, ""
	if e.Report != nil {
		name = first(e.Report.Snapshot.Cluster.Context, name)
		version = e.Report.Snapshot.Cluster.Version
	}
	l := styled.Line{styled.T(styled.Accent, "careen"), styled.T(styled.Strong, "  "+name)}
	if short > 1 {
		l[1].Text = " " + widget.CutMiddle(name, 24, e.Theme.Cut)
	}
	if version != "" && short < 1 {
		l = append(l, styled.T(styled.Muted, " "+version))
	}
	return l
}

func (e *Env) what(short int) styled.Line {
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
	return styled.Of(styled.Normal, text)
}

var shortSeverity = map[finding.Severity]string{finding.Critical: "crit", finding.High: "high", finding.Medium: "med", finding.Low: "low"}

func counts(c Counts, short int) styled.Line {
	var parts []styled.Line
	if c.Causes > 0 && short < 1 {
		parts = append(parts, styled.Line{styled.T(styled.Normal, text.Counted(c.Causes, "cause"))})
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
		parts = append(parts, styled.Line{styled.T(severityRole(s), fmt.Sprintf("%d %s", n, word))})
	}
	if c.Unknown > 0 && short < 3 {
		parts = append(parts, styled.Line{styled.T(styled.Muted, fmt.Sprintf("%d unknown", c.Unknown))})
	}
	sep := "  "
	if short > 1 {
		sep = " "
	}
	return styled.Join(styled.T(styled.Normal, sep), parts...)
}

// watches sums up the state of the watches, the worst first.
func (e *Env) watches(short int) styled.Line {
	if e.Clusters > 0 {
		return nil
	}
	if e.Report == nil {
		return styled.Line{styled.T(styled.Muted, "connecting "+e.Theme.Cut)}
	}
	by := map[model.WatchState]int{}
	for _, w := range e.Report.Coverage() {
		by[w.State]++
	}
	if e.Report.Err != nil {
		return styled.Of(styled.Bad, "unreachable")
	}
	if !e.AsOf.IsZero() {
		return e.holds(short)
	}
	total := len(e.Report.Coverage()) - by[model.Absent]
	if by[model.Live] == total {
		live := text.Counted(total, "watch") + " live"
		if short > 1 {
			live = fmt.Sprintf("%d live", total)
		}
		return styled.Of(styled.Muted, live)
	}
	l := styled.Line{styled.T(styled.Muted, fmt.Sprintf("%d of %d live", by[model.Live], total))}
	for _, s := range []struct {
		state model.WatchState
		role  styled.Role
	}{{model.Forbidden, styled.High}, {model.Stale, styled.Medium}, {model.Syncing, styled.Muted}} {
		if n := by[s.state]; n > 0 && (short < 3 || len(l) == 1) {
			l = append(l, styled.T(s.role, fmt.Sprintf(" %s %d %s", e.Theme.Dot, n, s.state)))
		}
	}
	return l
}

// holds sums up how much of a cluster a file holds.
func (e *Env) holds(short int) styled.Line {
	all := len(e.Report.Coverage())
	if whole := all - len(e.Report.Coverage().Partial()); whole < all {
		if short > 1 {
			return styled.Of(styled.High, fmt.Sprintf("%d/%d read", whole, all))
		}
		return styled.Of(styled.High, fmt.Sprintf("%d of %d reads complete", whole, all))
	}
	return styled.Of(styled.Muted, "complete")
}

// mode says whether anything may be changed, and of a file how old it is. The age is
// that at which it was opened: a file that lies open for a day shows the same moment.
func (e *Env) mode(short int) styled.Line {
	switch {
	case e.Recording != "":
		l := styled.Line{styled.T(styled.Medium, "RECORDING")}
		if short < 2 {
			return append(l, styled.T(styled.Strong, "  the real control plane "+e.Recording))
		}
		return append(l, styled.T(styled.Strong, " "+strings.TrimPrefix(e.Recording, "is ")))
	case !e.AsOf.IsZero():
		layout := "2006-01-02 15:04 MST"
		if short > 0 {
			layout = "2006-01-02 15:04"
		}
		age, _ := text.Steps(max(e.Opened.Sub(e.AsOf), 0))
		return styled.Line{
			styled.T(styled.Medium, "SNAPSHOT"),
			styled.T(styled.Strong, " "+e.AsOf.In(e.Zone).Format(layout)), styled.T(styled.Muted, ", "+age+" old"),
		}
	case e.ReadOnly:
		return styled.Of(styled.Strong, "read-only")
	}
	return styled.Of(styled.Strong, "read-write")
}
