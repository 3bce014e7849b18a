package mcp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"helm.sh/helm/v3/pkg/chartutil"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/report"
)

// PreflightIn says what would be installed. Charts and values are files of this machine:
// nothing is fetched.
type PreflightIn struct {
	Release         string   `json:"release" jsonschema:"the name of the release"`
	Namespace       string   `json:"namespace,omitempty" jsonschema:"where it would be installed; that of the context where it is left out"`
	Chart           string   `json:"chart" jsonschema:"the path of a chart: a folder, or an archive"`
	Values          []string `json:"values,omitempty" jsonschema:"paths of values files, the last wins"`
	CreateNamespace bool     `json:"createNamespace,omitempty" jsonschema:"the namespace will be created, as with helm --create-namespace"`
}

// PreflightOut is what would go wrong, and what would be done.
type PreflightOut struct {
	Head
	Release   string           `json:"release"`
	Namespace string           `json:"namespace"`
	Summary   report.Summary   `json:"summary"`
	Findings  []report.Finding `json:"findings"`
	Changes   []report.Planned `json:"changes,omitempty" jsonschema:"for a release that is there already: what an upgrade changes"`
	More      int              `json:"more,omitempty" jsonschema:"findings and changes that are left out"`
}

// The bounds of a preflight's answer. renderWithin is how long one may take.
const (
	mostForetold, mostPlanned, mostLines = 40, 60, 20
	renderWithin                         = 2 * time.Minute
)

// check refuses what cannot be meant, and what would be fetched from elsewhere.
func (in PreflightIn) check() error {
	if err := chartutil.ValidateReleaseName(in.Release); err != nil {
		return fmt.Errorf("%q is not a valid release name: %w", in.Release, err)
	}
	if in.Namespace != "" && len(validation.IsDNS1123Label(in.Namespace)) > 0 {
		return fmt.Errorf("%q is not a valid namespace name", in.Namespace)
	}
	for _, path := range append([]string{in.Chart}, in.Values...) {
		if path == "" || path == "-" || strings.Contains(path, "://") {
			return fmt.Errorf("%q: charts and values are read from paths of this machine only", path)
		}
	}
	return nil
}

func (s *server) preflight(ctx context.Context, in PreflightIn) (*PreflightOut, error) {
	if in.Namespace == "" {
		in.Namespace = s.Namespace
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	r, _, err := s.look.settled(ctx, s.FirstLook)
	if err != nil {
		return nil, err
	}
	select {
	case s.rendering <- struct{}{}:
		defer func() { <-s.rendering }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	values, err := preflight.Values(in.Values, nil, nil)
	if err != nil {
		return nil, err
	}
	chart, err := preflight.Load(ctx, in.Chart, preflight.ChartOptions{})
	if err != nil {
		return nil, err
	}
	defer chart.Close()
	result, err := preflight.Run(ctx, preflight.Input{
		Snapshot: r.Snapshot, Conn: s.Server, Release: in.Release, Namespace: in.Namespace, Chart: chart, Values: values,
		CreateNamespace: in.CreateNamespace, Driver: s.Driver, Settings: s.Settings, Now: time.Now(),
	})
	var server *preflight.ServerError
	switch {
	case errors.As(err, &server):
		return nil, fmt.Errorf("the API server does not answer what the chart needs: %w", err)
	case err != nil:
		return nil, err
	}
	d := s.Document(result.Report)
	out := &PreflightOut{Head: headOf(result.Report, d), Release: in.Release, Namespace: in.Namespace, Summary: d.Summary, Findings: []report.Finding{}}
	for _, f := range d.Findings[:min(len(d.Findings), mostForetold)] {
		out.Findings = append(out.Findings, brief(f))
	}
	for _, c := range result.Changes[:min(len(result.Changes), mostPlanned)] {
		c.Lines = c.Lines[:min(len(c.Lines), mostLines)]
		out.Changes = append(out.Changes, c)
	}
	out.More = len(d.Findings) - len(out.Findings) + len(result.Changes) - len(out.Changes)
	return out, nil
}
