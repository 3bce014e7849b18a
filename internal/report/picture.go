package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/layered"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/timeline"
)

// The bounds and sizes of a picture.
const (
	pictureNodes = 25
	pictureKind  = 4 // of one kind, beside what is named
	nodeWidth    = 196
	nodeHeight   = 44
	nameCells    = 25 // that fit into a node
	kindCells    = 34
	howCells     = 17 // that fit between two layers
)

// picture is the part of the component graph around a finding, ready to be drawn.
type picture struct {
	Label         string
	Width, Height int
	Nodes         []pictureNode
	Edges         []pictureEdge
	Hows          []pictureHow
	Left          string
}

type pictureNode struct {
	X, Y, W, H, TextX, KindY, NameY int
	Title, Kind, Name, Level        string
	Centre, Absent                  bool
}

type pictureEdge struct {
	Line, Tip string
	Explains  bool
}

// pictureHow says how edges that arrive at one place are joined to it.
type pictureHow struct {
	X, Y         int
	Anchor, Text string
}

// link is what joins two nodes of a picture.
type link struct {
	layered.Edge
	how      []string
	explains bool
}

// pictureOf draws what is around the subject of a finding: what its evidence names, the
// subjects of what it explains, and what is nearest beside them. It is nil where nothing
// is joined to the subject.
func pictureOf(look *engine.Report, f *finding.Finding, below []*Finding) *picture {
	refs, cut := surroundings(look, f, below)
	refs, links := joined(look, f, below, refs)
	if len(refs) < 2 {
		return nil
	}
	edges := make([]layered.Edge, len(links))
	for i, l := range links {
		edges[i] = l.Edge
	}
	d := layered.Arrange(len(refs), edges, layered.Sizes{Width: nodeWidth, Height: nodeHeight, Across: 110, Down: 14, Margin: 6})
	p := &picture{Label: fmt.Sprintf("%d objects around %s", len(refs), line(f.Subject.String())), Width: d.Width, Height: d.Height}
	for i, at := range d.Nodes {
		p.Nodes = append(p.Nodes, nodeOf(look, f, refs[i], at))
	}
	p.draw(links, d.Lines)
	if cut {
		p.Left = "There is more around it than is drawn."
	}
	return p
}

// surroundings lists the objects of a picture, the subject first.
func surroundings(look *engine.Report, f *finding.Finding, below []*Finding) (refs []model.Ref, cut bool) {
	add := func(r model.Ref) {
		switch {
		case r.Name == "" || r.Name == "*" || slices.Contains(refs, r):
		case len(refs) >= pictureNodes:
			cut = true
		default:
			refs = append(refs, r)
		}
	}
	near, more := timeline.Around(look.Graph, f.Subject, f)
	add(f.Subject)
	for _, e := range f.Evidence {
		if slices.Contains(near, e.Ref) { // not what joins everything
			add(e.Ref)
		}
	}
	for _, s := range below[:min(len(below), pictureNodes/3)] {
		add(s.Subject)
	}
	kinds := map[model.Kind]int{}
	for _, r := range near {
		if slices.Contains(refs, r) || model.Lookup(r.Kind).Part {
			continue
		}
		if kinds[r.Kind]++; kinds[r.Kind] > pictureKind {
			cut = true
			continue
		}
		add(r)
	}
	return refs, cut || more
}

// joined draws the edges between the objects, and leaves out those that nothing joins.
func joined(look *engine.Report, f *finding.Finding, below []*Finding, refs []model.Ref) ([]model.Ref, []link) {
	number := make(map[model.Ref]int, len(refs))
	for i, r := range refs {
		number[r] = i
	}
	var links []link
	known := map[layered.Edge]int{}
	add := func(from, to int, how string) {
		e := layered.Edge{From: from, To: to}
		at, ok := known[e]
		if !ok {
			at = len(links)
			known[e] = at
			links = append(links, link{Edge: e})
		}
		if l := &links[at]; !slices.Contains(l.how, how) {
			l.how = append(l.how, how)
		}
	}
	for i, r := range refs {
		for _, e := range look.Graph.Out(r) {
			if to, ok := number[e.To]; ok && to != i {
				add(i, to, string(e.Type))
			}
		}
	}
	for _, s := range below {
		to, ok := number[s.Subject]
		from := number[f.Subject]
		if !ok || to == from {
			continue
		}
		if _, there := known[layered.Edge{From: from, To: to}]; !there {
			add(from, to, "explains")
			links[len(links)-1].explains = true
		}
	}
	return connected(refs, links)
}

// connected leaves those that an edge reaches, renumbered.
func connected(refs []model.Ref, links []link) ([]model.Ref, []link) {
	reached := make([]bool, len(refs))
	for _, l := range links {
		reached[l.From], reached[l.To] = true, true
	}
	number := make([]int, len(refs))
	var out []model.Ref
	for i, r := range refs {
		if reached[i] {
			number[i] = len(out)
			out = append(out, r)
		}
	}
	for i := range links {
		links[i].From, links[i].To = number[links[i].From], number[links[i].To]
	}
	return out, links
}

func nodeOf(look *engine.Report, f *finding.Finding, ref model.Ref, at layered.Point) pictureNode {
	n := pictureNode{
		X: at.X, Y: at.Y, W: nodeWidth, H: nodeHeight, TextX: at.X + 9, KindY: at.Y + 17, NameY: at.Y + 34,
		Title: line(ref.String()), Kind: line(string(ref.Kind)), Centre: ref == f.Subject,
	}
	name := ref.Name
	if ref.Namespace != "" && ref.Namespace != f.Subject.Namespace {
		name = ref.Path()
	}
	n.Name = cutMiddle(line(name), nameCells)
	note := look.Snapshot.Note(ref)
	if n.Absent, _ = look.Graph.Absent(ref); n.Absent {
		note = "does not exist"
	}
	if note != "" {
		n.Kind += " · " + line(note)
		n.Title += ", " + line(note)
	}
	n.Kind = ansi.Truncate(n.Kind, kindCells, "…")
	worst := finding.Severity(0)
	for _, about := range look.About(ref) {
		if about.Grade != finding.Unknown {
			worst = max(worst, about.Severity)
		}
	}
	if worst > 0 {
		n.Level = worst.String()
	}
	return n
}

// cutMiddle takes out the middle of what is too long, since names differ at their ends.
func cutMiddle(s string, w int) string {
	n := ansi.StringWidth(s)
	if n <= w {
		return s
	}
	head := (w - 1) * 2 / 5
	return ansi.Truncate(s, head, "") + "…" + ansi.TruncateLeft(s, n-(w-1-head), "")
}

// draw makes curves of the lines, with a tip where each arrives and a word beside it.
func (p *picture) draw(links []link, lines [][]layered.Point) {
	hows := map[layered.Point]int{}
	for i, l := range links {
		way := lines[i]
		if len(way) < 2 {
			continue
		}
		end, before := way[len(way)-1], way[len(way)-2]
		side := 1 // it arrives from the left
		if before.X > end.X {
			side = -1
		}
		p.Edges = append(p.Edges, pictureEdge{Line: curve(way), Tip: tip(end, side), Explains: l.explains})
		at, ok := hows[end]
		if !ok {
			at = len(p.Hows)
			hows[end] = at
			how := pictureHow{X: end.X - 12*side, Y: end.Y - 5, Anchor: "end"}
			if side < 0 {
				how.Anchor = "start"
			}
			p.Hows = append(p.Hows, how)
		}
		for _, word := range l.how {
			if !slices.Contains(strings.Split(p.Hows[at].Text, ", "), word) {
				p.Hows[at].Text = strings.TrimPrefix(p.Hows[at].Text+", "+word, ", ")
			}
		}
	}
	for i := range p.Hows {
		p.Hows[i].Text = ansi.Truncate(p.Hows[i].Text, howCells, "…")
	}
}

func curve(way []layered.Point) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", way[0].X, way[0].Y)
	for i := 1; i < len(way); i++ {
		from, to := way[i-1], way[i]
		middle := (from.X + to.X) / 2
		fmt.Fprintf(&b, " C%d %d %d %d %d %d", middle, from.Y, middle, to.Y, to.X, to.Y)
	}
	return b.String()
}

func tip(at layered.Point, side int) string {
	return fmt.Sprintf("%d,%d %d,%d %d,%d", at.X, at.Y, at.X-8*side, at.Y-4, at.X-8*side, at.Y+4)
}
