package forecast_test

import (
	"path/filepath"
	"testing"

	"github.com/careen-tui/careen/internal/catalogue/fixture"
	"github.com/careen-tui/careen/internal/forecast"
	"github.com/careen-tui/careen/probes/probetest"
)

func TestFixtures(t *testing.T) {
	for _, p := range forecast.Catalogue() {
		t.Run(string(p.ID), func(t *testing.T) {
			probetest.Run(t, p, filepath.Join("testdata", string(p.ID)), fixture.Forecast)
		})
	}
}
