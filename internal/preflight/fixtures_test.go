package preflight_test

import (
	"path/filepath"
	"testing"

	"github.com/careen-tui/careen/internal/catalogue/fixture"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/probes/probetest"
)

func TestFixtures(t *testing.T) {
	for _, p := range preflight.Catalogue() {
		t.Run(string(p.ID), func(t *testing.T) {
			probetest.Run(t, p, filepath.Join("testdata", string(p.ID)), fixture.Preflight)
		})
	}
}
