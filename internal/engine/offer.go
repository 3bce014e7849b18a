package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/future"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// offer leaves a finding the fixes that would help, and says why the others would not:
// each is drawn on a copy of the snapshot, and the probes look at that. The result is
// kept until the probe makes the finding again.
func (e *evaluator) offer(f *finding.Finding, before map[finding.ID]bool) *finding.Finding {
	if len(f.Fixes) == 0 {
		return f
	}
	if done := e.offered[f]; done != nil {
		return done
	}
	out := *f
	out.Fixes = nil
	for _, fix := range f.Fixes {
		d, why := e.tried(f, &fix, before)
		if why != "" {
			out.Withheld = append(out.Withheld, finding.Withheld{Fix: fix.ID, Title: fix.Title, Why: why})
			continue
		}
		out.Fixes = append(out.Fixes, promised(fix, d))
	}
	return &out
}

// tried draws the future of a fix, and says why it is not offered; empty where it is. A
// crash on the way is a reason: a fix that could not be tried is none.
func (e *evaluator) tried(f *finding.Finding, fix *finding.Fix, before map[finding.ID]bool) (d *future.Drawing, why string) {
	defer func() {
		if v := recover(); v != nil {
			d, why = nil, fmt.Sprintf("careen could not try it: it crashed: %v", v)
		}
	}()
	d = future.Draw(e.snap, fix, e.now)
	return d, e.stands(f, d, e.graph, e.now, before)
}

// promised is a fix without the promise that a workload becomes ready which still lacks
// something else.
func promised(fix finding.Fix, d *future.Drawing) finding.Fix {
	for _, l := range d.Lacking {
		waits := func(c finding.Check) bool { return c.Ref == l.Workload && c.Path == "ready" }
		if !slices.ContainsFunc(fix.Proof.Checks, waits) {
			continue
		}
		fix.Proof.Checks = slices.DeleteFunc(slices.Clone(fix.Proof.Checks), waits)
		fix.Proof.Text, fix.Proof.Hold = "this finding is gone", 0
		fix.Note = strings.TrimSpace(fmt.Sprintf("%s Its pods still wait: %s does not exist either.", fix.Note, l.What))
	}
	return fix
}

// trial is what a fix is tried with.
type trial struct {
	probes   []*probes.Probe
	settings probes.Settings
}

// stands says what stands in the way of a fix; empty where it would help, or where
// nobody can tell.
func (t trial) stands(f *finding.Finding, d *future.Drawing, g *graph.Graph, now time.Time, before map[finding.ID]bool) string {
	if d.Blocked != "" {
		return d.Blocked
	}
	after := t.foresee(d, g, now, f.Subject.Namespace)
	stays, worse := false, ""
	for _, g := range after {
		id := g.ID()
		switch {
		case id == f.ID():
			stays = true
		case !before[id] && g.Grade != finding.Unknown && g.Severity > finding.Low && worse == "":
			worse = fmt.Sprintf("it would bring about %s: %s", id, g.Summary)
		}
	}
	switch {
	case worse != "":
		return worse
	case stays && len(d.Unsure) == 0:
		return "what is wrong would still be so afterwards"
	}
	return ""
}

// foresee runs the probes on a drawing, in the namespaces that it touches and in that
// of the finding.
func (t trial) foresee(d *future.Drawing, g *graph.Graph, now time.Time, namespace string) (out []*finding.Finding) {
	snap := d.Snapshot()
	touched := d.Touched()
	trial := &evaluator{trial: t, graph: g.Over(snap, touched)}
	if !slices.Contains(touched, namespace) {
		touched = append(touched, namespace)
	}
	for i, p := range t.probes {
		if p.Scope == probes.Cluster {
			out = append(out, trial.runOne(snap, unit{i, ""}, now).findings...)
			continue
		}
		for _, ns := range touched {
			if ns != "" {
				out = append(out, trial.runOne(snap, unit{i, ns}, now).findings...)
			}
		}
	}
	return out
}

// seen is what an evaluator needs to draw the future of a fix.
type seen struct {
	snap    *model.Snapshot
	now     time.Time
	offered map[*finding.Finding]*finding.Finding
}

// offerAll leaves each finding the fixes that would help.
func (e *evaluator) offerAll(list []*finding.Finding) []*finding.Finding {
	before := idsOf(list)
	kept := make(map[*finding.Finding]*finding.Finding, len(list))
	out := make([]*finding.Finding, len(list))
	for i, f := range list {
		out[i] = e.offer(f, before)
		if len(f.Fixes) > 0 {
			kept[f] = out[i]
		}
	}
	e.offered = kept
	return out
}

func idsOf(list []*finding.Finding) map[finding.ID]bool {
	ids := make(map[finding.ID]bool, len(list))
	for _, f := range list {
		ids[f.ID()] = true
	}
	return ids
}

// Stands says what would stand in the way of a fix, where the server would store this of
// its writes; empty where it would help, and where nobody can tell.
func (r *Report) Stands(f *finding.Finding, fix *finding.Fix, stored []model.Row) (why string) {
	if r == nil || len(r.trial.probes) == 0 || r.Find(f.ID()) == nil {
		return ""
	}
	defer func() {
		if v := recover(); v != nil {
			why = fmt.Sprintf("careen could not try it: it crashed: %v", v)
		}
	}()
	return r.trial.stands(f, future.Draw(r.Snapshot, fix, r.At, stored...), r.Graph, r.At, idsOf(r.Findings))
}
