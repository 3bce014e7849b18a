package engine

import (
	"fmt"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// Impact says how much of what a finding is about works at present: how many pods of its
// workload are ready, of how many. It is zero where that is no workload that wants pods.
type Impact struct{ Ready, Wanted int }

// Down reports whether nothing of it works.
func (i Impact) Down() bool { return i.Wanted > 0 && i.Ready == 0 }

// Degraded reports whether some of it works, and not all.
func (i Impact) Degraded() bool { return i.Ready > 0 && i.Ready < i.Wanted }

// Rank orders impacts: what is down above what is degraded, above the rest.
func (i Impact) Rank() int {
	switch {
	case i.Down():
		return 2
	case i.Degraded():
		return 1
	}
	return 0
}

// String is "0/3 down" or "2/3 ready"; "" where nothing is missing.
func (i Impact) String() string {
	switch {
	case i.Down():
		return fmt.Sprintf("%d/%d down", i.Ready, i.Wanted)
	case i.Degraded():
		return fmt.Sprintf("%d/%d ready", i.Ready, i.Wanted)
	}
	return ""
}

// Urgency orders findings by what an operator looks at first, the most urgent being the
// greatest: what is down at present, what is degraded, what keeps the next deploy from
// going through, the rest.
func (r *Report) Urgency(f *finding.Finding) int {
	if rank := r.Impact(f).Rank(); rank > 0 {
		return 1 + rank
	}
	if p := probes.Find(f.Probe); p != nil && p.Holds {
		return 1
	}
	return 0
}

// Impact is that of a finding's own subject.
func (r *Report) Impact(f *finding.Finding) Impact {
	if r == nil || r.Snapshot == nil || r.Graph == nil {
		return Impact{}
	}
	w, ok := model.Get[*model.Workload](r.Snapshot, r.Graph.Workload(f.Subject))
	if !ok || w.Kind == model.KindJob || w.Kind == model.KindCronJob || w.Paused && w.Desired == 0 {
		return Impact{}
	}
	return Impact{Ready: int(w.Ready), Wanted: int(w.Desired)}
}
