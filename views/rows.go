package views

import (
	"maps"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/widget"
)

// perSpace keeps the rows made of each namespace for as long as the tables that
// they are made of do not change, so that a report costs the namespaces that moved.
type perSpace[T any] struct {
	made   map[string]madeRows[T]
	shown  []T
	total  int
	chosen map[string]bool // the namespaces that shown is of
}

type madeRows[T any] struct {
	tables []model.Table
	rows   []T
}

// rows collects the rows of the namespaces looked at, in the order of their
// names, what is cluster-scoped last. They are made of the tables of kinds, anew
// only where one of those changed; changed tells whether any did.
func (p *perSpace[T]) rows(env *Env, kinds []model.Kind, build func(*model.Space) []T) (shown []T, changed bool) {
	if env.World == nil {
		return nil, false
	}
	snap := env.World.Snapshot
	next := make(map[string]madeRows[T], len(snap.Spaces))
	changed = len(snap.Spaces) != len(p.made) || p.made == nil || !maps.Equal(p.chosen, env.Namespaces) || (p.chosen == nil) != (env.Namespaces == nil)
	for name, space := range snap.Spaces {
		had, ok := p.made[name]
		if !ok || !had.of(space, kinds) {
			had = madeRows[T]{make([]model.Table, len(kinds)), build(space)}
			for i, k := range kinds {
				had.tables[i] = space.Tables[k]
			}
			changed = true
		}
		next[name] = had
	}
	if !changed {
		return p.shown, false
	}
	p.made, p.total, p.chosen = next, 0, maps.Clone(env.Namespaces)
	for _, had := range next {
		p.total += len(had.rows)
	}
	p.shown = make([]T, 0, p.total)
	for _, name := range append(snap.Namespaces(), "") {
		rows := next[name].rows
		if env.In(name) {
			p.shown = append(p.shown, rows...)
		}
	}
	return p.shown, true
}

// of tells whether the rows were made of the tables that space has.
func (m madeRows[T]) of(space *model.Space, kinds []model.Kind) bool {
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
func (e *Env) worst(refs ...model.Ref) *probes.Finding {
	var worst *probes.Finding
	for _, ref := range refs {
		for _, f := range e.World.About(ref) {
			known := f.Grade != probes.Unknown
			switch {
			case worst == nil, known && worst.Grade == probes.Unknown:
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
func (e *Env) findingSpan(refs ...model.Ref) widget.Span {
	worst := e.worst(refs...)
	if worst == nil {
		return widget.Span{}
	}
	sign := severitySign(e.Theme, worst)
	sign.Text = widget.Cut(sign.Text, widget.Width(e.Theme.High), "")
	return sign
}
