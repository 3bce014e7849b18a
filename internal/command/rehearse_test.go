package command

import (
	"bytes"
	"slices"
	"testing"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/archive"
	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/tui"
)

// TestTheRecordingOfTheDemoIsFresh holds the recording that is built in against the
// incidents and the probes of today. make recording takes it anew.
func TestTheRecordingOfTheDemoIsFresh(t *testing.T) {
	if n := len(demo.Recording); n > 300<<10 {
		t.Errorf("the recording has %d bytes: it is part of the program", n)
	}
	file, err := archive.Read(bytes.NewReader(demo.Recording))
	if err != nil {
		t.Fatal(err)
	}
	settings := probes.Defaults
	for _, th := range probes.Thresholds {
		*th.Of(&settings) = th.Demo
	}
	r := engine.Look(file.Snapshot, catalogue.In(catalogue.Live), settings, file.Now)
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
