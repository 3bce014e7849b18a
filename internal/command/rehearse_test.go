package command

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/tui"
)

// recorded is what today's probes find in the recording that is built in.
func recorded(t *testing.T) (*archive.File, *engine.Report) {
	t.Helper()
	file, err := archive.Read(bytes.NewReader(demo.Recording))
	if err != nil {
		t.Fatal(err)
	}
	settings := probes.Defaults
	for _, th := range probes.Thresholds {
		*th.Of(&settings) = th.Demo
	}
	return file, engine.Look(file.Snapshot, catalogue.In(catalogue.Live), settings, file.Now)
}

// TestTheRecordingHoldsEveryIncident holds the recording against what the incidents promise.
// make recording takes it again, and waits until this passes.
func TestTheRecordingHoldsEveryIncident(t *testing.T) {
	if n := len(demo.Recording); n > 300<<10 {
		t.Errorf("the recording has %d bytes: it is part of the program", n)
	}
	file, r := recorded(t)
	known := map[string]bool{}
	for _, f := range r.Findings {
		f := *f
		f.Slot = ""
		known[string(f.ID())] = true
	}
	for _, incident := range demo.Incidents {
		for _, id := range slices.Concat(incident.Findings, incident.Settled) {
			if !known[id] {
				t.Errorf("%s: %s is not found in the recording: run make recording", incident.ID, id)
			}
		}
	}
	if file.Snapshot.Cluster.Context != "demo" {
		t.Errorf("it is called %q", file.Snapshot.Cluster.Context)
	}
	if slices.ContainsFunc(r.Findings, func(f *finding.Finding) bool { return f.Grade == finding.Unknown }) && !file.Snapshot.Coverage.Settled() {
		t.Error("not everything had been read when it was taken")
	}
}

// TestTheRecordingOfTheDemoIsFresh holds all that is found in the recording against the
// golden that was written with it: a probe that says something else of it is to be looked
// at, and the recording may have to be taken again.
func TestTheRecordingOfTheDemoIsFresh(t *testing.T) {
	_, r := recorded(t)
	var found strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&found, "%s %s %s: %s\n", f.Severity, f.Grade, f.ID(), f.Summary)
		for _, fix := range f.Plans() {
			fmt.Fprintf(&found, "    %s\n", fix.ID)
		}
	}
	golden.Equal(t, filepath.Join("testdata", "recording.golden"), found.String())
}

func TestHowFarTheRealClusterIs(t *testing.T) {
	for line, want := range map[string]string{
		"compiled 1204 of 2900 packages (42 %), now k8s.io/x": "is being built: 42 %",
		"go: downloading k8s.io/api v0.1":                     "is being built: downloading modules",
		"Starting etcd, the API server":                       "is starting",
		"planting keep: renaming":                             "is up, and being broken",
		"something else":                                      "",
	} {
		if got := stage(line); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	r := &rehearsal{coming: make(chan tui.Arrival, 1)}
	for range 3 {
		r.say("Starting x") // nobody takes it: the last stays, and nothing waits
	}
	if a := <-r.coming; a.Text != "is starting" {
		t.Errorf("%+v", a)
	}
}
