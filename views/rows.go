package views

import (
	"maps"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/views/widget"
)

// perSpace keeps the rows made of each namespace for as long as the tables that
// they are made of do not change, so that a report costs the namespaces that moved.
type perSpace[T any] struct {
	made   map[string]*madeRows[T]
	shown  []T
	total  int
	chosen map[string]bool // the namespaces that shown is of
}

type madeRows[T any] struct {
	tables []model.Table
	rows   []T
	at     int // where they begin in shown; -1 where they are not shown
}

// rows collects the rows of the namespaces looked at, in the order of their
// names, what is cluster-scoped last. They are made of the tables of kinds, again
// only where one of those changed; changed reports whether any did. The list belongs
// to p, which writes into it where as many rows took the place of others.
func (p *perSpace[T]) rows(env *Env, kinds []model.Kind, build func(*model.Space) []T) (shown []T, changed bool) {
	if env.Report == nil {
		return nil, false
	}
	snap := env.Report.Snapshot
	whole := p.made == nil || len(snap.Spaces) != len(p.made) || !maps.Equal(p.chosen, env.Namespaces) || (p.chosen == nil) != (env.Namespaces == nil)
	if p.made == nil {
		p.made = make(map[string]*madeRows[T], len(snap.Spaces))
	}
	for name, space := range snap.Spaces {
		had := p.made[name]
		if had != nil && had.of(space, kinds) {
			continue
		}
		changed = true
		fresh := &madeRows[T]{make([]model.Table, len(kinds)), build(space), -1}
		for i, k := range kinds {
			fresh.tables[i] = space.Tables[k]
		}
		p.made[name] = fresh
		if had == nil || len(had.rows) != len(fresh.rows) {
			whole = true
			continue
		}
		if fresh.at = had.at; fresh.at >= 0 {
			copy(p.shown[fresh.at:], fresh.rows)
		}
	}
	if whole {
		p.collect(env)
	}
	return p.shown, changed || whole
}

// collect lists everything again.
func (p *perSpace[T]) collect(env *Env) {
	snap := env.Report.Snapshot
	maps.DeleteFunc(p.made, func(name string, _ *madeRows[T]) bool { return snap.Spaces[name] == nil })
	p.total, p.chosen = 0, maps.Clone(env.Namespaces)
	for _, had := range p.made {
		p.total += len(had.rows)
		had.at = -1
	}
	p.shown = make([]T, 0, p.total)
	for _, name := range append(snap.Namespaces(), "") {
		if had := p.made[name]; had != nil && env.In(name) {
			had.at = len(p.shown)
			p.shown = append(p.shown, had.rows...)
		}
	}
}

// of reports whether the rows were made of the tables that space has.
func (m *madeRows[T]) of(space *model.Space, kinds []model.Kind) bool {
	for i, k := range kinds {
		a, b := m.tables[i], space.Tables[k]
		if len(a) != len(b) || (len(a) > 0 && &a[0] != &b[0]) {
			return false
		}
	}
	return true
}

// worst is the severest of what was found about objects, what is known before what
// is not; nil for nothing.
func (e *Env) worst(refs ...model.Ref) *finding.Finding {
	var worst *finding.Finding
	for _, ref := range refs {
		for _, f := range e.Report.About(ref) {
			known := f.Grade != finding.Unknown
			switch {
			case worst == nil, known && worst.Grade == finding.Unknown:
				worst = f
			case known && f.Severity > worst.Severity:
				worst = f
			}
		}
	}
	return worst
}

// findingSpan is the sign of the worst finding about objects; blank where there is
// none.
func (e *Env) findingSpan(refs ...model.Ref) styled.Span {
	worst := e.worst(refs...)
	if worst == nil {
		return styled.Span{}
	}
	sign := severitySign(e.Theme, worst)
	sign.Text = widget.Cut(sign.Text, widget.Width(e.Theme.High), "")
	return sign
}
