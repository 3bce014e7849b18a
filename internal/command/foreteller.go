package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/tui"
)

// foreteller runs the preflights that the interface asks for, over what its engine sees.
type foreteller struct {
	*session
	conn   *connect.Connection
	engine *engine.Engine
}

// asking is what follows the word preflight, taken apart as a command line.
type asking struct {
	chartFlags
	release, chart string
	namespaces     []string
	dryRun         bool
}

// asked takes a line apart. Its errors are about the line.
func asked(typed string) (*asking, error) {
	line, err := text.ShellWords(typed)
	if err != nil {
		return nil, err
	}
	a := &asking{}
	f := pflag.NewFlagSet("preflight", pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	a.bind(f)
	f.StringArrayVarP(&a.namespaces, "namespace", "n", nil, "")
	f.BoolVar(&a.dryRun, "server-dry-run", true, "")
	switch err := f.Parse(line); {
	case errors.Is(err, pflag.ErrHelp):
		return nil, errors.New("type RELEASE CHART, then the flags of careen preflight that say which chart and which values: -n, -f, --set, --version and the like")
	case err != nil:
		return nil, err
	case f.NArg() != 2:
		return nil, fmt.Errorf("it takes the name of a release, and a chart: a folder, an archive or oci://...; not %d words", f.NArg())
	case len(a.namespaces) > 1:
		return nil, errors.New("a release is in one namespace: name it with one -n")
	}
	a.release, a.chart = f.Arg(0), f.Arg(1)
	return a, nil
}

// Foretell runs a preflight of what was typed, over the cluster as it is now.
func (f *foreteller) Foretell(ctx context.Context, typed string, chosen []string) (*tui.Foretold, error) {
	a, err := asked(typed)
	if err != nil {
		return nil, err
	}
	look, err := f.settled(ctx)
	if err != nil {
		return nil, err
	}
	namespace, err := f.namespaceOf(a, look.Snapshot, chosen)
	if err != nil {
		return nil, err
	}
	chart, values, err := a.load(ctx, a.release, a.chart)
	if err != nil {
		return nil, err
	}
	defer chart.Close()
	in := a.input(a.release, namespace, chart, values)
	in.Snapshot, in.Conn, in.Settings, in.Now = look.Snapshot, f.conn, f.settings, f.now()
	in.DryRun = a.dryRun && f.conn.Guard().Mode().DryRuns()
	result, err := preflight.Run(ctx, in)
	if err != nil {
		return nil, err
	}
	result.Report.Findings = f.kept(result.Report.Findings)
	return &tui.Foretold{
		Release: model.Ref{Kind: model.KindRelease, Namespace: namespace, Name: a.release}, Chart: a.chart,
		Report: result.Report, Changes: result.Changes,
	}, nil
}

// settled is the newest look, once everything is known that will be.
func (f *foreteller) settled(ctx context.Context) (*engine.Report, error) {
	for {
		r := f.engine.Latest()
		switch {
		case r != nil && r.Err != nil:
			return nil, fmt.Errorf("the cluster cannot be reached, so nothing can be foretold: %w", r.Err)
		case r != nil && r.Coverage().Settled():
			return r, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-f.engine.Done():
			return nil, errors.New("the cluster is not read any more")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// namespaceOf is the namespace of -n, else the one that is looked at, else that of the one
// release of the name, else that of the context.
func (f *foreteller) namespaceOf(a *asking, snap *model.Snapshot, chosen []string) (string, error) {
	namespace := ""
	switch {
	case len(a.namespaces) == 1:
		namespace = a.namespaces[0]
	case len(chosen) == 1:
		namespace = chosen[0]
	default:
		var in []string
		for _, ns := range snap.Namespaces() {
			if snap.Release(ns, a.release) != nil {
				in = append(in, ns)
			}
		}
		if len(in) > 1 {
			return "", fmt.Errorf("there is a release %s in %s: name one with -n", a.release, strings.Join(in, ", "))
		}
		if namespace = strings.Join(in, ""); namespace == "" && len(f.namespaces) < 2 {
			var err error
			if namespace, err = f.oneNamespace(); err != nil {
				return "", err
			}
		}
	}
	switch {
	case namespace == "":
		return "", errors.New("in which namespace? Name it with -n")
	case len(f.namespaces) > 0 && !slices.Contains(f.namespaces, namespace):
		return "", fmt.Errorf("namespace %s is not read in this session: it was started with -n %s", namespace, strings.Join(f.namespaces, " -n "))
	}
	return namespace, nil
}
