package engine

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// Report is what is known at one moment. It never changes after it was published.
type Report struct {
	Seq      uint64
	At       time.Time
	Snapshot *model.Snapshot
	Graph    *graph.Graph
	Findings []*finding.Finding // severest first, then by probe, subject and slot
	Coverage model.Coverage

	// Symptoms lists, under the finding that explains them, those that it explains.
	Symptoms map[finding.ID][]finding.ID
	// Err says why the cluster cannot be reached at present; nil where it can.
	Err error
}

// Find returns the finding of that id, or nil.
func (r *Report) Find(id finding.ID) *finding.Finding {
	for _, f := range r.Findings {
		if f.ID() == id {
			return f
		}
	}
	return nil
}

// Compare orders findings as reports show them: known before unknown, severest
// first, then by probe, subject and slot.
func Compare(a, b *finding.Finding) int {
	return cmp.Or(
		cmp.Compare(unknownLast(a), unknownLast(b)),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Probe, b.Probe),
		a.Subject.Compare(b.Subject),
		strings.Compare(a.Slot, b.Slot),
	)
}

func unknownLast(f *finding.Finding) int {
	if f.Grade == finding.Unknown {
		return 1
	}
	return 0
}

// link drops causes that name no present finding, since a cause that is not there
// explains nothing, and lists the symptoms of those that are. It copies a finding
// before it changes it.
func link(findings []*finding.Finding) map[finding.ID][]finding.ID {
	linked := false
	for _, f := range findings {
		linked = linked || len(f.Causes) > 0
	}
	if !linked {
		return nil
	}
	present := make(map[finding.ID]bool, len(findings))
	for _, f := range findings {
		present[f.ID()] = true
	}
	symptoms := map[finding.ID][]finding.ID{}
	for i, f := range findings {
		if len(f.Causes) == 0 {
			continue
		}
		id := f.ID()
		kept := make([]finding.ID, 0, len(f.Causes))
		for _, c := range f.Causes {
			if present[c] && c != id && !slices.Contains(kept, c) {
				kept = append(kept, c)
				symptoms[c] = append(symptoms[c], id)
			}
		}
		if len(kept) != len(f.Causes) {
			dup := *f
			dup.Causes = kept
			findings[i] = &dup
		}
	}
	return symptoms
}
