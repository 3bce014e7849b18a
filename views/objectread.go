package views

import (
	"context"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
)

// detailOf is a detail over a page: esc goes back to that.
type detailOf struct{ *Detail }

// NewDetailOver makes a detail that is a page of its own.
func NewDetailOver(env *Env, s Subject) Pane { return newDetailOf(env, s) }

func newDetailOf(env *Env, s Subject) *detailOf {
	d := NewDetail(env)
	d.Follow(s)
	return &detailOf{d}
}

// Start asks for what the watches do not have.
func (d *detailOf) Start() Request { return d.env.AskMore(d.Subject().Ref) }

// objectRead is the page of an object whose kind is not watched: it is read when the page
// is opened.
type objectRead struct{ *page[model.Row] }

// NewObjectRead makes the page.
func NewObjectRead(env *Env, ref model.Ref) Pane {
	p := &objectRead{}
	p.page = &page[model.Row]{env: env, name: ref.Kind.Plain(), what: ref.Kind.Plain() + " " + ref.Path(), ref: ref, body: newParagraphs(p.paras)}
	p.read = func() func(context.Context) (model.Row, error) {
		return func(ctx context.Context) (model.Row, error) { return env.Inspector.Object(ctx, ref) }
	}
	p.command = func() string { return getCommand(ref) }
	return p
}

// Unread reports whether an object can be known only by reading it.
func (e *Env) Unread(ref model.Ref) bool {
	return e.Inspector != nil && ref.Kind.IsCustom() && ref.Kind != model.KindCustom && ref.Name != "*" && ref.Name != "" && e.Report != nil && e.lookup(ref) == nil
}

// Subject is the object.
func (p *objectRead) Subject() Subject { return Subject{Ref: p.ref} }

// Scope is that of a detail: the keys that look closer work here.
func (p *objectRead) Scope() keymap.Scope { return keymap.InDetail }

// Title names the object.
func (p *objectRead) Title() (title, right styled.Line) { return refTitle(p.ref), backHint() }

// Offers lists what the page answers.
func (p *objectRead) Offers() []keymap.Offer {
	open := keymap.Offer{Action: keymap.Open, Label: "go there"}
	if at, ok := p.at(); !ok || at.to.IsZero() && at.ask == keymap.None {
		open.Disabled = noLink
	}
	return append([]keymap.Offer{open, {Action: keymap.Back}, {Action: keymap.Graph}, {Action: keymap.Copy, Label: "copy command"}}, movement...)
}

// Do answers an action.
func (p *objectRead) Do(a keymap.Action) Request {
	switch a {
	case keymap.Graph:
		return Around{p.ref}
	case keymap.Open:
		at, ok := p.at()
		switch {
		case !ok || at.to.IsZero() && at.ask == keymap.None:
			return nil
		case at.ask != keymap.None:
			return Ask{at.ask}
		}
		return p.env.opening(at.to)
	}
	return p.page.Do(a)
}

func (p *objectRead) paras() []styled.Para {
	if !p.has {
		return p.env.lookCloser(p.ref)
	}
	e, m := p.env, p.value.Base()
	out := []styled.Para{styled.P(styled.Muted, "This kind is not watched: what follows was read when the page was opened."), styled.Blank()}
	out = append(out, fields(0, "facts", e.facts(p.value))...)
	out = append(out, conditions(e, p.value)...)
	out = append(out, e.references(m)...)
	out = append(out, e.usedBy(p.ref)...)
	out = append(out, e.written(m)...)
	return append(out, e.lookCloser(p.ref)...)
}
