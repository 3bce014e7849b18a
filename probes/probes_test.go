package probes_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, "testdata/*/*.golden")) }

func TestEveryProbeIsSound(t *testing.T) {
	if err := probes.Validate(probes.All()); err != nil {
		t.Fatal(err)
	}
}

func TestFixtures(t *testing.T) {
	for _, p := range probes.All() {
		t.Run(string(p.ID), func(t *testing.T) {
			probetest.Run(t, p, filepath.Join("testdata", string(p.ID)), probetest.Live)
		})
	}
}
