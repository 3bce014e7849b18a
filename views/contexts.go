package views

import (
	"context"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Context is one of a kubeconfig.
type Context struct {
	Name, Cluster, Server, User string
}

// contextChoice is the list from which the cluster is chosen.
type contextChoice struct {
	choice[Context, string]
	loaded[[]Context]
	read func(context.Context) ([]Context, error)
}

// NewContextChoice makes the list; read reads the kubeconfig.
func NewContextChoice(env *Env, read func(context.Context) ([]Context, error)) Pane {
	p := &contextChoice{choice: choice[Context, string]{env: env}, read: read}
	muted := func(f func(Context) string) func(Context) styled.Span {
		return func(c Context) styled.Span { return styled.T(styled.Muted, f(c)) }
	}
	p.table = widget.NewTable(widget.Spec[Context, string]{
		Header: true,
		Key:    func(c Context) string { return c.Name },
		Match:  func(c Context) string { return c.Name + " " + c.Cluster + " " + c.Server + " " + c.User },
		Columns: []widget.Column[Context]{
			{Title: "", Min: 1, Tight: true, Cell: func(c Context) styled.Span {
				if c.Name == env.Context {
					return styled.T(styled.Accent, env.Theme.Dot)
				}
				return styled.Span{}
			}},
			{Title: "context", First: true, Min: 12, Grow: true, Middle: true, Cell: func(c Context) styled.Span { return styled.T(styled.Normal, c.Name) }},
			{Title: "user", Min: 6, Max: 30, Keep: 3, Middle: true, Cell: muted(func(c Context) string { return c.User })},
			{Title: "server", Min: 12, Max: 50, Keep: 2, Middle: true, Cell: muted(func(c Context) string { return first(c.Server, c.Cluster) })},
		},
	})
	return p
}

// Start reads the kubeconfig.
func (p *contextChoice) Start() Request {
	return p.fetch("contexts", p.read, func() Request {
		p.table.SetItems(p.value)
		if !p.table.Held() {
			p.table.Select(p.env.Context)
		}
		return nil
	})
}

// Load has nothing to take over: the list is of a file.
func (p *contextChoice) Load() {}

// Title counts the contexts.
func (p *contextChoice) Title() (title, right styled.Line) {
	title = styled.Line{styled.T(styled.Strong, "Contexts"), styled.T(styled.Muted, " "+text.Count(p.table.Len()))}
	if f := p.table.Filtered(); f != "" {
		title = append(title, styled.T(styled.Accent, "  /"+f))
	}
	return title, backHint()
}

// Offers lists what a choice answers.
func (p *contextChoice) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open, Label: "switch to it"}
	switch c, ok := p.table.Selected(); {
	case !ok:
		open.Disabled = "nothing is selected"
	case c.Name == p.env.Context:
		open.Disabled = "this is the current context"
	}
	return p.offers(open)
}

// Do answers an action.
func (p *contextChoice) Do(a keymap.Action) Request {
	if c, ok := p.table.Selected(); ok && a == keymap.Open {
		return Switch{c.Name}
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *contextChoice) Draw(w, h int, focused bool) []string {
	switch status := p.status("the kubeconfig"); {
	case !p.has:
		return drawText(p.env.Theme, status, w, h)
	case p.table.Len() == 0:
		return drawText(p.env.Theme, []styled.Line{styled.L("The kubeconfig has no contexts.")}, w, h)
	}
	return p.draw("context", w, h, focused)
}
