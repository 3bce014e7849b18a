package command

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/forecast"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/text"
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
	o.bindFrom(cmd)
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
	if err := ss.open(extent{mode: connect.ReadOnly, kinds: forecast.Kinds(), namespaces: []string{namespace}}); err != nil {
		return err
	}
	if ss.file != nil && len(ss.namespaces) == 0 {
		if namespace, err = ss.releasedIn(release); err != nil {
			return err
		}
	}
	in := forecast.Input{Snapshot: ss.whole(), Release: release, Namespace: namespace, Settings: ss.settings, Now: ss.now()}
	if ss.conn != nil {
		in.Client = ss.conn.Kube()
	}
	result, err := forecast.Run(ss.ctx, in)
	var none *forecast.NoReleaseError
	if errors.As(err, &none) && none.Why != "" {
		return &exitError{codePartial, err}
	}
	if err != nil {
		return usageError(err)
	}
	f.name = "careen-forecast-" + release
	return f.foretell(ss, result.Report, result.Changes)
}

// releasedIn is the one namespace of a file in which there is a release: no kubeconfig
// says in which to look.
func (ss *session) releasedIn(release string) (string, error) {
	var in []string
	for _, ns := range ss.file.Snapshot.Namespaces() {
		if ss.file.Snapshot.Release(ns, release) != nil {
			in = append(in, ns)
		}
	}
	switch len(in) {
	case 0:
		if ok, why := ss.file.Snapshot.Knows(model.KindRecord, ""); !ok {
			return "", &exitError{codePartial, fmt.Errorf("whether there is a release %s is not known: %s", release, why)}
		}
		return "", usageError(fmt.Errorf("%s holds no record of a release %s", ss.from, release))
	case 1:
		return in[0], nil
	}
	return "", usageError(fmt.Errorf("there is a release %s in the namespaces %s: name one with -n", release, text.Joined(in, 5)))
}
