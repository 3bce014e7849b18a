package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/text"
)

// writeTables writes many clusters for a person: a line for each cause with the clusters
// that have it, severest first, then a line for each cluster. With Options.Wide a cause
// is a block, with the evidence of the cluster where it is severest.
func writeTables(w io.Writer, l *List, o Options) error {
	p := &printer{w: w, o: o}
	p.line("careen  %s", l.counted())
	p.line("")
	list := l.shared()
	for _, s := range list {
		if o.Wide {
			p.line("In %s:", s.list(shownClusters))
			p.block(s.Finding, 0)
		} else {
			p.cause(s, list)
		}
	}
	if len(list) > 0 && !o.Wide {
		p.line("")
	}
	p.clusters(l)
	total := l.Total().words()
	switch {
	case total == "" && l.partial():
		total = "Nothing found, but not everything could be looked at"
	case total == "":
		total = "No findings"
	}
	p.line("%s.", total)
	if len(list) > 0 && !o.Wide {
		p.line("--wide shows the evidence; careen fix ID --context CLUSTER shows the plan of a fix.")
	}
	return p.err
}

// cause is one line: what is wrong, where, and what is said of it, as far as there is
// room.
func (p *printer) cause(s *shared, all []*shared) {
	width := p.o.Width
	if width == 0 {
		width = noTerminal
	}
	width = max(width, narrowest)
	column, most := 0, width/2
	for _, other := range all {
		if n := ansi.StringWidth(other.id()); n <= most {
			column = max(column, n)
		}
	}
	what := s.id()
	says := s.Summary
	if s.Known != "" {
		says = "(known) " + says
	}
	gap := strings.Repeat(" ", max(column-ansi.StringWidth(what), 0)+2)
	room := width - beforeID - ansi.StringWidth(what+gap)
	rest := what + gap + s.names(max(room, narrowest/2)) + "  " + oneLine(says)
	p.line("%s %s %s", p.mark(s.Finding), p.paint(s.Finding, levelWord(s.Finding)), strings.TrimRight(p.cut(rest, width-beforeID), " "))
}

// names are the clusters that have it, as many as fit in w cells: the others are counted.
func (s *shared) names(w int) string {
	out := ""
	for i, at := range s.in {
		next, left := at.cluster, ""
		if out != "" {
			next = out + ", " + next
		}
		if n := len(s.in) - i - 1; n > 0 {
			left = fmt.Sprintf(" +%d", n)
		}
		if ansi.StringWidth(next+left) > w && out != "" {
			return out + fmt.Sprintf(" +%d", len(s.in)-i)
		}
		out = next
	}
	return out
}

// id is that of the finding, with a star where the namespaces differ.
func (s *shared) id() string {
	id := oneLine(string(s.Finding.ID))
	if s.everywhere() {
		return id
	}
	return strings.Replace(id, ":"+s.Finding.Subject.Namespace+"/", ":*/", 1)
}

// clusters prints a line for each cluster, and for each context that leads to one.
func (p *printer) clusters(l *List) {
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
}

// shownClusters is how many clusters are named where there is room.
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
	out := strings.TrimSpace(d.Cluster.Version+"  "+found) + "  " + d.reads()
	if len(d.incomplete) == 0 {
		return out
	}
	var why []string
	for _, w := range d.incomplete {
		why = append(why, w.String())
	}
	return out + ": " + text.Joined(why, 2)
}

// reads says how many reads were complete.
func (d *Document) reads() string {
	return fmt.Sprintf("%d of %d reads complete", len(d.Coverage)-len(d.incomplete), len(d.Coverage))
}
