package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/careen-tui/careen/internal/finding"
)

// Known says which findings do not count: those of a baseline and those that a
// waiver covers. It is for one goroutine.
type Known struct {
	waivers  []Waiver
	baseline *Baseline
	now      time.Time
	expired  []string
}

// NewKnown makes it; baseline may be nil.
func NewKnown(waivers []Waiver, baseline *Baseline, now time.Time) *Known {
	return &Known{waivers: waivers, baseline: baseline, now: now}
}

// Why tells why a finding does not count; empty where it does.
func (k *Known) Why(f *finding.Finding) string {
	for _, w := range k.waivers {
		switch {
		case !w.Covers(f):
		case w.Expired(k.now):
			note := fmt.Sprintf("%s: the waiver ended with %s, so %s counts again (it was accepted because: %s)", w.Where, w.Last(), f.ID(), w.Reason)
			if !slices.Contains(k.expired, note) {
				k.expired = append(k.expired, note)
			}
		case w.Until.IsZero():
			return "waived: " + w.Reason
		default:
			return fmt.Sprintf("waived until %s: %s", w.Last(), w.Reason)
		}
	}
	if k.baseline != nil && k.baseline.IDs[f.ID()] {
		return "in the baseline"
	}
	return ""
}

// Expired says, one line each, which findings count again because a waiver that
// covered them has ended; in the order in which Why was asked.
func (k *Known) Expired() []string { return k.expired }
