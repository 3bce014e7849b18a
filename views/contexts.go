package views

import (
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// Context is one of a kubeconfig.
type Context struct {
	Name, Cluster, Server, User string
}

// ContextChoice is the list from which the cluster is chosen.
type ContextChoice struct {
	choice[Context, string]
	err  error
	read bool
}

// NewContextChoice makes the list, which waits to be given its rows.
func NewContextChoice(env *Env) *ContextChoice {
	p := &ContextChoice{choice: choice[Context, string]{env: env}}
	muted := func(f func(Context) string) func(Context) widget.Span {
		return func(c Context) widget.Span { return widget.T(widget.Muted, f(c)) }
	}
	p.table = widget.NewTable(widget.Spec[Context, string]{
		Header: true,
		Key:    func(c Context) string { return c.Name },
		Match:  func(c Context) string { return c.Name + " " + c.Cluster + " " + c.Server + " " + c.User },
		Columns: []widget.Column[Context]{
			{Title: "", Min: 1, Tight: true, Cell: func(c Context) widget.Span {
				if c.Name == env.Context {
					return widget.T(widget.Accent, env.Theme.Dot)
				}
				return widget.Span{}
			}},
			{Title: "context", First: true, Min: 12, Grow: true, Middle: true, Cell: func(c Context) widget.Span { return widget.T(widget.Normal, c.Name) }},
			{Title: "user", Min: 6, Max: 30, Keep: 3, Middle: true, Cell: muted(func(c Context) string { return c.User })},
			{Title: "server", Min: 12, Max: 50, Keep: 2, Middle: true, Cell: muted(func(c Context) string { return first(c.Server, c.Cluster) })},
		},
	})
	return p
}

// Set shows the contexts; err is why there are none.
func (p *ContextChoice) Set(list []Context, err error) {
	p.read, p.err = true, err
	p.table.SetItems(list)
	if !p.table.Held() {
		p.table.Select(p.env.Context)
	}
}

// Load has nothing to take over: the list is of a file.
func (p *ContextChoice) Load() {}

// Title counts the contexts.
func (p *ContextChoice) Title() (title, right widget.Line) {
	title = widget.Line{widget.T(widget.Strong, "Contexts"), widget.T(widget.Muted, " "+widget.Count(p.table.Len()))}
	if f := p.table.Filtered(); f != "" {
		title = append(title, widget.T(widget.Accent, "  /"+f))
	}
	return title, widget.Line{widget.T(widget.Accent, "esc"), widget.T(widget.Muted, " back")}
}

// Offers lists what a choice answers.
func (p *ContextChoice) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open, Label: "look at it"}
	switch c, ok := p.table.Selected(); {
	case !ok:
		open.Disabled = "nothing is selected"
	case c.Name == p.env.Context:
		open.Disabled = "this is what is looked at"
	}
	return p.offers(open)
}

// Do answers an action.
func (p *ContextChoice) Do(a keymap.Action) Request {
	if c, ok := p.table.Selected(); ok && a == keymap.Open {
		return Switch{c.Name}
	}
	return p.choice.Do(a)
}

// Draw returns exactly h lines of w cells.
func (p *ContextChoice) Draw(w, h int, focused bool) []string {
	switch {
	case !p.read:
		return drawText(p.env.Theme, []widget.Line{widget.L("Reading the kubeconfig " + p.env.Theme.Cut)}, w, h)
	case p.err != nil:
		return drawText(p.env.Theme, []widget.Line{{widget.T(widget.Bad, "The kubeconfig cannot be read: "), widget.T(widget.Normal, p.err.Error())}}, w, h)
	case p.table.Len() == 0:
		return drawText(p.env.Theme, []widget.Line{widget.L("The kubeconfig has no contexts.")}, w, h)
	}
	return p.draw("context", w, h, focused)
}
