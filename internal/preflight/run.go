package preflight

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight/box"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/probes"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
)

// Server is how a preflight asks the API server; a *connect.Connection is one.
type Server interface {
	Kube() kubernetes.Interface
	Objects() dynamic.Interface
	Discovery() discovery.CachedDiscoveryInterface
}

// Input is what a preflight looks at.
type Input struct {
	Snapshot           *model.Snapshot // of the release's namespace and of the cluster's own kinds
	Conn               Server
	DryRun             bool // whether the guard lets dry runs pass
	Release, Namespace string
	Chart              *box.Box
	Values             map[string]any
	ResetValues        bool // as helm upgrade --reset-values
	ReuseValues        bool // as helm upgrade --reuse-values
	CreateNamespace    bool // as helm upgrade --install --create-namespace
	Driver             model.Kind
	Installer          string // who will install it, as the server calls them; empty for the acting identity
	Settings           probes.Settings
	Now                time.Time
}

// Result is what a preflight found.
type Result struct {
	Report  *engine.Report
	Changes []report.Planned
}

// look is one preflight under way.
type look struct {
	Input
	serving  *Serving
	lookups  *lookups
	rendered *Rendered
	before   *Rendered     // the live release, rendered from its own values; nil where there is none
	record   *model.Record // of the revision from which Helm upgrades
	last     *model.Record // the newest
	stored   *stored
	who      identity
	graph    *graph.Graph // of the cluster as it is
	findings []*finding.Finding
	coverage model.Coverage
	changes  []report.Planned

	reloader func() (at, unknown string) // that runs in the cluster; asked once
}

// ServerError says that the API server did not answer what the chart cannot be rendered
// without.
type ServerError struct{ Err error }

func (e *ServerError) Error() string { return e.Err.Error() }

// Unwrap is what the server, or the network, said.
func (e *ServerError) Unwrap() error { return e.Err }

// Run looks. Its errors are about the chart and its values, or a *ServerError; what
// would go wrong with the release is findings.
func Run(ctx context.Context, in Input) (*Result, error) {
	in.Snapshot = in.Snapshot.Only([]string{in.Namespace})
	l := &look{Input: in}
	l.reloader = sync.OnceValues(func() (string, string) { return l.findReloader(ctx) })
	l.graph = l.graph.Update(in.Snapshot)
	var err error
	if l.serving, err = Ask(in.Conn.Discovery()); err != nil {
		return nil, &ServerError{err}
	}
	if l.record, l.last = compared(in.Snapshot.Release(in.Namespace, in.Release)); l.record != nil {
		if l.stored, err = readRecord(ctx, l.Conn.Kube(), l.record); err != nil {
			l.unknown("record", l.releaseRef(), "The release's values and manifest cannot be read, so what an upgrade changes is not known.", err)
		}
	}
	l.lookups = newLookups(l.Conn.Objects(), l.serving)
	if err := l.render(ctx); err != nil {
		return nil, err
	}
	l.unsaid()
	l.history()
	if !l.rendered.withheld {
		l.check(ctx)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	slices.SortFunc(l.findings, engine.Compare)
	l.findings = slices.CompactFunc(l.findings, func(a, b *finding.Finding) bool { return a.ID() == b.ID() })
	return &Result{
		Report: &engine.Report{
			Seq: 1, At: in.Now, Snapshot: in.Snapshot.With(l.coverage...), Findings: l.findings, Graph: l.graph,
		},
		Changes: l.changes,
	}, nil
}

// check holds what the chart declares against the cluster.
func (l *look) check(ctx context.Context) {
	l.who = l.identify(ctx)
	l.missing()
	l.kinds()
	l.size()
	l.ownership()
	l.claims(ctx)
	l.lists()
	l.hooks()
	l.upgrade(ctx)
	l.keepers()
	l.rights(ctx)
	l.admission(ctx)
	l.quota()
}

// render renders the chart, and for an upgrade once more with the values of today.
func (l *look) render(ctx context.Context) error {
	values := l.Values
	if l.stored != nil && !l.ResetValues {
		switch {
		case l.ReuseValues:
			values = merged(l.stored.Config, l.Values)
		case len(values) == 0: // helm upgrade keeps the values when none are given (helm pkg/action/upgrade.go, reuseValues)
			values = l.stored.Config
		}
	}
	var err error
	if l.rendered, err = l.renderWith(ctx, values); err != nil {
		return err
	}
	if l.stored != nil {
		// Where today's values no longer fit the new chart there is nothing to compare.
		l.before, _ = l.renderWith(ctx, l.stored.Config)
	}
	l.Values = values
	return ctx.Err()
}

func (l *look) releaseRef() model.Ref {
	return model.Ref{Kind: model.KindRelease, Namespace: l.Namespace, Name: l.Release}
}

func (l *look) report(f finding.Finding) { l.findings = append(l.findings, &f) }

// unknown reports that something could not be looked at.
func (l *look) unknown(slot string, subject model.Ref, summary string, err error) {
	l.report(finding.Finding{
		Probe: Unread.ID, Subject: subject, Slot: slot, Severity: finding.Medium, Grade: finding.Unknown, Summary: summary,
		Evidence: []finding.Evidence{{Ref: subject, Path: slot, Value: oneLine(mask.Line(err.Error(), 600))}},
	})
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// copied is a deep copy of values: Helm changes what it is given.
func copied(in map[string]any) map[string]any {
	out := make(map[string]any, len(in))
	for k, v := range in {
		out[k] = copiedValue(v)
	}
	return out
}

func copiedValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return copied(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = copiedValue(v[i])
		}
		return out
	}
	return v
}

// merged lays over over under, as helm upgrade --reuse-values does.
func merged(under, over map[string]any) map[string]any {
	out := copied(under)
	for k, v := range over {
		if m, ok := v.(map[string]any); ok {
			if below, ok := out[k].(map[string]any); ok {
				out[k] = merged(below, m)
				continue
			}
		}
		out[k] = copiedValue(v)
	}
	return out
}
