package views

import (
	"fmt"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/text"
)

// Context is the context of the nth cluster, as they are shown.
func (p *Clusters) Context(n int) string { return p.fleet.Clusters[n].Context }

// Sentences say what is known of each cluster, in the order in which they are shown.
func (p *Clusters) Sentences() (out []string) {
	for i := range p.fleet.Clusters {
		out = append(out, p.fleet.Clusters[i].sentence())
	}
	return out
}

func (c *ClusterLook) sentence() string {
	name := c.Context
	if len(c.Also) > 0 {
		name += " (also " + strings.Join(c.Also, ", ") + ")"
	}
	switch {
	case c.Why != "":
		return name + ": " + c.Why
	case c.At.IsZero():
		return name + ": not read yet"
	}
	var parts []string
	if c.Down > 0 {
		parts = append(parts, text.Counted(c.Down, "workload")+" down")
	}
	for _, s := range finding.Severities {
		if n := c.By[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if c.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("%d unknown", c.Unknown))
	}
	if len(parts) == 0 {
		parts = []string{"nothing found"}
	}
	if said, whole := c.extent(); !whole {
		parts = append(parts, said)
	}
	return strings.TrimSpace(name+", "+c.Version) + ": " + strings.Join(parts, ", ")
}

// Shared say what was found in all clusters, severest first.
func (p *Clusters) Shared() (out []string) {
	for _, c := range p.fleet.Causes {
		level := c.Severity.String()
		if c.Unknown {
			level = finding.Unknown.String()
		}
		out = append(out, fmt.Sprintf("%s, %s, %s, in %s: %s", level, c.Probe, c.Subject, text.Joined(c.Clusters, 10), c.Summary))
	}
	if len(out) == 0 {
		out = []string{"Nothing was found in any cluster that could be read."}
	}
	return out
}
