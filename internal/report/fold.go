package report

import (
	"cmp"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
)

// group is a finding with those that it explains, which fold under it.
type group struct {
	*Finding
	below []*Finding // severest first
}

// folded puts each finding under the one that explains it (finding.Fold). The groups stand
// in the order of the severest that each holds, unknown ones last.
func folded(list []Finding) []group {
	tops := finding.Fold(len(list), func(i int) finding.ID { return list[i].ID }, func(i int) []finding.ID { return list[i].Causes })
	var groups []group
	place := map[int]int{} // in groups, of a finding by its place in list
	for i := range list {
		if tops[i] == i {
			place[i] = len(groups)
			groups = append(groups, group{Finding: &list[i]})
		}
	}
	for i := range list {
		if tops[i] != i {
			g := &groups[place[tops[i]]]
			g.below = append(g.below, &list[i])
		}
	}
	for i := range groups {
		slices.SortStableFunc(groups[i].below, severer)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return severer(a.worst(), b.worst()) })
	return groups
}

// worst is the severest of a group.
func (g group) worst() *Finding {
	if len(g.below) > 0 && severer(g.below[0], g.Finding) < 0 {
		return g.below[0]
	}
	return g.Finding
}

// severer orders findings: what is known before what is unknown, the severest first.
func severer(a, b *Finding) int {
	return cmp.Or(cmp.Compare(gradeOrder(a), gradeOrder(b)), cmp.Compare(b.Severity, a.Severity))
}

func gradeOrder(f *Finding) int {
	if f.Grade == finding.Unknown {
		return 1
	}
	return 0
}
