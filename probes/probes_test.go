package probes_test

import (
	"path/filepath"
	"testing"

	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/probetest"
)

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
