package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/careen-tui/careen/internal/text"
)

// writeTables writes many clusters for a person: a block for each cause with the
// clusters that have it, severest first, then a line for each cluster.
func writeTables(w io.Writer, l *List, o Options) error {
	p := &printer{w: w, o: o}
	p.line("careen  %s", l.counted())
	p.line("")
	for _, s := range l.shared() {
		p.line("%s %s %s  %s  in %s", p.mark(s.Finding), p.paint(s.Finding, levelWord(s.Finding)), s.Probe, s.subject(), s.list(shownClusters))
		p.line("    %s", s.Summary)
		if s.Known != "" {
			p.line("    known: %s", s.Known)
		}
		p.line("    id  %s", s.ID)
		p.line("")
	}
	width := 0
	for _, d := range l.Items {
		width = max(width, utf8.RuneCountInString(d.name()))
	}
	for _, d := range l.Items {
		p.line("%-*s  %s", width, d.name(), d.standing())
		for _, also := range d.Cluster.Also {
			p.line("%-*s  the same cluster as %s: read once", width, also, d.name())
		}
	}
	total := l.Total().words()
	switch {
	case total == "" && l.partial():
		total = "Nothing found, but not everything could be looked at"
	case total == "":
		total = "Nothing found"
	}
	p.line("%s.", total)
	return p.err
}

// shownClusters is how many clusters are named in a line for people.
const shownClusters = 20

// list names the clusters that have it: "3 clusters: a, b and c".
func (s *shared) list(limit int) string {
	names := s.clusters()
	if len(names) == 1 {
		return names[0]
	}
	return fmt.Sprintf("%d clusters: %s", len(names), text.Joined(names, limit))
}

// counted says how many clusters there are: "3 clusters, 1 of them could not be looked at".
func (l *List) counted() string {
	out := text.Counted(len(l.Items), "cluster")
	if n := len(l.Items) - len(l.Reached()); n > 0 {
		out += fmt.Sprintf(", %d of them could not be looked at", n)
	}
	return out
}

// partial reports whether something of some cluster could not be seen.
func (l *List) partial() bool {
	for _, d := range l.Items {
		if d.Partial() {
			return true
		}
	}
	return false
}

// standing is what a line says of one cluster of many.
func (d *Document) standing() string {
	if d.failed {
		return d.Message
	}
	found := d.Summary.words()
	if found == "" {
		found = "nothing found"
	}
	out := strings.TrimSpace(d.Cluster.Version+"  "+found) + fmt.Sprintf("  %d of %d reads complete", len(d.Coverage)-len(d.incomplete), len(d.Coverage))
	if len(d.incomplete) == 0 {
		return out
	}
	var why []string
	for _, w := range d.incomplete {
		why = append(why, w.String())
	}
	return out + ": " + text.Joined(why, 2)
}
