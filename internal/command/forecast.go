package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/forecast"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/report"
)

func newForecast(s Streams, o *options) *cobra.Command {
	f := &reportFlags{}
	cmd := &cobra.Command{
		Use:   "forecast RELEASE",
		Short: "What an uninstall would delete, and what it would leave behind",
		Long: `forecast reads a release's record and the cluster, and says what helm uninstall would
delete, what its policies keep, and what it would leave behind without a word: claims of
StatefulSets, Secrets that programs made, hooks, definitions, leases. Nothing is written.

Exit codes are those of audit: 1 where data would be destroyed.`,
		Args:              oneArg("forecast", "the name of a release"),
		ValidArgsFunction: o.completeReleases,
		RunE:              func(cmd *cobra.Command, args []string) error { return runForecast(cmd, s, o, f, args[0]) },
	}
	f.bind(cmd)
	return cmd
}

func runForecast(cmd *cobra.Command, s Streams, o *options, f *reportFlags, release string) error {
	ctx := cmd.Context()
	if err := o.complete(cmd); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	namespace, err := o.oneNamespace()
	if err != nil {
		return err
	}
	logger, log, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer log.Close()
	started := time.Now()
	source, err := cluster.Open(ctx, cluster.Options{
		Flags: o.kube, Namespaces: []string{namespace}, Kinds: forecast.Kinds(), Mode: cluster.ReadOnly,
		Agent: "careen/" + strings.ReplaceAll(version, " ", "_"), Log: logger, Once: true,
	})
	if err != nil {
		return err
	}
	defer source.Close()
	if err := source.Wait(ctx); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(source.Config())
	if err != nil {
		return fmt.Errorf("preparing the client: %w", err)
	}
	snap, _ := source.Snapshot()
	result, err := forecast.Run(ctx, forecast.Input{Snapshot: snap, Client: client, Release: release, Namespace: namespace, Now: time.Now()})
	var none *forecast.NoReleaseError
	if errors.As(err, &none) && none.Why != "" {
		return &exitError{codePartial, err}
	}
	if err != nil {
		return usageError(err)
	}
	result.Report.Findings = o.kept(result.Report.Findings)
	d := report.New(result.Report, started, time.Now(), o.least(), o.known)
	d.Changes = result.Changes
	return f.write(s, o, d, forecast.Catalogue())
}
