package views

import (
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/styled"
)

// maxResolved is how many findings that went are remembered.
const maxResolved = 500

// Resolved are the findings that went while careen looked, newest first.
type Resolved struct {
	list   []resolvedFinding
	mended map[finding.ID]string // what careen applied against a finding, by its title
}

type resolvedFinding struct {
	*finding.Finding
	at time.Time
	by string // the title of what careen applied; "" where somebody else did something
}

// Mended notes that a plan against findings was applied: what they explain goes with them.
func (r *Resolved) Mended(report *engine.Report, ids []finding.ID, title string) {
	if r.mended == nil {
		r.mended = map[finding.ID]string{}
	}
	for todo := slices.Clone(ids); len(todo) > 0; todo = todo[1:] {
		if id := todo[0]; r.mended[id] != title {
			r.mended[id] = title
			if report != nil {
				todo = append(todo, report.Symptoms[id]...)
			}
		}
	}
}

// Observe takes over what went between two reports, and forgets what is back. Nothing
// goes while the cluster cannot be reached: what was found then stays.
func (r *Resolved) Observe(before, after *engine.Report) {
	if before == nil || after == nil || after.Err != nil {
		return
	}
	r.list = slices.DeleteFunc(r.list, func(f resolvedFinding) bool { return after.Find(f.ID()) != nil })
	for _, f := range before.Findings {
		id := f.ID()
		if f.Grade == finding.Unknown || after.Find(id) != nil || unknownNow(after, f) {
			continue
		}
		r.list = slices.Insert(r.list, 0, resolvedFinding{f, after.At, r.mended[id]})
		delete(r.mended, id)
	}
	r.list = r.list[:min(len(r.list), maxResolved)]
}

// unknownNow reports whether the probe that made a finding is not able to look there any
// more.
func unknownNow(r *engine.Report, was *finding.Finding) bool {
	return slices.ContainsFunc(r.Findings, func(f *finding.Finding) bool {
		return f.Probe == was.Probe && f.Grade == finding.Unknown && (f.Subject.Name == "*" || f.Subject.Name == was.Subject.Namespace || f.Subject == was.Subject)
	})
}

// NewResolved makes the page of what was resolved since careen began to look.
func NewResolved(env *Env) Pane {
	return newText(env, "Resolved since careen began to look", func() []styled.Para { return resolvedPage(env) })
}

func resolvedPage(e *Env) []styled.Para {
	out := idleWaivers(e)
	if len(e.Resolved.list) == 0 {
		return append(out, styled.P(styled.Muted, "No finding has gone away since careen began to look."))
	}
	for _, f := range e.Resolved.list {
		sign := severitySign(e.Theme, f.Finding)
		by, role := "by somebody else, or by itself", styled.Muted
		if f.by != "" {
			by, role = "by careen: "+f.by, styled.Good
		}
		head := styled.Line{
			styled.T(styled.Muted, e.Clock(f.at)+"  "), sign, styled.T(styled.Normal, " "+string(f.Probe)+"  "), styled.T(styled.Strong, subjectText(f.Finding)),
		}
		out = append(out,
			styled.Para{Body: head, Hang: 7, Key: stop{to: Subject{Ref: f.Subject}, mark: string(f.ID())}},
			styled.Para{Body: styled.Of(styled.Normal, f.Summary), Indent: 7},
			styled.Para{Body: styled.Of(role, by), Indent: 7},
			styled.Blank(),
		)
	}
	return out
}
