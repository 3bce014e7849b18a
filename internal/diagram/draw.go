package diagram

import (
	"fmt"
	"io"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

// branch is one line below a node: the other object, and how it is joined to it.
type branch struct {
	to  model.Ref
	how string
}

type tree struct {
	d        *Diagram
	ascii    bool
	nodes    map[model.Ref]*Node
	branches map[model.Ref][]branch
	drawn    map[model.Ref]bool
	w        io.Writer
	err      error
}

// tree draws what a node owns and refers to below it. An object is unfolded where it
// stands first. Around one object every other stands once, below the one through
// which it is nearest.
func (d *Diagram) tree(w io.Writer, ascii bool) error {
	t := &tree{d: d, ascii: ascii, nodes: map[model.Ref]*Node{}, branches: map[model.Ref][]branch{}, drawn: map[model.Ref]bool{}, w: w}
	for i := range d.Nodes {
		t.nodes[d.Nodes[i].Ref] = &d.Nodes[i]
	}
	if d.around {
		t.nearest(d.Roots[0])
	} else {
		for _, e := range d.Edges {
			t.branches[e.From] = append(t.branches[e.From], branch{e.To, forth(e.Type)})
		}
	}
	for _, root := range d.Roots {
		if !t.drawn[root] {
			t.line("", t.label(root, ""))
			t.below(root, "", 0)
		}
	}
	if d.Truncated {
		t.line("", "(there is more: raise --limit or --depth)")
	}
	return t.err
}

// nearest hangs every node below the one through which a breadth-first walk from
// the root comes to it, what it owns and refers to before what refers to it.
func (t *tree) nearest(root model.Ref) {
	placed := map[model.Ref]bool{root: true}
	for queue := []model.Ref{root}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		hang := func(to model.Ref, how string) {
			if !placed[to] {
				placed[to] = true
				t.branches[at] = append(t.branches[at], branch{to, how})
				queue = append(queue, to)
			}
		}
		for _, e := range t.d.Edges {
			if e.From == at && forth(e.Type) == "" {
				hang(e.To, "")
			}
		}
		for _, e := range t.d.Edges {
			if e.From == at {
				hang(e.To, forth(e.Type))
			}
		}
		for _, e := range t.d.Edges {
			if e.To == at {
				hang(e.From, back[e.Type])
			}
		}
	}
}

// forth says an edge from its start; owning and declaring go without saying.
func forth(t model.EdgeType) string {
	if t == model.EdgeOwns || t == model.EdgeDeclares {
		return ""
	}
	return string(t)
}

// back says an edge from its end.
var back = map[model.EdgeType]string{
	model.EdgeOwns: "owned by", model.EdgeMounts: "mounted by", model.EdgeEnv: "env of", model.EdgeEnvFrom: "envFrom of",
	model.EdgePulls: "pulled with by", model.EdgeAccount: "account of", model.EdgeSelects: "selected by", model.EdgeBinds: "bound by",
	model.EdgeRoutes: "routed to by", model.EdgeTLS: "tls of", model.EdgeClass: "class of", model.EdgeScales: "scaled by",
	model.EdgeToken: "token of", model.EdgeNames: "named by", model.EdgeMentions: "mentioned by", model.EdgeDeclares: "declared by", model.EdgeServes: "served by",
}

func (t *tree) line(prefix, text string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.w, prefix+text+"\n")
	}
}

const maxTreeDepth = 40

func (t *tree) below(ref model.Ref, prefix string, depth int) {
	if t.drawn[ref] || depth > maxTreeDepth {
		return
	}
	t.drawn[ref] = true
	list := t.branches[ref]
	mid, last, down, blank := "├─ ", "└─ ", "│  ", "   "
	if t.ascii {
		mid, last, down = "|- ", "`- ", "|  "
	}
	for i, b := range list {
		lead, next := mid, down
		if i == len(list)-1 {
			lead, next = last, blank
		}
		text := t.label(b.to, b.how)
		if t.drawn[b.to] && len(t.branches[b.to]) > 0 {
			text += t.sign(" ↑", " ^")
		}
		t.line(prefix+lead, text)
		t.below(b.to, prefix+next, depth+1)
	}
}

func (t *tree) sign(fancy, plain string) string {
	if t.ascii {
		return plain
	}
	return fancy
}

func (t *tree) label(ref model.Ref, how string) string {
	text := ref.String()
	if how != "" {
		text = how + " " + text
	}
	n := t.nodes[ref]
	if n == nil {
		return text
	}
	if n.Absent {
		text += t.sign("  ✖ absent", "  x absent")
	}
	if n.Note != "" {
		text += "  " + n.Note
	}
	for _, id := range n.Findings {
		probe, _, _ := strings.Cut(string(id), ":")
		text += t.sign("  ▲ ", "  ^ ") + probe
	}
	return text
}

func (d *Diagram) ids() map[model.Ref]string {
	m := map[model.Ref]string{}
	for i, n := range d.Nodes {
		m[n.Ref] = fmt.Sprintf("n%d", i)
	}
	return m
}

func (n *Node) lines() []string {
	out := []string{string(n.Ref.Kind), n.Ref.Path()}
	if n.Absent {
		out = append(out, "absent")
	}
	if n.Note != "" {
		out = append(out, n.Note)
	}
	for _, id := range n.Findings {
		probe, _, _ := strings.Cut(string(id), ":")
		out = append(out, probe)
	}
	return out
}

// dot writes Graphviz. A quoted string there ends only at an unescaped quote.
func (d *Diagram) dot(w io.Writer) error {
	var b strings.Builder
	b.WriteString("digraph careen {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n")
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ")
	ids := d.ids()
	for _, n := range d.Nodes {
		var parts []string
		for _, l := range n.lines() {
			parts = append(parts, quote.Replace(l))
		}
		style := ""
		switch {
		case n.Absent:
			style = ", style=dashed, color=red"
		case n.Worst >= finding.High:
			style = ", color=red"
		case n.Worst > 0:
			style = ", color=orange"
		}
		fmt.Fprintf(&b, "  %s [label=\"%s\"%s];\n", ids[n.Ref], strings.Join(parts, `\n`), style)
	}
	for _, e := range d.Edges {
		fmt.Fprintf(&b, "  %s -> %s [label=\"%s\"];\n", ids[e.From], ids[e.To], e.Type)
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// mermaid writes a flowchart. Inside a quoted label Mermaid knows entities of the
// form #35; and nothing else is markup.
func (d *Diagram) mermaid(w io.Writer) error {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	ids := d.ids()
	for _, n := range d.Nodes {
		var parts []string
		for _, l := range n.lines() {
			parts = append(parts, entities(l))
		}
		fmt.Fprintf(&b, "  %s[\"%s\"]\n", ids[n.Ref], strings.Join(parts, "<br/>"))
	}
	for _, e := range d.Edges {
		fmt.Fprintf(&b, "  %s -- %s --> %s\n", ids[e.From], e.Type, ids[e.To])
	}
	var bad, absent []string
	for _, n := range d.Nodes {
		switch {
		case n.Absent:
			absent = append(absent, ids[n.Ref])
		case n.Worst > 0:
			bad = append(bad, ids[n.Ref])
		}
	}
	if len(bad) > 0 {
		fmt.Fprintf(&b, "  classDef found stroke:#c33,stroke-width:2px\n  class %s found\n", strings.Join(bad, ","))
	}
	if len(absent) > 0 {
		fmt.Fprintf(&b, "  classDef absent stroke:#c33,stroke-dasharray:4\n  class %s absent\n", strings.Join(absent, ","))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func entities(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("#\"<>&`;\\[]{}|\n", r) {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
