package views

import (
	"context"

	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
)

// Start reads the history.
func (p *historyPage) Start() Request {
	p.diff, p.live, p.leaving = loaded[differences]{}, loaded[*inspect.Live]{}, loaded[[]inspect.Leaving]{}
	rel := p.release()
	if rel == nil {
		p.history.fail(inspect.ErrGone)
		return nil
	}
	inspector := p.env.Inspector
	return p.history.fetch("history", func(ctx context.Context) (*inspect.History, error) { return inspector.History(ctx, rel) }, p.settle)
}

// settle chooses the newest revision where the one looked at is gone.
func (p *historyPage) settle() Request {
	if h := p.history.value; p.history.has && p.revision(p.chosen) == nil && len(h.Revisions) > 0 {
		p.choose(h.Revisions[0].Number)
	}
	if list, ok := p.bodies[p.part].(*paragraphs); ok && p.part == partRevisions {
		list.Set(list.write())
		list.Select(stop{mark: "revision", number: p.chosen})
	}
	return p.need()
}

// need reads what the part shown needs, unless it is there or on its way.
func (p *historyPage) need() Request {
	inspector := p.env.Inspector
	switch p.part {
	case partDiff, partValues:
		from, to, ok := p.pair()
		if !ok || p.diffOf == [2]int{from, to} && p.diff.asked() {
			return nil
		}
		p.diff, p.diffOf = loaded[differences]{}, [2]int{from, to}
		a, b := p.record(from), p.record(to)
		if a == nil || b == nil {
			p.diff.fail(inspect.ErrGone)
			return nil
		}
		return p.diff.fetch("diff", func(ctx context.Context) (differences, error) {
			manifest, values, err := inspector.Diff(ctx, a, b)
			return differences{manifest, values}, err
		}, nil)
	case partDrift, partObjects:
		if p.chosen == 0 || p.liveOf == p.chosen && p.live.asked() {
			return nil
		}
		p.live, p.liveOf = loaded[*inspect.Live]{}, p.chosen
		rec := p.record(p.chosen)
		if rec == nil {
			p.live.fail(inspect.ErrGone)
			return nil
		}
		return p.live.fetch("live", func(ctx context.Context) (*inspect.Live, error) { return inspector.Live(ctx, rec) }, nil)
	case partUninstall:
		if p.leaving.asked() || p.env.Report == nil {
			return nil
		}
		snap, ref := p.env.Report.Snapshot, p.ref
		return p.leaving.fetch("leaving", func(ctx context.Context) ([]inspect.Leaving, error) { return inspector.Leaving(ctx, snap, ref) }, nil)
	}
	return nil
}

// record is a stored revision; nil where it is gone.
func (p *historyPage) record(revision int) *model.Record {
	if rel := p.release(); rel != nil {
		for _, r := range rel.Records {
			if r.Revision == revision {
				return r
			}
		}
	}
	return nil
}
