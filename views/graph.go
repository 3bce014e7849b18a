package views

import (
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Graph is the pane of what belongs to, needs and leads to one object.
type Graph struct {
	following
	env    *Env
	info   PaneInfo
	tree   *widget.Tree[graphKey]
	centre model.Ref
	been   []model.Ref    // centres to go back to
	drawn  *engine.Report // that the tree was made from
}

func newGraph(env *Env, info PaneInfo) *Graph {
	return &Graph{env: env, info: info, tree: widget.NewTree[graphKey]()}
}

// Around draws around another object; back returns to the one before.
func (p *Graph) Around(ref model.Ref) {
	if ref.IsZero() || ref == p.centre {
		return
	}
	if !p.centre.IsZero() {
		p.been = append(p.been, p.centre)
	}
	p.to(ref)
}

func (p *Graph) to(ref model.Ref) {
	p.centre, p.drawn = ref, nil
	p.tree = widget.NewTree[graphKey]()
	p.make()
	p.tree.Select(graphKey{ref: ref})
}

// Return draws around an earlier centre again.
func (p *Graph) Return(ref model.Ref) {
	if n := len(p.been); n > 0 && p.been[n-1] == ref {
		p.been = p.been[:n-1]
	}
	if !ref.IsZero() && ref != p.centre {
		p.to(ref)
	}
}

// Centre is what the graph is drawn around.
func (p *Graph) Centre() model.Ref { return p.centre }

// Load draws again, where that is seen.
func (p *Graph) Load() { p.make() }

func (p *Graph) make() {
	if p.env.Report == nil || p.centre.IsZero() || p.drawn == p.env.Report {
		return
	}
	p.drawn = p.env.Report
	nodes, _ := p.env.graphTree(p.centre)
	p.tree.Set(nodes)
}

// Scope is that of a pane of rows.
func (p *Graph) Scope() keymap.Scope { return keymap.InList }

// Title names the centre.
func (p *Graph) Title() (title, right styled.Line) {
	title = styled.Of(styled.Strong, p.info.Title)
	if !p.centre.IsZero() {
		title = append(title, styled.T(styled.Muted, "  around "+refText(p.centre))) // one span: a folded title has two
	}
	return title, nil
}

// Selected is the object of the selected node.
func (p *Graph) Selected() Subject {
	if key, ok := p.tree.Selected(); ok {
		return Subject{Ref: key.ref}
	}
	return Subject{}
}

// Show draws around the subject.
func (p *Graph) Show(s Subject) bool {
	p.Around(s.Ref)
	return true
}

// Click selects the node drawn at a line.
func (p *Graph) Click(line int) bool { return p.tree.Pick(line) }

// Filter does nothing: a tree without its branches says nothing.
func (p *Graph) Filter(string) {}

// Filtered is always empty.
func (p *Graph) Filtered() string { return "" }

// Place is the number of nodes.
func (p *Graph) Place() (at, of int) { return p.tree.Place(), p.tree.Len() }

// Offers lists what the pane answers.
func (p *Graph) Offers() []keymap.Offer {
	none := ""
	if p.tree.Len() == 0 {
		none = "nothing is drawn: select something elsewhere first"
	}
	centre := keymap.Offer{Action: keymap.Graph, Label: "centre here", Disabled: none}
	if none == "" && p.Selected().Ref == p.centre {
		centre.Disabled = "it is the centre already"
	}
	back := keymap.Offer{Action: keymap.Back, Label: "previous centre"}
	if len(p.been) == 0 {
		back.Disabled = "there is no centre to go back to"
	}
	return append([]keymap.Offer{
		{Action: keymap.Open, Disabled: none},
		centre, back,
		{Action: keymap.Fold, Disabled: none},
		{Action: keymap.Unfold, Disabled: none},
		{Action: keymap.Copy, Disabled: none},
		{Action: keymap.Filter, Disabled: "a graph is not filtered: centre it on what is looked for"},
		{Action: keymap.Sort, Disabled: "a graph has its own order"},
	}, moving(none)...)
}

// Do answers an action.
func (p *Graph) Do(a keymap.Action) Request {
	if moved(a, p.tree.Move, p.tree.Page, p.tree.Ends) {
		return nil
	}
	switch a {
	case keymap.Fold:
		p.tree.Fold(true)
	case keymap.Unfold:
		p.tree.Fold(false)
	case keymap.Graph:
		p.Around(p.Selected().Ref)
	case keymap.Back:
		n := len(p.been)
		ref := p.been[n-1]
		p.been = p.been[:n-1]
		p.to(ref)
	case keymap.Open:
		return Open{p.Selected()}
	case keymap.Copy:
		return Copy{"the name", p.Selected().Ref.Path()}
	}
	return nil
}

// Draw returns exactly h lines of w cells.
func (p *Graph) Draw(w, h int, focused bool) []string {
	if p.tree.Len() == 0 {
		line := styled.Line{styled.T(styled.Normal, "Nothing is drawn. "), styled.T(styled.Accent, "g"), styled.T(styled.Muted, " on any selection draws what belongs to it and what leads to it.")}
		if p.env.Report == nil {
			line = styled.L("Connecting to " + p.env.Context + " " + p.env.Theme.Cut)
		}
		return drawText(p.env.Theme, []styled.Line{line}, w, h)
	}
	return p.tree.Draw(p.env.Theme, w, h, p.at(focused))
}
