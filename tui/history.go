package tui

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/inspect"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
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
	noPlan := ""
	if m.opts.Mender == nil {
		noPlan = "nothing can be applied in this session"
	}
	p := &historyPage{History: views.NewHistory(m.env, ref, noPlan)}
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
		p.SetHistory(nil, inspect.ErrGone)
		return nil
	}
	inspector := p.m.opts.Inspector
	return ask(&p.reader, func(ctx context.Context) (*inspect.History, error) { return inspector.History(ctx, rel) })
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
	manifest *inspect.Difference
	values   []inspect.Line
}

// more reads what the part that is shown needs.
func (p *historyPage) more() tea.Cmd {
	switch p.Needs() {
	case views.NeedDiff:
		from, to, _ := p.Pair()
		a, b := p.record(from), p.record(to)
		if a == nil || b == nil {
			p.SetDiff(nil, nil, inspect.ErrGone)
			return nil
		}
		inspector := p.m.opts.Inspector
		return ask(&p.diff, func(ctx context.Context) (differs, error) {
			manifest, values, err := inspector.Diff(ctx, a, b)
			return differs{manifest, values}, err
		})
	case views.NeedLive:
		rec := p.record(p.Chosen())
		if rec == nil {
			p.SetLive(nil, inspect.ErrGone)
			return nil
		}
		inspector := p.m.opts.Inspector
		return ask(&p.live, func(ctx context.Context) (*inspect.Live, error) { return inspector.Live(ctx, rec) })
	case views.NeedLeaving:
		snap, ref := p.m.env.World.Snapshot, p.Ref()
		inspector := p.m.opts.Inspector
		return ask(&p.uninstall, func(ctx context.Context) ([]inspect.Leaving, error) {
			return inspector.Leaving(ctx, snap, ref)
		})
	case views.NeedNothing:
	}
	return nil
}

// Act turns to another part, and reads anew.
func (p *historyPage) Act(a keymap.Action) (tea.Cmd, bool) {
	switch a {
	case keymap.Reload:
		return p.read(), true
	case keymap.Rollback:
		return p.m.planRollback(p.Release(), p.Chosen()), true
	case keymap.Uninstall:
		return p.m.planUninstall(p.Release()), true
	}
	if !p.Turn(a) {
		return nil, false
	}
	return p.more(), true
}

// Listen takes over what was read.
func (p *historyPage) Listen(msg tea.Msg) tea.Cmd {
	if h, err, ok := reply[*inspect.History](&p.reader, msg); ok {
		p.SetHistory(h, err)
		return p.more()
	}
	if d, err, ok := reply[differs](&p.diff, msg); ok {
		p.SetDiff(d.manifest, d.values, err)
	}
	if l, err, ok := reply[*inspect.Live](&p.live, msg); ok {
		p.SetLive(l, err)
	}
	if l, err, ok := reply[[]inspect.Leaving](&p.uninstall, msg); ok {
		p.SetLeaving(l, err)
	}
	return nil
}

// planRollback plans going back to a revision as the fix of a finding would be. The
// finding is in no report, so that what proves it is its workloads alone.
func (m *model) planRollback(rel *cluster.Release, revision int) tea.Cmd {
	if rel == nil {
		return nil
	}
	newest := rel.Newest()
	fix := finding.Fix{
		ID: "rollback", Title: fmt.Sprintf("Roll release %s back to revision %d", rel.Name, revision), Risk: finding.Disruptive,
		Steps: []finding.Step{{
			Verb: "rollback", Ref: rel.Ref(), Summary: fmt.Sprintf("revision %d -> %d", newest.Revision, revision), Change: finding.Rollback{Revision: revision},
		}},
		Undo:  fmt.Sprintf("rolls the release forward to what revision %d was", newest.Revision),
		Note:  "Helm runs the rollback, and the hooks that the chart has for it.",
		Proof: finding.Proof{Text: "the workloads of the release are ready", Within: 3 * time.Minute, Checks: m.readiness(newest)},
	}
	return m.planAsked(rel.Ref(), fmt.Sprintf("rollback-%d", revision), fix)
}

// planUninstall plans an uninstall; what it proves, and how far it can be taken back,
// is for package repair to say.
func (m *model) planUninstall(rel *cluster.Release) tea.Cmd {
	if rel == nil {
		return nil
	}
	return m.planAsked(rel.Ref(), "uninstall", finding.Fix{
		ID: "uninstall", Title: "Uninstall release " + rel.Name, Risk: finding.Destructive,
		Steps: []finding.Step{{
			Verb: "uninstall", Ref: rel.Ref(), Summary: fmt.Sprintf("at revision %d; its records stay", rel.Newest().Revision), Change: finding.Uninstall{},
		}},
		Proof: finding.Proof{Text: "what the manifest declares is gone", Within: 3 * time.Minute},
	})
}

// planAsked plans what no finding calls for, but the operator.
func (m *model) planAsked(subject cluster.Ref, slot string, fix finding.Fix) tea.Cmd {
	asked := &finding.Finding{
		Probe: "asked", Subject: subject, Slot: slot, Severity: finding.Low, Grade: finding.Proved,
		Summary: "The operator asked for it.", Fixes: []finding.Fix{fix},
	}
	mender, latest := m.opts.Mender, m.latest
	return m.openPlan(subject.String(), []alternative{{fix.Title, func(ctx context.Context, in repair.Inputs) (*repair.Plan, error) {
		report := *latest.Load()
		report.Findings = append(slices.Clone(report.Findings), asked)
		return mender.Plan(ctx, &report, asked, fix.ID, in)
	}}})
}

// readiness is that the workloads which a revision declares are ready.
func (m *model) readiness(rec *cluster.Record) []finding.Check {
	var out []finding.Check
	if rec.Body == nil {
		return nil
	}
	for _, o := range rec.Body.Objects {
		switch o.Ref.Kind {
		case cluster.KindDeployment, cluster.KindStatefulSet, cluster.KindDaemonSet:
			out = append(out, finding.Check{Ref: o.Ref, Path: "ready"})
		}
	}
	return out
}
