package command

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/forecast"
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
		Args:              oneArg("the name of a release"),
		ValidArgsFunction: o.completeReleases,
		RunE:              o.foretelling(catalogue.Forecast, s, func(ss *session, args []string) error { return runForecast(ss, f, args[0]) }),
	}
	f.bind(cmd)
	return cmd
}

func runForecast(ss *session, f *reportFlags, release string) error {
	if err := f.check(); err != nil {
		return err
	}
	namespace, err := ss.oneNamespace()
	if err != nil {
		return err
	}
	if err := ss.read(extent{mode: connect.ReadOnly, kinds: forecast.Kinds(), namespaces: []string{namespace}}); err != nil {
		return err
	}
	snap, _ := ss.live.Snapshot()
	result, err := forecast.Run(ss.ctx, forecast.Input{Snapshot: snap, Client: ss.conn.Kube(), Release: release, Namespace: namespace, Settings: ss.settings, Now: ss.now()})
	var none *forecast.NoReleaseError
	if errors.As(err, &none) && none.Why != "" {
		return &exitError{codePartial, err}
	}
	if err != nil {
		return usageError(err)
	}
	return f.foretell(ss, result.Report, result.Changes)
}
