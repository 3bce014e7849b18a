package views

import (
	"cmp"
	"slices"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
)

// findingRow is one row of the findings pane.
type findingRow struct {
	*finding.Finding
	id     finding.ID
	depth  int                // 1 for a symptom below its cause
	below  []*finding.Finding // symptoms that it explains, severest first
	worst  finding.Severity   // of it and of those, as far as they are known
	known  bool               // it or one of those is of a grade that is not unknown
	hides  bool               // it or one of those is unknown, and may be of any severity
	impact engine.Impact      // the worst of its and theirs
	holds  bool               // it or one of those keeps the next deploy from going through
	folded bool               // below is not shown row by row
}

// counts adds a finding to what the row stands for. A severity that is known
// outdoes one that is not.
func (r *findingRow) counts(f *finding.Finding) {
	unknown := f.Grade == finding.Unknown
	switch {
	case unknown && r.known:
	case unknown:
		r.worst = max(r.worst, f.Severity)
	case !r.known:
		r.worst, r.known = f.Severity, true
	default:
		r.worst = max(r.worst, f.Severity)
	}
	r.hides = r.hides || unknown
}

// reaches takes over what of the cluster a finding of the row concerns.
func (r *findingRow) reaches(report *engine.Report, f *finding.Finding) {
	if i := report.Impact(f); i.Rank() > r.impact.Rank() {
		r.impact = i
	}
	if p := probes.Find(f.Probe); p != nil {
		r.holds = r.holds || p.Holds
	}
}

// urgency is what is down before what is degraded, before what blocks the next deploy,
// before the rest.
func (r *findingRow) urgency() int {
	switch {
	case r.impact.Rank() > 0:
		return 1 + r.impact.Rank()
	case r.holds:
		return 1
	}
	return 0
}

// compareRows orders rows by what an operator looks at first: what is known; what is down
// at present, degraded, or blocks the next deploy, each row standing as high as the worst
// that it stands for; then as the report orders findings.
func compareRows(a, b findingRow) int {
	grade := func(r findingRow) int {
		if r.known {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(grade(a), grade(b)), cmp.Compare(b.urgency(), a.urgency()), cmp.Compare(b.worst, a.worst),
		cmp.Compare(a.Probe, b.Probe), a.Subject.Compare(b.Subject), cmp.Compare(a.Slot, b.Slot),
	)
}

// folded puts symptoms under the finding that explains them. A finding that
// several explain stands under the first; findings that explain each other in a
// circle stand each for itself. A symptom may be worse than its cause: the cause
// then stands, and counts, as the worst that it explains.
func folded(r *engine.Report) []findingRow {
	owner := make(map[finding.ID]finding.ID, len(r.Symptoms))
	for _, f := range r.Findings {
		for _, c := range f.Causes {
			if r.Find(c) != nil {
				owner[f.ID()] = c
				break
			}
		}
	}
	root := func(id finding.ID) (finding.ID, bool) {
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
	place := map[finding.ID]int{}
	for _, f := range r.Findings {
		id := f.ID()
		if top, ok := root(id); !ok || top == id {
			place[id] = len(rows)
			row := findingRow{Finding: f, id: id, folded: true}
			row.counts(f)
			row.reaches(r, f)
			rows = append(rows, row)
		}
	}
	for _, f := range r.Findings {
		id := f.ID()
		if top, ok := root(id); ok && top != id {
			row := &rows[place[top]]
			row.below = append(row.below, f)
			row.counts(f)
			row.reaches(r, f)
		}
	}
	slices.SortStableFunc(rows, compareRows)
	return rows
}
