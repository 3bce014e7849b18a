package views

import (
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/internal/text"
)

// NewCoverage makes the page that says of each watch what it knows.
func NewCoverage(env *Env) Pane {
	return newText(env, "What is being read", func() []styled.Para { return coveragePage(env) })
}

func coveragePage(e *Env) []styled.Para {
	if e.Report == nil {
		return []styled.Para{styled.P(styled.Normal, "Connecting to "+e.Context+" "+e.Theme.Cut)}
	}
	var out []styled.Para
	c := e.Report.Snapshot.Cluster
	out = append(out, fields(0, "cluster", keep([]field{
		{name: "server", value: c.Server},
		{name: "version", value: c.Version},
		{name: "as", value: c.User},
	}))...)
	if e.Report.Err != nil {
		out = append(out, styled.P(styled.Bad, "The cluster cannot be reached: "+e.Report.Err.Error()))
	}
	out = append(out, styled.Blank())
	live := "Live"
	if !e.AsOf.IsZero() {
		live = "Complete"
	}
	states := []struct {
		state model.WatchState
		lacks bool // the file that is looked at does not hold it
		role  styled.Role
		what  string
	}{
		{model.Forbidden, false, styled.High, "Forbidden: findings that need these are unknown"},
		{model.Absent, true, styled.High, "Not in the file: findings that need these are unknown"},
		{model.Stale, false, styled.Medium, "Stale: shown as they were when last read"},
		{model.Syncing, false, styled.Muted, "Still being read"},
		{model.Live, false, styled.Good, live},
		{model.Absent, false, styled.Muted, "Not served by this cluster"},
	}
	for _, s := range states {
		var block []field
		for _, w := range e.Report.Coverage() {
			if w.State != s.state || s.state == model.Absent && w.Partial != s.lacks {
				continue
			}
			f := field{name: where(w.Resource, []model.Watch{w}), value: objects(w), note: w.Message}
			if s.state == model.Stale {
				f.note = "for " + e.Age(w.Since) + lead(w.Message)
			}
			block = append(block, f)
		}
		if len(block) > 0 {
			out = append(out, styled.Para{Body: styled.Line{styled.T(s.role, s.what)}})
			out = append(append(out, fields(2, s.what, block)...), styled.Blank())
		}
	}
	return out
}

// objects is how many of a kind are known, and of about how many while they are read.
func objects(w model.Watch) string {
	if w.Expected > w.Objects {
		return progress(w.Objects, w.Expected)
	}
	return text.Count(w.Objects)
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
