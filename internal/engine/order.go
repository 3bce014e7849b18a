package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/careen-tui/careen/internal/finding"
)

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
