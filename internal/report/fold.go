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
	alike []*Finding // of other objects, that say the same: only in what merged returns
}

// folded puts each finding under the one that explains it (finding.Fold). The groups stand
// in the order of the severest that each holds, and of those what is down now first;
// unknown ones last.
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
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(severer(a.worst(), b.worst()), cmp.Compare(b.urgency(), a.urgency()))
	})
	return groups
}

// merged makes one group of those whose findings say the same of several objects of a
// namespace, with the symptoms of all of them.
func merged(groups []group) []group {
	first := finding.Alike(len(groups), func(i int) finding.Saying { return groups[i].says() })
	place, out := make([]int, len(groups)), make([]group, 0, len(groups))
	for i, g := range groups {
		if first[i] != i {
			at := &out[place[first[i]]]
			at.alike, at.below = append(at.alike, g.Finding), append(at.below, g.below...)
			continue
		}
		place[i] = len(out)
		out = append(out, g)
	}
	for i := range out {
		slices.SortStableFunc(out[i].below, severer)
	}
	return out
}

// says is finding.Finding.Says; what is known says something of its own.
func (g group) says() finding.Saying {
	s := finding.Saying{Probe: g.Probe, Severity: g.Severity, Grade: g.Grade, Namespace: g.Subject.Namespace, Summary: g.Known + g.Summary}
	for _, x := range g.Fixes {
		s.Fixes += x.ID + ","
	}
	return s
}

// urgency is that of the most urgent of a group.
func (g group) urgency() int {
	most := g.Finding.urgency
	for _, f := range g.below {
		most = max(most, f.urgency)
	}
	return most
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
