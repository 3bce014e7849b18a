package probes

import (
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/model"
)

// TestSlackCountsForWhatLasts is that the part of a dump's time of which nothing tells counts
// for how long something has been so, and not for what should have happened.
func TestSlackCountsForWhatLasts(t *testing.T) {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	p := &Pass{Snapshot: &model.Snapshot{Slack: 2 * time.Minute}, Now: now}
	for _, tt := range []struct {
		ago, lasts time.Duration
		want, due  bool
	}{
		{0, time.Minute, true, false},
		{0, 2 * time.Minute, true, false},
		{0, 3 * time.Minute, false, false},
		{time.Minute, 3 * time.Minute, true, false},
		{14 * time.Minute, 15 * time.Minute, false, false},
		{15 * time.Minute, 15 * time.Minute, true, true},
		{-time.Minute, 0, false, false},
	} {
		at := now.Add(-tt.ago)
		if got := p.After(at, tt.lasts); got != tt.want {
			t.Errorf("%s of %s: %t", tt.ago, tt.lasts, got)
		}
		if got := p.Due(at, tt.lasts); got != tt.due {
			t.Errorf("due %s of %s: %t", tt.ago, tt.lasts, got)
		}
	}
}
