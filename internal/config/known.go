package config

import (
	"fmt"
	"slices"
	"strings"
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
// the waivers that hold there, and the findings that the baseline has of that cluster.
func (k *Known) In(context string) *Known {
	here := slices.DeleteFunc(slices.Clone(k.waivers), func(w Waiver) bool { return !w.In(context) })
	out := NewKnown(here, nil, k.now)
	if k.baseline != nil {
		out.baseline = &Baseline{Path: k.baseline.Path, IDs: k.baseline.clusters[context]}
	}
	return out
}

// Alone is what is known where one cluster is looked at: the waivers that hold there; a
// baseline of one counts whatever its context is called, of a baseline of many what it
// has of that context.
func (k *Known) Alone(context string) *Known {
	if k == nil {
		return nil
	}
	out := k.In(context)
	if k.baseline != nil && !k.baseline.many {
		out.baseline = k.baseline
	}
	return out
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

// Covering are the waivers that hold for a finding now.
func (k *Known) Covering(f *finding.Finding) (list []Waiver) {
	for _, w := range k.waivers {
		if w.Covers(f) && !w.Expired(k.now) {
			list = append(list, w)
		}
	}
	return list
}

// Look is what was looked at, and found.
type Look struct {
	Findings   []*finding.Finding
	Ran        []finding.ProbeID // the probes that ran
	Known      []finding.ProbeID // all that there are
	Namespaces []string          // those looked at; nil for all
}

// Idle says, one line each, which waivers cover nothing of a look that could have found
// what they are about: they can be taken out of the file.
func (k *Known) Idle(l Look) (notes []string) {
	for _, w := range k.waivers {
		if w.Expired(k.now) || !w.within(l) || slices.ContainsFunc(l.Findings, w.Covers) {
			continue
		}
		here := ""
		if w.Context == "" {
			here = " in this cluster" // there may be others, in which it does
		}
		notes = append(notes, fmt.Sprintf("%s: the waiver of %s %s covers nothing%s any more, and can be taken out (it was accepted because: %s)", w.Where, w.Probe, w.Subject, here, w.Reason))
	}
	return notes
}

// within reports whether a look would have found everything that the waiver could cover:
// all of its probes ran, and could see, in its namespaces.
func (w Waiver) within(l Look) bool {
	for _, id := range l.Known {
		if Match(w.Probe, string(id)) && !slices.Contains(l.Ran, id) {
			return false
		}
	}
	for _, f := range l.Findings {
		if f.Grade == finding.Unknown && Match(w.Probe, string(f.Probe)) {
			return false
		}
	}
	space, _, _ := strings.Cut(w.Subject, "/")
	return l.Namespaces == nil || space == "" || slices.Contains(l.Namespaces, space)
}
