package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/inspect"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// revealPage shows one secret value until it is left.
type revealPage struct {
	*views.Reveal
	reader
}

func (m *model) openReveal(ref cluster.Ref) tea.Cmd {
	m.push(&revealPage{views.NewReveal(m.env, ref), reader{m: m}})
	return nil
}

// Act reads the value that is selected.
func (p *revealPage) Act(a keymap.Action) (tea.Cmd, bool) {
	key := p.Choose()
	if a != keymap.Open || key == "" {
		return nil, false
	}
	p.Ask(key)
	ref := p.Ref()
	inspector := p.m.opts.Inspector
	return ask(&p.reader, func(ctx context.Context) (inspect.Value, error) { return inspector.Reveal(ctx, ref, key) }), true
}

// Listen shows the value, if it is still the one that was asked for.
func (p *revealPage) Listen(msg tea.Msg) tea.Cmd {
	if v, err, ok := reply[inspect.Value](&p.reader, msg); ok {
		if err != nil {
			p.Fail(err)
		} else {
			p.Set(v)
		}
	}
	return nil
}

// Cover masks, and drops a value on its way.
func (p *revealPage) Cover() {
	p.end()
	p.Mask()
}

// Leave is Cover.
func (p *revealPage) Leave() { p.Cover() }

type comparePage struct {
	*views.Compare
	reader
}

// counterpartPage chooses what to compare with.
type counterpartPage struct {
	*views.Counterpart
	m *model
}

func (m *model) openCompare(ref cluster.Ref) tea.Cmd {
	m.push(&counterpartPage{views.NewCounterpart(m.env, ref), m})
	return nil
}

// Act compares with what is selected, in the place of the choice.
func (p *counterpartPage) Act(a keymap.Action) (tea.Cmd, bool) {
	other, ok := p.Chosen()
	if a != keymap.Open || !ok {
		return nil, false
	}
	p.m.close()
	page := &comparePage{views.NewCompare(p.m.env, p.Ref(), other), reader{m: p.m}}
	p.m.push(page)
	return page.read(), true
}

func (p *comparePage) read() tea.Cmd {
	p.Begin()
	a, b := p.Ref(), p.Other()
	inspector := p.m.opts.Inspector
	return ask(&p.reader, func(ctx context.Context) (*inspect.Comparison, error) { return inspector.Compare(ctx, a, b) })
}

// Act compares again.
func (p *comparePage) Act(a keymap.Action) (tea.Cmd, bool) {
	if a != keymap.Reload {
		return nil, false
	}
	return p.read(), true
}

// Listen takes the result over.
func (p *comparePage) Listen(msg tea.Msg) tea.Cmd {
	if c, err, ok := reply[*inspect.Comparison](&p.reader, msg); ok {
		if err != nil {
			p.Fail(err)
		} else {
			p.Set(c)
		}
	}
	return nil
}
