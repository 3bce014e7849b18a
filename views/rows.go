package views

import (
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/widget"
)

// perSpace keeps the rows made of each namespace for as long as its content does
// not change, so that a report costs the namespaces that moved.
type perSpace[T any] struct {
	made map[string]madeRows[T]
}

type madeRows[T any] struct {
	space *model.Space
	rows  []T
}

// rows collects the rows of the namespaces looked at, in the order of their
// names, what is cluster-scoped last. Rows are made anew only for a Space that was not seen before.
func (p *perSpace[T]) rows(env *Env, make1 func(*model.Space) []T) (shown []T, total int) {
	if env.World == nil {
		return nil, 0
	}
	snap := env.World.Snapshot
	next := make(map[string]madeRows[T], len(snap.Spaces))
	names := append(snap.Namespaces(), "")
	for _, name := range names {
		space := snap.Space(name)
		if space == nil {
			continue
		}
		had, ok := p.made[name]
		if !ok || had.space != space {
			had = madeRows[T]{space, make1(space)}
		}
		next[name] = had
		total += len(had.rows)
		if env.In(name) {
			shown = append(shown, had.rows...)
		}
	}
	p.made = next
	return shown, total
}

// findingSpan is the sign of the worst finding about an object; blank where there
// is none.
func (e *Env) findingSpan(ref model.Ref) widget.Span {
	list := e.World.About(ref)
	if len(list) == 0 {
		return widget.Span{}
	}
	worst := list[0]
	for _, f := range list {
		if f.Grade != probes.Unknown && f.Severity > worst.Severity {
			worst = f
		}
	}
	sign := severitySign(e.Theme, worst)
	sign.Text = widget.Cut(sign.Text, widget.Width(e.Theme.High), "")
	return sign
}
