package engine

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// unit is one probe in one namespace ("" for a probe of cluster scope).
type unit struct {
	probe     int
	namespace string
}

// result is what the last run of a unit said. A unit whose inputs are still being
// read keeps the result it had.
type result struct {
	findings []*finding.Finding
	more     int // that the probe did not list
	wake     time.Time
}

// evaluator runs units and keeps their results. It is used by one goroutine.
type evaluator struct {
	trial
	readers map[model.Kind][]int
	results map[unit]result
	waiting map[unit]bool // not yet run, because something they read is still syncing
	known   map[watched]bool
	graph   *graph.Graph
	spare   int // processors that are left to others; see workers
	seen
}

type watched struct {
	kind                model.Kind
	resource, namespace string
}

func newEvaluator(list []*probes.Probe, settings probes.Settings) *evaluator {
	e := &evaluator{
		trial:   trial{list, settings},
		readers: map[model.Kind][]int{}, results: map[unit]result{}, waiting: map[unit]bool{}, known: map[watched]bool{},
	}
	for i, p := range list {
		for _, k := range p.Reads() {
			if !slices.Contains(e.readers[k], i) {
				e.readers[k] = append(e.readers[k], i)
			}
		}
	}
	return e
}

// due lists the units to run: those that read what moved, those that time has
// come for, and those that waited for a watch. When all is true, every unit.
func (e *evaluator) due(snap *model.Snapshot, moved []model.Moved, all bool, now time.Time) []unit {
	set := map[unit]bool{}
	add := func(i int, namespace string) {
		if e.probes[i].Scope == probes.Cluster {
			namespace = ""
		}
		set[unit{i, namespace}] = true
	}
	namespaces := sync.OnceValue(func() []string { return places(snap) }) // sorting them all costs more than one change should
	if all {
		for i := range e.probes {
			add(i, "")
			for _, n := range namespaces() {
				add(i, n)
			}
		}
	}
	for _, m := range moved {
		for _, k := range m.Kinds {
			info := model.Lookup(k)
			for _, i := range e.readers[info.Kind] {
				switch {
				case m.Namespace != "" || e.probes[i].Scope == probes.Cluster:
					add(i, m.Namespace)
				case info.Concerns == model.Everywhere: // the source lists others under the namespaces that they concern
					for _, n := range namespaces() {
						add(i, n)
					}
				}
			}
		}
	}
	for _, w := range e.turned(snap) {
		for _, i := range e.readers[w.Kind] {
			add(i, w.Namespace)
			if w.Namespace != "" {
				add(i, "") // what is known of one is not unknown everywhere
				continue
			}
			for _, n := range namespaces() {
				add(i, n)
			}
		}
	}
	for u, r := range e.results {
		if !r.wake.IsZero() && !r.wake.After(now) {
			set[u] = true
		}
	}
	for u := range e.waiting {
		set[u] = true
	}
	units := make([]unit, 0, len(set))
	for u := range set {
		units = append(units, u)
	}
	return units
}

// turned lists the watches that began or ceased to be complete since the last
// call, a right that was withdrawn for example, and those that are new and not
// complete.
func (e *evaluator) turned(snap *model.Snapshot) (out []model.Watch) {
	for _, w := range snap.Coverage {
		key := watched{w.Kind, w.Resource, w.Namespace}
		if before, ok := e.known[key]; !ok || before != w.Known() {
			e.known[key] = w.Known()
			if ok || !w.Known() {
				out = append(out, w)
			}
		}
	}
	return out
}

// run brings the results up to date with a snapshot whose graph is g, and reports
// whether any changed.
func (e *evaluator) run(snap *model.Snapshot, g *graph.Graph, units []unit, now time.Time) bool {
	e.graph, e.snap, e.now = g, snap, now
	out := make([]*result, len(units)) // nil: nothing known yet
	each(len(units), e.workers(), func(i int) {
		if ready(snap, e.probes[units[i].probe], units[i].namespace) {
			r := e.runOne(snap, units[i], now)
			out[i] = &r
		}
	})
	changed := false
	for i, u := range units {
		if out[i] == nil {
			e.waiting[u] = true
			continue
		}
		delete(e.waiting, u)
		before := e.results[u]
		changed = changed || before.more != out[i].more || !sameFindings(before.findings, out[i].findings)
		if len(out[i].findings) == 0 && out[i].wake.IsZero() {
			delete(e.results, u)
		} else {
			e.results[u] = *out[i]
		}
	}
	for u := range e.results {
		if gone(snap, u.namespace) {
			changed = changed || len(e.results[u].findings) > 0
			delete(e.results, u)
		}
	}
	for u := range e.waiting {
		if gone(snap, u.namespace) {
			delete(e.waiting, u)
		}
	}
	return changed
}

// runOne runs one unit, or says what cannot be known. A probe that panics becomes
// a finding about the probe.
func (e *evaluator) runOne(snap *model.Snapshot, u unit, now time.Time) (r result) {
	p := e.probes[u.probe]
	if beyond(snap, p, u.namespace) {
		return r
	}
	if kind, why := blocked(snap, p, u.namespace); why != "" {
		if f := unknown(snap, p, u.namespace, kind, why); f != nil {
			r.findings = []*finding.Finding{f}
		}
		return r
	}
	if p.Scope == probes.Namespace && (u.namespace == "" || spaceOf(snap, u.namespace) == nil) {
		return r // its objects stand in namespaces, and there are none
	}
	pass := &probes.Pass{
		Snapshot: snap, Space: spaceOf(snap, u.namespace), Graph: e.graph, Now: now, Settings: e.settings,
		Report: func(f finding.Finding) {
			f.Probe = p.ID
			f.Settle()
			r.findings = append(r.findings, &f)
		},
	}
	defer func() {
		if v := recover(); v != nil {
			r.findings = append(r.findings, crashed(p, u.namespace, v))
		}
		slices.SortFunc(r.findings, Compare)
		r.wake, r.more = pass.WakeAt(), pass.Unlisted()
	}()
	p.Run(pass)
	for _, b := range pass.Blinds() {
		if p.Scope == probes.Cluster && b.Why == "" && outside(snap, b.Kind, b.Namespace) {
			continue
		}
		_, why := snap.Knows(b.Kind, b.Namespace)
		f := unknown(snap, p, b.Namespace, b.Kind, cmp.Or(b.Why, why))
		if f.Subject.Name != "*" { // of one namespace, of which other kinds may be hidden as well
			f.Slot = strings.ToLower(string(b.Kind))
		}
		r.findings = append(r.findings, f)
	}
	return r
}

func crashed(p *probes.Probe, namespace string, v any) *finding.Finding {
	buf := make([]byte, 4<<10)
	buf = buf[:runtime.Stack(buf, false)]
	return &finding.Finding{
		Probe: p.ID, Subject: model.Ref{Kind: model.KindNamespace, Name: namespace}, Slot: "crash",
		Severity: finding.Low, Grade: finding.Unknown,
		Summary:  fmt.Sprintf("The probe %s crashed here, so nothing is known from it: %v.", p.ID, v),
		Evidence: []finding.Evidence{{Path: "stack", Value: string(buf), Note: "please report this"}},
	}
}

// earliest is the next time at which a unit wants to be run again.
func (e *evaluator) earliest() (t time.Time) {
	for _, r := range e.results {
		if !r.wake.IsZero() && (t.IsZero() || r.wake.Before(t)) {
			t = r.wake
		}
	}
	return t
}

// findings merges all results, sorted and linked.
func (e *evaluator) findings() ([]*finding.Finding, map[finding.ID][]finding.ID) {
	var list []*finding.Finding
	more := map[finding.ProbeID]int{}
	for u, r := range e.results {
		list = append(list, r.findings...)
		more[e.probes[u.probe].ID] += r.more
	}
	list = e.offerAll(e.listed(foldUnknown(list), more))
	slices.SortFunc(list, Compare)
	return list, link(list)
}

// workers is on how many goroutines an evaluator works. Those that always have something
// to do hold their processor for ten milliseconds at a time; where they hold all of them a
// key that is pressed waits at each step of its way to the screen.
func (e *evaluator) workers() int { return max(1, runtime.GOMAXPROCS(0)-e.spare) }

// each calls f for 0..n-1 on that many goroutines. A panic of one of them is the caller's.
func each(n, workers int, f func(int)) {
	workers = min(workers, n)
	if workers <= 1 {
		for i := range n {
			f(i)
		}
		return
	}
	var wg sync.WaitGroup
	panics := make(chan any, workers)
	for w := range workers {
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					panics <- v
				}
			}()
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
	select {
	case v := <-panics:
		panic(v)
	default:
	}
}
