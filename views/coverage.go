package views

import (
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/widget"
)

// CoveragePage says of each watch what it knows.
type CoveragePage struct{ *reading }

// NewCoverage makes the page.
func NewCoverage(env *Env) *CoveragePage {
	return &CoveragePage{newReading(env, "What is being read", func() []para { return coveragePage(env) })}
}

func coveragePage(e *Env) []para {
	if e.World == nil {
		return []para{textLine(widget.Normal, "Connecting to "+e.Context+" "+e.Theme.Cut)}
	}
	var out []para
	c := e.World.Snapshot.Cluster
	out = append(out, fields(0, "cluster", keep([]field{
		{name: "server", value: c.Server},
		{name: "version", value: c.Version},
		{name: "as", value: c.User},
	}))...)
	if e.World.Err != nil {
		out = append(out, textLine(widget.Bad, "The cluster cannot be reached: "+e.World.Err.Error()))
	}
	out = append(out, blankLine())
	states := []struct {
		state model.WatchState
		role  widget.Role
		what  string
	}{
		{model.Forbidden, widget.High, "Forbidden: findings that need these are unknown"},
		{model.Stale, widget.Medium, "Stale: shown as they were when last read"},
		{model.Syncing, widget.Muted, "Still being read"},
		{model.Live, widget.Good, "Live"},
		{model.Absent, widget.Muted, "Not served by this cluster"},
	}
	for _, s := range states {
		var block []field
		for _, w := range e.World.Coverage {
			if w.State != s.state {
				continue
			}
			f := field{name: where(w.Resource, []model.Watch{w}), value: widget.Count(w.Objects), note: w.Message}
			if s.state == model.Stale {
				f.note = "for " + e.Age(w.Since) + lead(w.Message)
			}
			block = append(block, f)
		}
		if len(block) > 0 {
			out = append(out, para{Left: widget.Line{widget.T(s.role, s.what)}})
			out = append(append(out, fields(2, string(s.state), block)...), blankLine())
		}
	}
	return out
}

func keep(list []field) []field {
	var out []field
	for _, f := range list {
		if f.value != "" {
			out = append(out, f)
		}
	}
	return out
}
