package command

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/report"
)

// preflightFlags are the flags of preflight alone, named as Helm names them.
type preflightFlags struct {
	reportFlags
	values, set, setString   []string
	version                  string
	plainHTTP, createSpace   bool
	reuseValues, resetValues bool
	dryRun                   bool
	requests                 bool
}

func newPreflight(s Streams, o *options) *cobra.Command {
	p := &preflightFlags{}
	cmd := &cobra.Command{
		Use:   "preflight RELEASE CHART",
		Short: "What would go wrong with a release, before anything is installed",
		Long: `preflight renders CHART (a folder, an archive or an OCI reference) with Helm's engine
against the live cluster and reports what would go wrong: accounts, secrets, classes and
kinds that would be missing, objects that belong to somebody else, claims of before under
the names that the chart generates, what the acting identity may not do, what admission
would refuse. For a release that is there already it also says what an upgrade changes.

Nothing is written: every request is a read, an access review, or a create that the
server is told not to keep (dryRun=All; --server-dry-run=false leaves those out).

Exit codes are those of audit.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usageError(errors.New("preflight takes two arguments: the name of a release and a chart"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return runPreflight(cmd, s, o, p, args[0], args[1]) },
	}
	p.bind(cmd)
	f := cmd.Flags()
	f.StringArrayVarP(&p.values, "values", "f", nil, "a file of values; may be repeated")
	f.StringArrayVar(&p.set, "set", nil, "set a value: key=value; may be repeated")
	f.StringArrayVar(&p.setString, "set-string", nil, "set a text value: key=value; may be repeated")
	f.StringVar(&p.version, "version", "", "the chart's version, for an OCI reference without one")
	f.BoolVar(&p.plainHTTP, "plain-http", false, "speak HTTP to the OCI registry")
	f.BoolVar(&p.createSpace, "create-namespace", false, "the namespace will be created, as with helm --create-namespace")
	f.BoolVar(&p.reuseValues, "reuse-values", false, "as helm upgrade --reuse-values")
	f.BoolVar(&p.resetValues, "reset-values", false, "as helm upgrade --reset-values")
	f.BoolVar(&p.dryRun, "server-dry-run", true, "ask the server's admission with dryRun=All")
	f.BoolVar(&p.requests, "show-requests", false, "print on stderr every request that left the process, by verb and resource")
	return cmd
}

func runPreflight(cmd *cobra.Command, s Streams, o *options, p *preflightFlags, release, ref string) error {
	ctx := cmd.Context()
	if err := o.complete(cmd); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	namespace, err := o.oneNamespace()
	if err != nil {
		return err
	}
	if err := chartutil.ValidateReleaseName(release); err != nil {
		return usageError(fmt.Errorf("%q is no name for a release: %w", release, err))
	}
	values, err := preflight.Values(p.values, p.set, p.setString)
	if err != nil {
		return usageError(err)
	}
	load := func() (*chart.Chart, error) {
		return preflight.Load(ref, preflight.ChartOptions{Version: p.version, PlainHTTP: p.plainHTTP})
	}
	if strings.Contains(ref, "://") {
		first, err := load() // once over the network; a chart that cannot be had ends it here
		if err != nil {
			return usageError(err)
		}
		load = func() (*chart.Chart, error) { return preflight.Copy(first) }
	} else if _, err := load(); err != nil {
		return usageError(err)
	}
	logger, log, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer log.Close()
	started := time.Now()
	mode := cluster.ReadOnly
	if p.dryRun {
		mode = cluster.ReadAndDryRun
	}
	source, err := cluster.Open(ctx, cluster.Options{
		Flags: o.kube, Namespaces: []string{namespace}, Kinds: preflight.Kinds(), Mode: mode,
		Agent: "careen/" + strings.ReplaceAll(version, " ", "_"), Log: logger, Once: true,
	})
	if err != nil {
		return err
	}
	defer source.Close()
	if p.requests {
		defer func() { writeRequests(s.Err, source) }()
	}
	if err := source.Wait(ctx); err != nil {
		return err
	}
	snap, _ := source.Snapshot()
	driver := model.KindSecret
	if strings.EqualFold(os.Getenv("HELM_DRIVER"), "configmap") {
		driver = model.KindConfigMap
	}
	result, err := preflight.Run(ctx, preflight.Input{
		Snapshot: snap, Config: source.Config(), DryRun: p.dryRun, Release: release, Namespace: namespace, Chart: load, Values: values,
		ResetValues: p.resetValues, ReuseValues: p.reuseValues, CreateNamespace: p.createSpace, Driver: driver,
		Settings: o.settings, Now: time.Now(),
	})
	if err != nil {
		return usageError(err)
	}
	result.Report.Findings = o.kept(result.Report.Findings)
	d := report.New(result.Report, started, time.Now(), o.least(), o.known)
	d.Changes = result.Changes
	ran := slices.Clone(preflight.Catalogue())
	return p.write(s, o, d, ran)
}
