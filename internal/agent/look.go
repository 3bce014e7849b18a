package agent

import (
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/openreports"
	"github.com/careen-tui/careen/internal/report"
)

// look is what one report of the engine becomes.
type look struct {
	at        time.Time
	snapshot  *model.Snapshot
	reachable bool
	found     map[label]int // findings that count
	known     map[label]int // those that a waiver or the baseline has
	objects   *openreports.Look
}

// label tells findings apart in metrics.
type label struct{ probe, severity, grade, namespace string }

func newLook(r *engine.Report, d *report.Document, o report.Options) *look {
	l := &look{at: r.At, snapshot: r.Snapshot, reachable: r.Err == nil, found: map[label]int{}, known: map[label]int{}, objects: d.Objects(o)}
	l.objects.Namespaces = nil // those without a finding have no object
	for i := range d.Findings {
		f := &d.Findings[i]
		in := l.found
		if f.Known != "" {
			in = l.known
		}
		in[label{string(f.Probe), f.Severity.String(), f.Grade.String(), f.Subject.Namespace}]++
	}
	return l
}
