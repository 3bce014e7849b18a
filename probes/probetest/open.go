package probetest

import (
	"time"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/probes/scene"
)

// Open decodes a fixture for a test that runs probes by itself.
func Open(file string) (snap *model.Snapshot, settings probes.Settings, now time.Time, err error) {
	s, err := scene.Load(file)
	if err != nil {
		return nil, settings, now, err
	}
	return s.Snapshot, s.Settings, s.Now, nil
}
