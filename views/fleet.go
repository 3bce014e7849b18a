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
	Reading                  bool     // it is being read at present
	Why                      string   // it could not be read; empty where it could, and before the first look
	At                       time.Time
	By                       map[finding.Severity]int // causes: findings that no other explains
	Unknown, Known           int
	Down                     int // workloads of which nothing is ready
	Reads, Complete          int
}

// Looked reports whether it was read once.
func (c *ClusterLook) Looked() bool { return !c.At.IsZero() && c.Why == "" }

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
	if n := cmp.Compare(min(len(b.Why), 1), min(len(a.Why), 1)); n != 0 {
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

func (p *Clusters) progress(c ClusterLook) styled.Span {
	switch {
	case c.Reading && c.At.IsZero():
		return styled.T(styled.Muted, "reading "+p.env.Theme.Cut)
	case c.Why != "":
		return styled.T(styled.Bad, c.Why)
	case c.At.IsZero():
		return styled.T(styled.Muted, "waits for its turn")
	case c.Complete < c.Reads:
		return styled.T(styled.High, fmt.Sprintf("%d of %d reads complete", c.Complete, c.Reads))
	case c.Reading:
		return styled.T(styled.Muted, "reading again "+p.env.Theme.Cut)
	}
	return styled.T(styled.Good, "complete")
}
