package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

// listed keeps of each probe with a Most the severest findings, and makes one of how many
// there are more. more counts those that its runs did not report.
func (e *evaluator) listed(list []*finding.Finding, more map[finding.ProbeID]int) []*finding.Finding {
	for _, p := range e.probes {
		if p.Most == 0 {
			continue
		}
		var of []*finding.Finding
		for _, f := range list {
			if f.Probe == p.ID && f.Grade != finding.Unknown {
				of = append(of, f)
			}
		}
		left := max(0, len(of)-p.Most) + more[p.ID]
		if left == 0 {
			continue
		}
		slices.SortFunc(of, Compare)
		cut := map[*finding.Finding]bool{}
		for _, f := range of[min(len(of), p.Most):] {
			cut[f] = true
		}
		list = slices.DeleteFunc(list, func(f *finding.Finding) bool { return cut[f] })
		list = append(list, unlisted(p, left))
	}
	return list
}

// unlisted is the finding about findings that are not listed.
func unlisted(p *probes.Probe, left int) *finding.Finding {
	kind := p.Needs[0]
	return &finding.Finding{
		Probe: p.ID, Subject: model.Ref{Kind: cmp.Or(model.Lookup(kind).Shown, kind), Name: "*"}, Slot: "more", Severity: p.Worst, Grade: finding.Proved,
		Summary:  fmt.Sprintf("The probe finds %s more, which %s not listed: at most %s are.", text.Count(left), text.Plural(left, "is", "are"), text.Count(p.Most)),
		Evidence: []finding.Evidence{{Path: "found", Value: text.Count(left + p.Most)}},
	}
}
