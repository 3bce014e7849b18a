package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// timelinePage is the page of what changed lately, with the machinery behind it.
type timelinePage struct {
	*views.Timeline
	reader
}

func (m *model) openChanges(about views.Subject) tea.Cmd {
	live := m.opts.Inspector != nil
	p := &timelinePage{views.NewTimeline(m.env, about, m.witness.Seen, live), reader{m: m}}
	m.push(p)
	if !live {
		return nil
	}
	return p.read()
}

// lately is what was read, and why not all of it was.
type lately struct {
	timeline.Asked
	err error
}

func (p *timelinePage) read() tea.Cmd {
	p.Begin()
	refs := p.Near()
	inspector := p.m.opts.Inspector
	return ask(&p.reader, func(ctx context.Context) (lately, error) {
		read, err := inspector.Lately(ctx, refs)
		return lately{read, err}, nil
	})
}

// Act reads again.
func (p *timelinePage) Act(a keymap.Action) (tea.Cmd, bool) {
	if a != keymap.Reload {
		return nil, false
	}
	return p.read(), true
}

// Listen takes over what was read.
func (p *timelinePage) Listen(msg tea.Msg) tea.Cmd {
	if v, err, ok := reply[lately](&p.reader, msg); ok {
		if err == nil {
			err = v.err
		}
		p.Set(v.Asked, err)
	}
	return nil
}
