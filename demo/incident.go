package demo

import (
	"context"
	"strings"

	"github.com/careen-tui/careen/probes"
)

// Incident is one thing that goes wrong in a cluster, in three steps. Each step
// returns when its effect stands in the API server, and works on a cluster to which
// another process did the steps before it.
type Incident struct {
	ID         string   // "keep"
	Title      string   // what happened, in a line
	Namespaces []string // the first is where it happens
	Findings   []string // what careen must find at once, symptoms included: finding ids, without slots
	Settled    []string // what it finds besides once the thresholds of time, a minute at least, have passed
	Late       []string // what it may find besides, at once or when the incident stands for longer still: nobody waits for it

	// Prepare does everything up to the last event.
	Prepare func(context.Context, *Planter) error
	// Complete is the last event. It is nil where Prepare did all there is to do.
	Complete func(context.Context, *Planter) error
	// Mend does what an operator would do by hand, with a client of its own.
	Mend func(context.Context, *Planter) error
}

// found is the id of a finding of a probe about namespace/Kind/name.
func found(p *probes.Probe, subject string) string { return string(p.ID) + ":" + subject }

// Plant prepares and completes the incident.
func (i Incident) Plant(ctx context.Context, p *Planter) error {
	if err := i.Prepare(ctx, p); err != nil {
		return err
	}
	if i.Complete == nil {
		return nil
	}
	return i.Complete(ctx, p)
}

// Incidents lists the incidents: first the five that careen exists for, then those
// that the other probes are for.
var Incidents = []Incident{
	keep, vault, review, devlake, metrics,
	staging, legacy, vetted, checkout, warehouse, archive, operated,
	shop, refused, attic, hostile,
}

// Find returns the incident of that id; ok is false where there is none.
func Find(id string) (incident Incident, ok bool) {
	for _, i := range Incidents {
		if i.ID == id {
			return i, true
		}
	}
	return Incident{}, false
}

// Matches reports whether the id of a finding, which may end with a slot, is the one
// expected, which has none and may end with * where a controller made the name.
func Matches(expected, finding string) bool {
	id, _, _ := strings.Cut(finding, "#")
	if begin, made := strings.CutSuffix(expected, "*"); made {
		return strings.HasPrefix(id, begin)
	}
	return id == expected
}

// IsHealthy reports whether namespace is one of Healthy.
func IsHealthy(namespace string) bool {
	for _, n := range Healthy {
		if n == namespace {
			return true
		}
	}
	return false
}
