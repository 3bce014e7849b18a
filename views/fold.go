package views

import (
	"cmp"
	"slices"

	"github.com/careen-tui/careen/probes"
)

// findingRow is one row of the findings pane.
type findingRow struct {
	*probes.Finding
	id     probes.FindingID
	depth  int               // 1 for a symptom below its cause
	below  []*probes.Finding // symptoms that it explains, severest first
	worst  probes.Severity   // of it and of those
	folded bool              // below is not shown row by row
}

// grade orders what is known before what is not, as the report does.
func (r findingRow) grade() int {
	if r.Grade == probes.Unknown {
		return 1
	}
	return 0
}

// folded puts symptoms under the finding that explains them. A finding that
// several explain stands under the first; findings that explain each other in a
// circle stand each for itself. A symptom may be worse than its cause: the cause
// then stands as high as the worst that it explains.
func folded(w *World) []findingRow {
	owner := make(map[probes.FindingID]probes.FindingID, len(w.Symptoms))
	for _, f := range w.Findings {
		for _, c := range f.Causes {
			if w.byID[c] != nil {
				owner[f.ID()] = c
				break
			}
		}
	}
	root := func(id probes.FindingID) (probes.FindingID, bool) {
		at := id
		for range len(owner) + 1 {
			up, ok := owner[at]
			if !ok {
				return at, true
			}
			at = up
		}
		return id, false // a circle
	}
	var rows []findingRow
	place := map[probes.FindingID]int{}
	for _, f := range w.Findings {
		id := f.ID()
		if top, ok := root(id); !ok || top == id {
			place[id] = len(rows)
			rows = append(rows, findingRow{Finding: f, id: id, worst: f.Severity, folded: true})
		}
	}
	for _, f := range w.Findings {
		id := f.ID()
		if top, ok := root(id); ok && top != id {
			r := &rows[place[top]]
			r.below = append(r.below, f)
			r.worst = max(r.worst, f.Severity)
		}
	}
	slices.SortStableFunc(rows, func(a, b findingRow) int {
		return cmp.Or(cmp.Compare(a.grade(), b.grade()), cmp.Compare(b.worst, a.worst))
	})
	return rows
}
