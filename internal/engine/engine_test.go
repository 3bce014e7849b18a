package engine

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// table is a source whose namespaces are set by the test.
type table struct {
	mu     sync.Mutex
	dirty  chan struct{}
	spaces map[string]*model.Space
	cover  model.Coverage
	moved  []model.Moved
	seq    uint64
}

func newTable(namespaces int) *table {
	t := &table{dirty: make(chan struct{}, 1), spaces: map[string]*model.Space{}}
	t.cover = model.Coverage{{Kind: model.KindSecret, Resource: "secrets", State: model.Live}}
	for i := range namespaces {
		t.put(fmt.Sprintf("ns-%d", i), "a")
	}
	return t
}

func (t *table) put(namespace string, names ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seq++
	rows := model.Table{}
	for _, n := range names {
		rows = append(rows, &model.Secret{Meta: model.Meta{Kind: model.KindSecret, Namespace: namespace, Name: n}})
	}
	t.spaces[namespace] = model.NewSpace(namespace, t.seq, map[model.Kind]model.Table{model.KindSecret: rows})
	t.moved = append(t.moved, model.Moved{Namespace: namespace, Kinds: []model.Kind{model.KindSecret}})
	select {
	case t.dirty <- struct{}{}:
	default:
	}
}

func (t *table) Dirty() <-chan struct{} { return t.dirty }
func (t *table) Err() error             { return nil }

func (t *table) Snapshot() (*model.Snapshot, []model.Moved) {
	t.mu.Lock()
	defer t.mu.Unlock()
	spaces := make(map[string]*model.Space, len(t.spaces))
	for k, v := range t.spaces {
		spaces[k] = v
	}
	moved := t.moved
	t.moved = nil
	return &model.Snapshot{Seq: t.seq, Spaces: spaces, Coverage: append(model.Coverage(nil), t.cover...)}, moved
}

// perSecret finds every secret, and counts its runs by namespace.
func perSecret(runs map[string]int) *probes.Probe {
	var mu sync.Mutex
	return &probes.Probe{
		ID: "per-secret", Doc: "t\n\np", Worst: finding.High, Needs: []model.Kind{model.KindSecret},
		Run: func(p *probes.Pass) {
			mu.Lock()
			runs[p.Namespace()]++
			mu.Unlock()
			for s := range model.Each[*model.Secret](p.Space, model.KindSecret) {
				if s.Name == "panic" {
					panic("boom")
				}
				p.Report(finding.Finding{Subject: s.Ref(), Severity: finding.High, Grade: finding.Proved, Summary: "x"})
			}
		},
	}
}

func TestOnlyTheNamespaceThatMovedIsLookedAtAgain(t *testing.T) {
	src, runs := newTable(20), map[string]int{}
	e := newEvaluator([]*probes.Probe{perSecret(runs)}, probes.Defaults)
	snap, moved := src.Snapshot()
	now := time.Now()
	units := e.due(snap, moved, true, now)
	if len(units) != 21 { // each namespace, and what is out of sight in all of them
		t.Fatalf("first look: %d units, want 21", len(units))
	}
	e.run(snap, e.graph.Update(snap), units[:1], now)
	src.put("ns-3", "a", "b")
	snap, moved = src.Snapshot()
	units = e.due(snap, moved, false, now)
	if len(units) != 1 || units[0].namespace != "ns-3" {
		t.Fatalf("after a change in ns-3: %v", units)
	}
}

func TestSyncingKeepsWhatWasKnownAndForbiddenIsUnknown(t *testing.T) {
	src := newTable(2)
	src.cover[0].State = model.Syncing
	runs := map[string]int{}
	e := newEvaluator([]*probes.Probe{perSecret(runs)}, probes.Defaults)
	now := time.Now()
	look := func() []*finding.Finding {
		snap, moved := src.Snapshot()
		e.run(snap, e.graph.Update(snap), e.due(snap, moved, false, now), now)
		list, _ := e.findings()
		return list
	}
	if got := look(); len(got) != 0 || len(runs) != 0 {
		t.Fatalf("while syncing: %d findings, %v runs", len(got), runs)
	}
	src.cover[0].State = model.Live
	if got := look(); len(got) != 2 {
		t.Fatalf("once live: %d findings, want 2", len(got))
	}
	src.cover[0].State = model.Forbidden
	src.cover[0].Message = "forbidden to bob (list secrets)"
	got := look()
	if len(got) != 1 || got[0].Grade != finding.Unknown || got[0].ID() != "per-secret:/Secret/*" {
		t.Fatalf("once forbidden: %+v", got)
	}
	src.cover[0].State = model.Stale
	if got := look(); len(got) != 2 || got[0].Grade != finding.Proved {
		t.Fatalf("once stale: %+v", got)
	}
}

func TestAPanickingProbeBecomesAFinding(t *testing.T) {
	src := newTable(0)
	src.put("bad", "panic")
	src.put("good", "a")
	snap, _ := src.Snapshot()
	r := Look(snap, []*probes.Probe{perSecret(map[string]int{"bad": 0, "good": 0})}, probes.Defaults, time.Now())
	if len(r.Findings) != 2 || r.Findings[1].Slot != "crash" || r.Findings[1].Subject.Name != "bad" {
		t.Fatalf("findings: %+v", r.Findings)
	}
}

func TestAPanicOfAWorkerIsTheCallers(t *testing.T) {
	defer func() {
		if v := recover(); v != "broken" {
			t.Errorf("recovered %v", v)
		}
	}()
	each(100, 4, func(i int) {
		if i == 77 {
			panic("broken")
		}
	})
}

func TestCausesThatAreNotThereAreDropped(t *testing.T) {
	a := &finding.Finding{Probe: "a", Subject: model.Ref{Kind: "Pod", Name: "x"}}
	b := &finding.Finding{Probe: "b", Subject: model.Ref{Kind: "Pod", Name: "x"}, Causes: []finding.ID{a.ID(), "gone:/Pod/x"}}
	list := []*finding.Finding{a, b}
	symptoms := link(list)
	if len(list[1].Causes) != 1 || len(symptoms[a.ID()]) != 1 || len(b.Causes) != 2 {
		t.Fatalf("causes %v, symptoms %v, original %v", list[1].Causes, symptoms, b.Causes)
	}
}

func TestAChangeAfterQuietIsAnsweredAtOnceAndAStormInSlices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := newTable(1)
		runs := map[string]int{}
		e := Start(t.Context(), src, Options{Probes: []*probes.Probe{perSecret(runs)}, Settings: probes.Defaults})
		<-e.Reports()
		time.Sleep(time.Second)

		start := time.Now()
		src.put("ns-0", "a", "b")
		if r := <-e.Reports(); len(r.Findings) != 2 || time.Since(start) > Interval {
			t.Errorf("%d findings after %s", len(r.Findings), time.Since(start))
		}
		reports := 0
		for i := range 500 { // a second of storm
			synctest.Wait()
			src.put("ns-0", "a", fmt.Sprint("s", i))
			time.Sleep(2 * time.Millisecond)
			select {
			case <-e.Reports():
				reports++
			default:
			}
		}
		if reports > 11 || reports < 9 {
			t.Errorf("%d reports in a second of storm, want about 10", reports)
		}
		e.Stop()
		if err := e.Err(); err != nil {
			t.Error(err)
		}
	})
}

func TestACrashIsTold(t *testing.T) {
	e := Start(t.Context(), broken{}, Options{})
	<-e.Done()
	if _, err := e.First(t.Context()); err == nil || e.Err() == nil || !strings.Contains(e.Err().Error(), "no snapshot") {
		t.Errorf("first %v, end %v", err, e.Err())
	}
}

// broken is a source that crashes.
type broken struct{}

func (broken) Dirty() <-chan struct{}                     { return nil }
func (broken) Snapshot() (*model.Snapshot, []model.Moved) { panic("no snapshot") }
func (broken) Err() error                                 { return nil }

func TestTimeAloneWakesAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		late := &probes.Probe{
			ID: "late", Doc: "t\n\np", Needs: []model.Kind{model.KindSecret}, Worst: finding.Low,
		}
		born := time.Now()
		late.Run = func(p *probes.Pass) {
			if p.After(born, 15*time.Minute) {
				p.Report(finding.Finding{Subject: model.Ref{Kind: "Secret", Namespace: p.Namespace(), Name: "a"}, Severity: finding.Low, Grade: finding.Proved})
			}
		}
		e := Start(t.Context(), newTable(1), Options{Probes: []*probes.Probe{late}, Settings: probes.Defaults})
		defer e.Stop()
		for r := range e.Reports() {
			if len(r.Findings) == 1 {
				if d := time.Since(born); d < 15*time.Minute || d > 15*time.Minute+time.Second {
					t.Errorf("found after %s", d)
				}
				return
			}
		}
	})
}
