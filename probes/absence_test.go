package probes_test

import (
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
)

// TestWhatIsOutOfViewIsUnknown takes each kind, and each namespace, of each fixture out
// of view. What then is said to be absent or unused must be unknown: it must neither be
// proved nor pass in silence, and nothing may be called proved that was not before.
func TestWhatIsOutOfViewIsUnknown(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no fixtures")
	}
	kinds := hideable()
	var hidden atomic.Int64
	t.Cleanup(func() {
		if n := hidden.Load(); n < 50 {
			t.Errorf("only %d absences were put to the test", n)
		}
	})
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			snap, settings, now, err := probetest.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			look := func(s *model.Snapshot) *engine.Report { return engine.Look(s, probes.All(), settings, now) }
			hidden.Add(outOfView(t, file, snap, kinds, look))
		})
	}
}

// hideable are the kinds that are taken out of view.
func hideable() []model.Kind {
	kinds := []model.Kind{model.KindCustom, model.KindRecord}
	for _, info := range model.Builtin {
		// That a namespace is being deleted makes what it lacks uninteresting, not untrue.
		if info.Kind != model.KindNamespace {
			kinds = append(kinds, info.Kind)
		}
	}
	return kinds
}

// outOfView is TestWhatIsOutOfViewIsUnknown of one fixture; it returns how many absences
// were put to the test.
func outOfView(t testing.TB, file string, snap *model.Snapshot, kinds []model.Kind, look func(*model.Snapshot) *engine.Report) (hidden int64) {
	t.Helper()
	whole := look(snap)
	for _, kind := range kinds {
		if ok, _ := snap.Knows(kind, ""); !ok {
			continue
		}
		for _, state := range []model.WatchState{model.Forbidden, model.Absent} {
			part := look(probetest.Hide(snap, kind, state))
			compare(t, file+" without "+string(kind), whole, part)
			for _, f := range whole.Findings {
				if restsOn(f, kind) {
					hidden++
					unknown(t, file+" without "+string(kind), f, part)
				}
			}
		}
	}
	for _, ns := range snap.Namespaces() {
		compare(t, file+" of "+ns+" alone", whole, look(probetest.Within(snap, ns)))
	}
	return hidden
}

// restsOn reports whether a finding claims an absence that reading the kind would
// show.
func restsOn(f *finding.Finding, kind model.Kind) bool {
	return slices.ContainsFunc(f.Rests, func(a finding.Absence) bool {
		of := a.Of.Kind
		if of == model.KindRelease {
			of = model.KindRecord
		}
		if f.Subject == a.Of { // unused
			return slices.Contains(probes.NamersOf(of), kind)
		}
		return of == kind
	})
}

// unknown wants a finding, or its whole probe, to be unknown in part.
func unknown(t testing.TB, what string, f *finding.Finding, part *engine.Report) {
	t.Helper()
	for _, g := range part.Findings {
		if g.Grade == finding.Unknown && (g.ID() == f.ID() || g.Probe == f.Probe && g.Subject.Name == "*") {
			return
		}
	}
	if g := part.Find(f.ID()); g != nil {
		t.Errorf("%s: %s is %s, not unknown", what, f.ID(), g.Grade)
	} else if part.Snapshot.Row(f.Subject) != nil || f.Subject.Kind == model.KindRelease {
		t.Errorf("%s: %s passes in silence", what, f.ID())
	}
}

func compare(t testing.TB, what string, whole, part *engine.Report) {
	t.Helper()
	for _, g := range part.Findings {
		if g.Grade > finding.Observed {
			if i := slices.IndexFunc(g.Fixes, func(x finding.Fix) bool { return x.Risk == finding.Destructive || x.Deletes() }); i >= 0 {
				t.Errorf("%s: %s is %s, and offers to %s", what, g.ID(), g.Grade, g.Fixes[i].ID)
			}
			continue
		}
		// Whom a fact is about may be known less far: a Job in the place of its CronJob.
		same := func(f *finding.Finding) bool {
			return f.ID() == g.ID() || f.Probe == g.Probe && f.Summary == g.Summary && f.Subject.Namespace == g.Subject.Namespace
		}
		if !slices.ContainsFunc(whole.Findings, func(f *finding.Finding) bool { return same(f) && f.Grade <= finding.Observed }) {
			t.Errorf("%s: %s is proved, and was not before: %s", what, g.ID(), g.Summary)
		}
	}
}
