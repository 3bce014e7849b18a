package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/exhibit"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views"
)

// historyPage is the page of a release, with the machinery behind it.
type historyPage struct {
	*views.History
	reader                // of the history
	diff, live, uninstall reader
}

func (m *model) openHistory(ref cluster.Ref) tea.Cmd {
	p := &historyPage{History: views.NewHistory(m.env, ref)}
	for _, r := range []*reader{&p.reader, &p.diff, &p.live, &p.uninstall} {
		r.m = m
	}
	m.push(p)
	return p.read()
}

// Leave ends all that is under way.
func (p *historyPage) Leave() {
	for _, r := range []*reader{&p.reader, &p.diff, &p.live, &p.uninstall} {
		r.end()
	}
}

func (p *historyPage) read() tea.Cmd {
	p.BeginHistory()
	rel := p.Release()
	if rel == nil {
		p.SetHistory(nil, exhibit.ErrGone)
		return nil
	}
	return ask(&p.reader, func(ctx context.Context) (*exhibit.History, error) { return p.m.opts.Inspector.History(ctx, rel) })
}

// record is a stored revision; nil where it is gone.
func (p *historyPage) record(revision int) *cluster.Record {
	if rel := p.Release(); rel != nil {
		for _, r := range rel.Records {
			if r.Revision == revision {
				return r
			}
		}
	}
	return nil
}

// differs is what was read of two revisions.
type differs struct {
	manifest *exhibit.Difference
	values   []exhibit.Line
}

// more reads what the part that is shown needs.
func (p *historyPage) more() tea.Cmd {
	switch p.Needs() {
	case views.NeedDiff:
		from, to, _ := p.Pair()
		a, b := p.record(from), p.record(to)
		if a == nil || b == nil {
			p.SetDiff(nil, nil, exhibit.ErrGone)
			return nil
		}
		return ask(&p.diff, func(ctx context.Context) (differs, error) {
			manifest, values, err := p.m.opts.Inspector.Diff(ctx, a, b)
			return differs{manifest, values}, err
		})
	case views.NeedLive:
		rec := p.record(p.Chosen())
		if rec == nil {
			p.SetLive(nil, exhibit.ErrGone)
			return nil
		}
		return ask(&p.live, func(ctx context.Context) (*exhibit.Live, error) { return p.m.opts.Inspector.Live(ctx, rec) })
	case views.NeedLeaving:
		snap, ref := p.m.env.World.Snapshot, p.Ref()
		return ask(&p.uninstall, func(ctx context.Context) ([]exhibit.Leaving, error) {
			return p.m.opts.Inspector.Leaving(ctx, snap, ref)
		})
	case views.NeedNothing:
	}
	return nil
}

// Act turns to another part, and reads anew.
func (p *historyPage) Act(a keymap.Action) (tea.Cmd, bool) {
	if a == keymap.Reload {
		return p.read(), true
	}
	if !p.Turn(a) {
		return nil, false
	}
	return p.more(), true
}

// Listen takes over what was read.
func (p *historyPage) Listen(msg tea.Msg) tea.Cmd {
	if h, err, ok := reply[*exhibit.History](&p.reader, msg); ok {
		p.SetHistory(h, err)
		return p.more()
	}
	if d, err, ok := reply[differs](&p.diff, msg); ok {
		p.SetDiff(d.manifest, d.values, err)
	}
	if l, err, ok := reply[*exhibit.Live](&p.live, msg); ok {
		p.SetLive(l, err)
	}
	if l, err, ok := reply[[]exhibit.Leaving](&p.uninstall, msg); ok {
		p.SetLeaving(l, err)
	}
	return nil
}
