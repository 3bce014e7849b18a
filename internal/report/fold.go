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

// folded puts each finding under the one that explains it, at the top of the chain of
// causes. What several explain stands under the first; what explains itself in a circle
// stands for itself, as does what is explained by a finding that is not among them. The
// groups stand in the order of the severest that each holds, unknown ones last.
func folded(list []Finding) []group {
	known := make(map[finding.ID]int, len(list))
	for i := range list {
		known[list[i].ID] = i
	}
	var groups []group
	place := map[int]int{} // in groups, of a finding by its place in list
	tops := make([]int, len(list))
	for i := range list {
		if tops[i] = top(list, known, i); tops[i] == i {
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

// top is the finding at the end of the chain of first causes that begins at list[i]; i
// itself where the chain is a circle.
func top(list []Finding, known map[finding.ID]int, i int) int {
	at := i
	for range len(list) {
		up, ok := cause(&list[at], known)
		if !ok {
			return at
		}
		at = up
	}
	return i
}

// cause is the first of a finding's causes that is known.
func cause(f *Finding, known map[finding.ID]int) (int, bool) {
	for _, id := range f.Causes {
		if at, ok := known[id]; ok && id != f.ID {
			return at, true
		}
	}
	return 0, false
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
