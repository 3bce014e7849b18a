package views

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
)

// findingRow is one row of the findings pane.
type findingRow struct {
	*finding.Finding
	id     finding.ID
	depth  int                // 1 for a symptom below its cause
	below  []*finding.Finding // symptoms that it explains, severest first
	alike  []*finding.Finding // of other objects, that say the same
	worst  finding.Severity   // of it and of those, as far as they are known
	known  bool               // it or one of those is of a grade that is not unknown
	hides  bool               // it or one of those is unknown, and may be of any severity
	impact engine.Impact      // the worst of its and theirs
	urgent int                // the greatest engine.Report.Urgency of it and those
	folded bool               // below is not shown row by row

	counted  int    // how many of it and those count
	accepted string // why none of them does; "" where one does
}

// includes adds a finding to what the row stands for, unless it does not count.
func (r *findingRow) includes(report *engine.Report, f *finding.Finding, why func(*finding.Finding) string) {
	if why(f) == "" {
		r.counted++
		r.stands(report, f)
	}
}

// settle makes of a row of which nothing counts one that stands for all the same.
func (r *findingRow) settle(report *engine.Report, why func(*finding.Finding) string) {
	if r.counted > 0 {
		return
	}
	r.accepted = why(r.Finding)
	r.stands(report, r.Finding)
	for _, f := range r.below {
		r.stands(report, f)
	}
}

// stands takes over how bad a finding is.
func (r *findingRow) stands(report *engine.Report, f *finding.Finding) {
	r.counts(f)
	r.reaches(report, f)
}

// under are the findings that unfold below the row.
func (r *findingRow) under() []*finding.Finding { return slices.Concat(r.alike, r.below) }

// all are the findings that a plan of the row is for: where others that say the same are
// folded under it, they are meant with it.
func (r *findingRow) all() []*finding.Finding {
	if r.folded && len(r.Fixes) > 0 { // a prevention is planned for one at a time
		return append([]*finding.Finding{r.Finding}, r.alike...)
	}
	return []*finding.Finding{r.Finding}
}

// times is " x5" where the row stands for five.
func (r *findingRow) times() string {
	if !r.folded || len(r.alike) == 0 {
		return ""
	}
	return fmt.Sprintf(" x%d", 1+len(r.alike))
}

// counts adds the severity of a finding. One that is known outdoes one that is not.
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
	r.urgent = max(r.urgent, report.Urgency(f))
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
	aside := func(r findingRow) int {
		if r.accepted != "" {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(aside(a), aside(b)), cmp.Compare(grade(a), grade(b)), cmp.Compare(b.urgent, a.urgent), cmp.Compare(b.worst, a.worst),
		cmp.Compare(a.Probe, b.Probe), a.Subject.Compare(b.Subject), cmp.Compare(a.Slot, b.Slot),
	)
}

// folded puts symptoms under the finding that explains them (finding.Fold), and findings of
// a probe that say the same of several objects of a namespace under the first of those. A
// symptom may be worse than its cause: the cause then stands, and counts, as the worst that
// it explains. What does not count, because why says so, makes nothing worse; rows of which
// nothing counts come last.
func folded(r *engine.Report, why func(*finding.Finding) string) []findingRow {
	list := r.Findings
	tops := finding.Fold(len(list), func(i int) finding.ID { return list[i].ID() }, func(i int) []finding.ID { return list[i].Causes })
	var rows []findingRow
	place := map[int]int{}
	for i, f := range list {
		if tops[i] == i {
			place[i] = len(rows)
			row := findingRow{Finding: f, id: f.ID(), folded: true}
			row.includes(r, f, why)
			rows = append(rows, row)
		}
	}
	for i, f := range list {
		if tops[i] != i {
			row := &rows[place[tops[i]]]
			row.below = append(row.below, f)
			row.includes(r, f, why)
		}
	}
	for i := range rows {
		rows[i].settle(r, why)
	}
	rows = alike(rows)
	slices.SortStableFunc(rows, compareRows)
	return rows
}

// alike makes one row of those whose findings say the same of several objects of a
// namespace, with the symptoms of all of them under it.
func alike(rows []findingRow) []findingRow {
	first := finding.Alike(len(rows), func(i int) finding.Saying {
		says := rows[i].Says()
		says.Summary = rows[i].accepted + says.Summary
		return says
	})
	place, out := make([]int, len(rows)), make([]findingRow, 0, len(rows))
	for i, row := range rows {
		if first[i] != i {
			out[place[first[i]]].joins(row)
			continue
		}
		place[i] = len(out)
		out = append(out, row)
	}
	return out
}

// joins takes over a row whose finding says the same.
func (r *findingRow) joins(other findingRow) {
	r.alike = append(r.alike, other.Finding)
	r.below = append(r.below, other.below...)
	switch {
	case other.known && !r.known:
		r.worst, r.known = other.worst, true
	case other.known == r.known:
		r.worst = max(r.worst, other.worst)
	}
	r.hides = r.hides || other.hides
	r.urgent = max(r.urgent, other.urgent)
	if other.impact.Rank() > r.impact.Rank() {
		r.impact = other.impact
	}
}
