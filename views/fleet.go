package views

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/views/widget"
)

// Fleet is what is known of many clusters: of each no more than its summary. It never
// changes after it was handed over.
type Fleet struct {
	Clusters []ClusterLook
	Causes   []SharedCause // severest first
}

// ClusterLook is the latest look at one of them.
type ClusterLook struct {
	Context, Server, Version string
	Also                     []string // other contexts that lead there
	Stage                    Stage    // of a look that is under way
	Why                      string   // it could not be read; empty where it could, and before the first look
	At                       time.Time
	By                       map[finding.Severity]int // causes: findings that no other explains
	Unknown, Known           int
	Down                     int // workloads of which nothing is ready
	Reads, Complete          int
	Forbidden, Broken        int // reads that are refused, and those that once were complete and cannot go on

	Live     bool      // it is watched: what is told is as it is now
	Stale    time.Time // since when the server of one that is watched does not answer; zero where it does
	StaleWhy string
}

// Stage is how far a look at a cluster has come.
type Stage int

// The stages of a look.
const (
	Idle       Stage = iota // none is under way
	Connecting              // the server was asked, and has not answered
	Waiting                 // it has, and others are read first
	Reading
)

// Looked reports whether it was read once.
func (c *ClusterLook) Looked() bool { return !c.At.IsZero() && c.Why == "" }

// unseen orders clusters by whether they can be seen.
func (c *ClusterLook) unseen() int {
	switch {
	case c.Why != "":
		return 2
	case c.stale():
		return 1
	}
	return 0
}

// stale reports whether it is watched, and its server does not answer.
func (c *ClusterLook) stale() bool { return c.Live && !c.Stale.IsZero() }

// SharedCause is a finding, and the clusters that have it.
type SharedCause struct {
	ID       finding.ID
	Probe    finding.ProbeID
	Severity finding.Severity
	Unknown  bool
	Subject  string
	Summary  string
	Clusters []string // contexts; the first is the one that has it severest
}

// compareClusters orders them by impact: what cannot be seen, what is down, what is worst.
func compareClusters(a, b ClusterLook) int {
	if n := cmp.Compare(b.unseen(), a.unseen()); n != 0 {
		return n
	}
	if n := cmp.Compare(b.Down, a.Down); n != 0 {
		return n
	}
	for _, s := range finding.Severities {
		if n := cmp.Compare(b.By[s], a.By[s]); n != 0 {
			return n
		}
	}
	return strings.Compare(a.Context, b.Context)
}

func causeSign(th *widget.Theme, c SharedCause) styled.Span {
	if c.Unknown {
		return styled.T(styled.Muted, "? UNKN")
	}
	return levelSign(th, c.Severity)
}

// clustersOf names the clusters that have a cause, after how many there are.
func clustersOf(c SharedCause) string {
	if len(c.Clusters) == 1 {
		return c.Clusters[0]
	}
	return fmt.Sprintf("%d: %s", len(c.Clusters), strings.Join(c.Clusters, ", "))
}

// current marks the cluster that is entered.
func (p *Clusters) current(c ClusterLook) styled.Span {
	if c.Context == p.env.Context {
		return styled.T(styled.Accent, p.env.Theme.Dot)
	}
	return styled.Span{}
}

// counts are the columns of numbers.
func (p *Clusters) counts() []widget.Column[ClusterLook] {
	number := func(title string, of func(*ClusterLook) int, role styled.Role) widget.Column[ClusterLook] {
		return widget.Column[ClusterLook]{Title: title, Min: len(title), Keep: 5, Right: true, Cell: func(c ClusterLook) styled.Span {
			switch n := of(&c); {
			case !c.Looked():
				return styled.Span{}
			case n == 0:
				return styled.T(styled.Muted, "-")
			default:
				return styled.T(role, text.Count(n))
			}
		}}
	}
	out := []widget.Column[ClusterLook]{number("down", func(c *ClusterLook) int { return c.Down }, styled.Bad)}
	for _, s := range finding.Severities {
		out = append(out, number(shortSeverity[s], func(c *ClusterLook) int { return c.By[s] }, severityRole(s)))
	}
	return append(out, number("unkn", func(c *ClusterLook) int { return c.Unknown }, styled.Muted))
}

// state says how far a cluster was read, and which other contexts lead there.
func (p *Clusters) state(c ClusterLook) styled.Span {
	span := p.progress(c)
	if len(c.Also) > 0 {
		span.Text += ", also " + strings.Join(c.Also, ", ")
	}
	return span
}

// progress tells the worst first: what hides most.
func (p *Clusters) progress(c ClusterLook) styled.Span {
	cut := " " + p.env.Theme.Cut
	switch {
	case c.At.IsZero():
		return styled.T(styled.Muted, map[Stage]string{
			Idle: "not read yet", Connecting: "connecting" + cut, Waiting: "waits for its turn", Reading: "reading" + cut,
		}[c.Stage])
	case c.Why != "":
		return styled.T(styled.Bad, c.Why)
	case c.stale():
		return styled.T(styled.Bad, "stale since "+p.env.Clock(c.Stale)+": "+c.StaleWhy)
	}
	said, whole := c.extent()
	switch {
	case !whole && c.Forbidden == c.Reads:
		return styled.T(styled.Bad, said)
	case !whole && c.Live && c.Broken > 0:
		return styled.T(styled.High, "partly stale, "+said)
	case !whole && c.Live:
		return styled.T(styled.High, "live, "+said)
	case !whole:
		return styled.T(styled.High, said)
	case c.Live:
		return styled.T(styled.Good, "live")
	case c.Stage == Reading:
		return styled.T(styled.Muted, "reading again"+cut)
	}
	return styled.T(styled.Good, said)
}

// extent says how much of a cluster could be read, and whether that is all.
func (c *ClusterLook) extent() (said string, whole bool) {
	switch {
	case c.Complete == c.Reads:
		return "complete", true
	case c.Forbidden == c.Reads:
		return "forbidden: nothing of it may be read", false
	}
	said = fmt.Sprintf("%d of %d reads complete", c.Complete, c.Reads)
	var why []string
	if c.Forbidden > 0 {
		why = append(why, fmt.Sprintf("%d forbidden", c.Forbidden))
	}
	if c.Broken > 0 {
		why = append(why, fmt.Sprintf("%d stale", c.Broken))
	}
	if len(why) > 0 {
		said += " (" + strings.Join(why, ", ") + ")"
	}
	return said, false
}

// age is how old what is told of a cluster is.
func (p *Clusters) age(c ClusterLook) styled.Span {
	switch {
	case c.stale():
		return styled.T(styled.Bad, p.env.Age(c.Stale))
	case c.Live:
		return styled.T(styled.Good, "now")
	}
	return styled.T(styled.Muted, p.env.Age(c.At))
}
