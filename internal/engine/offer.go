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
// kept until the probe makes the finding again, or until what it is withheld for is found
// without it.
func (e *evaluator) offer(f *finding.Finding, before map[finding.ID]bool) offered {
	if len(f.Fixes) == 0 {
		return offered{finding: f}
	}
	if done := e.offered[f]; done.finding != nil && !slices.ContainsFunc(done.feared, func(id finding.ID) bool { return before[id] }) {
		return done
	}
	out := *f
	out.Fixes = nil
	var feared []finding.ID
	for _, fix := range f.Fixes {
		d, o := e.tried(f, &fix, before)
		if o.why != "" {
			out.Withheld = append(out.Withheld, finding.Withheld{Fix: fix.ID, Title: fix.Title, Why: o.why})
			if o.feared != "" {
				feared = append(feared, o.feared)
			}
			continue
		}
		out.Fixes = append(out.Fixes, promised(fix, d))
	}
	return offered{&out, feared}
}

// offered is a finding with the fixes that would help, and what the others would bring
// about.
type offered struct {
	finding *finding.Finding
	feared  []finding.ID
}

// obstacle is what stands in the way of a fix; the zero value is nothing.
type obstacle struct {
	why    string
	feared finding.ID // what it would bring about; empty for other reasons
}

// tried draws the future of a fix, and says why it is not offered; empty where it is. A
// crash on the way is a reason: a fix that could not be tried is none.
func (e *evaluator) tried(f *finding.Finding, fix *finding.Fix, before map[finding.ID]bool) (d *future.Drawing, o obstacle) {
	defer func() {
		if v := recover(); v != nil {
			d, o.why = nil, fmt.Sprintf("careen could not try it: it crashed: %v", v)
		}
	}()
	d = future.Draw(e.snap, fix, e.now)
	return d, e.stands(f, d, setting{e.graph, e.now, before, e.said})
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

// setting is what a drawing is compared with.
type setting struct {
	graph  *graph.Graph
	now    time.Time
	before map[finding.ID]bool                                // what is found without it
	said   func(unit, ...[]model.Kind) (r result, known bool) // what need not be asked again; nil for nothing
}

// stands says what stands in the way of a fix; empty where it would help, or where
// nobody can tell.
func (t trial) stands(f *finding.Finding, d *future.Drawing, in setting) obstacle {
	if d.Blocked != "" {
		return obstacle{why: d.Blocked}
	}
	after := t.foresee(d, in, f.Subject.Namespace)
	stays, worse := false, obstacle{}
	for _, g := range after {
		id := g.ID()
		switch {
		case id == f.ID():
			stays = true
		case !in.before[id] && g.Grade != finding.Unknown && g.Severity > finding.Low && worse.why == "":
			worse = obstacle{fmt.Sprintf("it would bring about %s of %s: %s", g.Probe, g.Subject, strings.TrimSuffix(g.Summary, ".")), id}
		}
	}
	switch {
	case worse.why != "":
		return worse
	case stays && len(d.Unsure) == 0:
		return obstacle{why: "what is wrong would still be so afterwards"}
	}
	return obstacle{}
}

// foresee is what the probes say of a drawing, in the namespaces that it touches and in
// that of the finding. Those that read nothing of what it changes say what they said.
func (t trial) foresee(d *future.Drawing, in setting, namespace string) (out []*finding.Finding) {
	snap := d.Snapshot()
	touched := d.Touched()
	drawn := &evaluator{trial: t, graph: in.graph.Over(snap, touched)}
	changed, anywhere := map[string][]model.Kind{}, []model.Kind(nil)
	for _, ns := range touched {
		changed[ns] = d.Kinds(ns)
		anywhere = append(anywhere, changed[ns]...)
	}
	if !slices.Contains(touched, namespace) {
		touched = append(touched, namespace)
	}
	say := func(u unit, kinds ...[]model.Kind) {
		r, known := result{}, false
		if in.said != nil {
			r, known = in.said(u, kinds...)
		}
		if !known {
			r = drawn.runOne(snap, u, in.now)
		}
		out = append(out, r.findings...)
	}
	for i, p := range t.probes {
		if p.Scope == probes.Cluster {
			say(unit{i, ""}, anywhere)
			continue
		}
		for _, ns := range touched {
			if ns != "" {
				say(unit{i, ns}, changed[ns], changed[""])
			}
		}
	}
	return out
}

// said is what a unit said of the snapshot; known is false where it has to be asked again,
// since it reads one of these kinds, or was not yet asked.
func (e *evaluator) said(u unit, kinds ...[]model.Kind) (r result, known bool) {
	if _, waits := e.waiting[u]; waits || e.reads(u.probe, kinds...) {
		return r, false
	}
	return e.results[u], true
}

// reads reports whether a probe reads any of some kinds.
func (e *evaluator) reads(probe int, lists ...[]model.Kind) bool {
	for _, list := range lists {
		for _, k := range list {
			if slices.Contains(e.readers[model.Lookup(k).Kind], probe) {
				return true
			}
		}
	}
	return false
}

// seen is what an evaluator needs to draw the future of a fix.
type seen struct {
	snap    *model.Snapshot
	now     time.Time
	offered map[*finding.Finding]offered
}

// offerAll leaves each finding the fixes that would help.
func (e *evaluator) offerAll(list []*finding.Finding) []*finding.Finding {
	before := idsOf(list)
	kept := make(map[*finding.Finding]offered, len(list))
	made := make([]offered, len(list))
	each(len(list), e.workers(), func(i int) { made[i] = e.offer(list[i], before) })
	out := make([]*finding.Finding, len(list))
	for i, f := range list {
		out[i] = made[i].finding
		if len(f.Fixes) > 0 {
			kept[f] = made[i]
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
	return r.trial.stands(f, future.Draw(r.Snapshot, fix, r.At, stored...), setting{r.Graph, r.At, idsOf(r.Findings), nil}).why
}
