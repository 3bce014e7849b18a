package engine

import (
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
)

// Report is what is known at one moment: what everything that shows or uses it reads.
// It never changes after it was published. A nil Report is what is known before the
// first: nothing.
type Report struct {
	Seq      uint64
	At       time.Time
	Snapshot *model.Snapshot
	Graph    *graph.Graph
	Findings []*finding.Finding // severest first, then by probe, subject and slot

	// Symptoms lists, under the finding that explains them, those that it explains.
	Symptoms map[finding.ID][]finding.ID
	// Err says why the cluster cannot be reached at present; nil where it can.
	Err error

	trial trial // what a fix was tried with; zero where nobody looked by probes

	index sync.Once
	byID  map[finding.ID]*finding.Finding
	about map[model.Ref][]*finding.Finding
}

// Coverage is the state of every watch: that of the snapshot.
func (r *Report) Coverage() model.Coverage {
	if r == nil || r.Snapshot == nil {
		return nil
	}
	return r.Snapshot.Coverage
}

// Find returns the finding of that id, or nil.
func (r *Report) Find(id finding.ID) *finding.Finding {
	if r == nil {
		return nil
	}
	r.index.Do(r.lookups)
	return r.byID[id]
}

// About lists the findings whose subject is ref, severest first.
func (r *Report) About(ref model.Ref) []*finding.Finding {
	if r == nil {
		return nil
	}
	r.index.Do(r.lookups)
	return r.about[ref]
}

func (r *Report) lookups() {
	r.byID = make(map[finding.ID]*finding.Finding, len(r.Findings))
	r.about = make(map[model.Ref][]*finding.Finding, len(r.Findings))
	for _, f := range r.Findings {
		r.byID[f.ID()] = f
		r.about[f.Subject] = append(r.about[f.Subject], f)
	}
}

// Unreachable is what is still known when the cluster cannot be read any more: the
// same, and why.
func (r *Report) Unreachable(err error) *Report {
	if r == nil {
		return &Report{Snapshot: &model.Snapshot{}, Err: err}
	}
	return &Report{
		Seq: r.Seq, At: r.At, Snapshot: r.Snapshot, Graph: r.Graph, Findings: r.Findings, Symptoms: r.Symptoms, Err: err, trial: r.trial,
	}
}
