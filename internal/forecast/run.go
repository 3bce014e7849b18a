package forecast

import (
	"context"
	"fmt"
	"slices"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/probes"
)

// Kinds lists what a forecast reads.
func Kinds() []model.Kind {
	kinds := []model.Kind{model.KindRecord, model.KindCustom}
	for _, info := range model.Builtin {
		if !info.Part {
			kinds = append(kinds, info.Kind)
		}
	}
	return kinds
}

// Input is what a forecast looks at.
type Input struct {
	Snapshot           *model.Snapshot
	Client             kubernetes.Interface // guarded: the record and the leases are read with it; nil for a snapshot
	Release, Namespace string
	Settings           probes.Settings // those of probes.Defaults where none are set
	Now                time.Time
}

// Result is what a forecast found.
type Result struct {
	Report  *engine.Report
	Changes []report.Planned
}

// Lost lists what an uninstall would destroy for good.
func (r *Result) Lost() []*finding.Finding {
	return slices.DeleteFunc(slices.Clone(r.Report.Findings), func(f *finding.Finding) bool { return f.Probe != DataLost.ID })
}

type look struct {
	Input
	graph    *graph.Graph
	record   *model.Record
	findings []*finding.Finding
	changes  []report.Planned
	coverage model.Coverage
	told     map[model.Ref]bool
}

// NoReleaseError says that a release has no record.
type NoReleaseError struct{ Release, Namespace, Why string }

func (e *NoReleaseError) Error() string {
	text := fmt.Sprintf("there is no release %s in namespace %s", e.Release, e.Namespace)
	if e.Why != "" {
		text += ", as far as can be seen: " + e.Why
	}
	return text
}

// Run looks.
func Run(ctx context.Context, in Input) (*Result, error) {
	l := &look{Input: in, graph: (*graph.Graph)(nil).Update(in.Snapshot), told: map[model.Ref]bool{}}
	if rel := in.Snapshot.Release(in.Namespace, in.Release); rel != nil {
		l.record = rel.Newest()
	}
	if l.record == nil {
		_, why := in.Snapshot.Knows(model.KindRecord, in.Namespace)
		return nil, &NoReleaseError{in.Release, in.Namespace, why}
	}
	l.history()
	if l.record.Body == nil || l.record.Body.Problem != "" {
		why := "it was not read"
		if l.record.Body != nil {
			why = l.record.Body.Problem
		}
		l.unread("record", l.ref(), "The release's record cannot be used, so what an uninstall deletes is not known.", why)
	} else {
		l.declared()
		l.claims()
		l.hooks()
		l.leftovers()
	}
	l.outside(ctx)
	slices.SortFunc(l.findings, engine.Compare)
	return &Result{
		Report:  &engine.Report{Seq: 1, At: in.Now, Snapshot: in.Snapshot.With(l.coverage...), Graph: l.graph, Findings: l.findings},
		Changes: l.changes,
	}, nil
}

// history tells of an uninstall before this one that did not come to its end.
func (l *look) history() {
	settings := l.Settings
	if settings == (probes.Settings{}) {
		settings = probes.Defaults
	}
	for _, f := range engine.Look(l.Snapshot, []*probes.Probe{probes.ReleaseHistoryBroken}, settings, l.Now).Findings {
		if f.Subject == l.ref() && f.Grade != finding.Unknown {
			l.report(*f)
		}
	}
}

func (l *look) ref() model.Ref {
	return model.Ref{Kind: model.KindRelease, Namespace: l.Namespace, Name: l.Release}
}

func (l *look) report(f finding.Finding) { l.findings = append(l.findings, &f) }

func (l *look) plan(verb string, ref model.Ref, summary string) {
	l.told[ref] = true
	l.changes = append(l.changes, report.Planned{Verb: verb, Ref: ref, Summary: summary})
}

func (l *look) unread(slot string, subject model.Ref, summary, why string) {
	l.report(finding.Finding{
		Probe: Unread.ID, Subject: subject, Slot: slot, Severity: finding.Medium, Grade: finding.Unknown, Summary: summary,
		Evidence: []finding.Evidence{{Ref: subject, Path: slot, Value: why}},
	})
}
