package verify_test

import (
	"path/filepath"
	"testing"

	"github.com/careen-tui/careen/internal/catalogue/fixture"
	"github.com/careen-tui/careen/internal/verify"
	"github.com/careen-tui/careen/probes/probetest"
)

func TestFixtures(t *testing.T) {
	for _, p := range verify.Checks() {
		t.Run(string(p.ID), func(t *testing.T) {
			probetest.Run(t, p, filepath.Join("testdata", string(p.ID)), fixture.Verify)
		})
	}
}
