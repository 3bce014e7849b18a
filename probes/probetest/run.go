package probetest

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/scene"
)

// Look finds what there is to be found in a scene: [Live], or what preflight or
// forecast say of it.
type Look func(*scene.Scene) (*engine.Report, error)

// Live runs all probes once, so that causes are linked as they are in a report.
func Live(s *scene.Scene) (*engine.Report, error) {
	return engine.Look(s.Snapshot, probes.All(), s.Settings, s.Now), nil
}

// Run checks a probe, or a check of preflight or forecast, against every fixture of
// dir: what each wants is found, nothing else is found by this probe, and what is
// found equals the golden. There must be a fixture in which it finds something and one
// in which it stays silent.
func Run(t *testing.T, probe *probes.Probe, dir string, look Look) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixture for %s: put one into %s", probe.ID, dir)
	}
	fires, silent := false, false
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			s, err := scene.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			found := Check(t, probe, file, s, look)
			fires, silent = fires || found > 0, silent || found == 0
		})
	}
	if !fires {
		t.Errorf("in no fixture of %s does %s find anything", dir, probe.ID)
	}
	if !silent {
		t.Errorf("in no fixture of %s does %s stay silent", dir, probe.ID)
	}
}

// Check looks at the scene of one fixture, and returns how many findings of the probe were
// not about what cannot be known. A check without a Run may be about nothing else.
func Check(t testing.TB, probe *probes.Probe, file string, s *scene.Scene, look Look) (found int) {
	t.Helper()
	report, err := look(s)
	if err != nil {
		t.Fatal(err)
	}
	var seen, own []*finding.Finding
	for _, f := range report.Findings {
		if f.Slot == "crash" {
			t.Errorf("%s crashed: %s\n%s", f.Probe, f.Summary, f.Evidence[0].Value)
			continue
		}
		seen = append(seen, f)
		if f.Probe != probe.ID {
			continue
		}
		own = append(own, f)
		if f.Grade != finding.Unknown || probe.Run == nil {
			found++
		}
		sound(t, probe, f)
	}
	unwanted, missing := s.Compare(seen, probe.ID)
	for _, f := range unwanted {
		t.Errorf("%s: not wanted: %s %s %s %q", file, f.ID(), f.Severity, f.Grade, f.Summary)
	}
	for _, w := range missing {
		t.Errorf("%s: not found: %s", w.Place, w)
	}
	if s.Wake != nil {
		if at := wakeOf(s, probe); !at.Equal(*s.Wake) {
			t.Errorf("%s: %s asks to be run again at %s, not at %s", file, probe.ID, at, s.Wake)
		}
	}
	golden.Equal(t, strings.TrimSuffix(file, ".yaml")+".golden", render(own))
	return found
}

// wakeOf is the earliest time at which a probe asks to be run again.
func wakeOf(s *scene.Scene, probe *probes.Probe) (at time.Time) {
	var g *graph.Graph
	g = g.Update(s.Snapshot)
	names := s.Snapshot.Namespaces()
	if probe.Scope == probes.Cluster {
		names = []string{""}
	}
	for _, name := range names {
		pass := &probes.Pass{
			Snapshot: s.Snapshot, Space: s.Snapshot.Space(name), Graph: g, Now: s.Now, Settings: s.Settings,
			Report: func(finding.Finding) {},
		}
		probe.Run(pass)
		if w := pass.WakeAt(); !w.IsZero() && (at.IsZero() || w.Before(at)) {
			at = w
		}
	}
	return at
}

// sound checks what holds for every finding.
func sound(t testing.TB, probe *probes.Probe, f *finding.Finding) {
	t.Helper()
	switch {
	case f.Severity > probe.Worst:
		t.Errorf("%s is %s, but its probe says that it makes nothing worse than %s", f.ID(), f.Severity, probe.Worst)
	case f.Subject.IsZero() || f.Grade == 0 || len(f.Evidence) == 0:
		t.Errorf("%s lacks a subject, a grade or evidence", f.ID())
	case !strings.HasSuffix(f.Summary, ".") || strings.Contains(f.Summary, "\n") || strings.Contains(strings.ToLower(f.Summary), "safe to delete"):
		t.Errorf("%s: %q is not one sentence that may be said", f.ID(), f.Summary)
	}
	seen := map[string]bool{}
	for _, fix := range f.Fixes {
		switch {
		case fix.ID == "" || seen[fix.ID]:
			t.Errorf("%s: fix %q has no id of its own", f.ID(), fix.ID)
		case fix.Title == "" || fix.Risk == 0 || len(fix.Steps) == 0 || fix.Undo == "" || fix.Proof.Text == "" || fix.Proof.Within <= 0:
			t.Errorf("%s: fix %s lacks a title, risk, steps, undo or proof", f.ID(), fix.ID)
		}
		seen[fix.ID] = true
		for _, step := range fix.Steps {
			if step.Verb == "" || step.Ref.IsZero() || step.Summary == "" || step.Change == nil {
				t.Errorf("%s: a step of fix %s lacks a verb, an object, a summary or a change", f.ID(), fix.ID)
				continue
			}
			if strays := step.Strays(); strays != "" {
				t.Errorf("%s: fix %s: %s: see internal/finding/permits.go", f.ID(), fix.ID, strays)
			}
		}
	}
}
