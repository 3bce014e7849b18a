//go:build mutants

package probes_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/mutants"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
	"github.com/careen-tui/careen/probes/scene"
)

// TestMutants is run by `make mutants`, over probes whose conditions were rewritten. Each
// fixture is a trial: the findings that it wants and its golden, and, but for -short, once
// more with each kind out of view.
func TestMutants(t *testing.T) {
	sites, err := mutants.Sites(os.Getenv(mutants.Folder))
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that the engine runs probes one at a time
	var trials []mutants.Trial
	for _, p := range probes.All() {
		files, err := filepath.Glob(filepath.Join("testdata", string(p.ID), "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			trials = append(trials, trialsOf(t, p, file)...)
		}
	}
	list, err := mutants.Run(sites, trials)
	if err != nil {
		t.Fatal(err)
	}
	if err := mutants.Write(os.Stdout, list); err != nil {
		t.Fatal(err)
	}
}

func trialsOf(t *testing.T, p *probes.Probe, file string) []mutants.Trial {
	s, err := scene.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".yaml")
	alone := []*probes.Probe{p}
	shown := mutants.Trial{Name: name, Test: func() { probetest.Check(judge{}, p, file, s, by(alone)) }}
	if !shown.Passes() { // it takes what other probes say as well
		shown.Test = func() { probetest.Check(judge{}, p, file, s, probetest.Live) }
	}
	if testing.Short() {
		return []mutants.Trial{shown}
	}
	hidden := mutants.Trial{Name: name + " out of view", Test: func() {
		outOfView(judge{}, file, s.Snapshot, hideable(), func(part *model.Snapshot) *engine.Report {
			return engine.Look(part, alone, s.Settings, s.Now)
		})
	}}
	return []mutants.Trial{shown, hidden}
}

// by looks with some of the probes.
func by(list []*probes.Probe) probetest.Look {
	return func(s *scene.Scene) (*engine.Report, error) {
		return engine.Look(s.Snapshot, list, s.Settings, s.Now), nil
	}
}

// judge is a test that ends where it fails.
type judge struct{ testing.TB }

func (judge) Helper()                        {}
func (judge) Errorf(format string, a ...any) { panic(fmt.Sprintf(format, a...)) }
func (judge) Fatalf(format string, a ...any) { panic(fmt.Sprintf(format, a...)) }
func (judge) Fatal(a ...any)                 { panic(fmt.Sprint(a...)) }
