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

// In is what is known in one cluster of many, by its context, for a goroutine of its own:
// all waivers, and the findings that the baseline has of that cluster.
func (k *Known) In(context string) *Known {
	out := NewKnown(k.waivers, nil, k.now)
	if k.baseline != nil {
		out.baseline = &Baseline{Path: k.baseline.Path, IDs: k.baseline.clusters[context]}
	}
	return out
}

// Alone is what is known where one cluster is looked at: a baseline of one counts
// whatever its context is called, of a baseline of many what it has of that context.
func (k *Known) Alone(context string) *Known {
	if k == nil || k.baseline == nil || !k.baseline.many {
		return k
	}
	return k.In(context)
}

// At is the same at another moment, at which a waiver may have ended, for a goroutine of
// its own.
func (k *Known) At(now time.Time) *Known { return NewKnown(k.waivers, k.baseline, now) }

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
