package command

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/probes"
)

// reportFlags are the flags of the commands that report.
type reportFlags struct {
	format string
	failOn string
	level  report.FailOn
}

func (f *reportFlags) bind(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.format, "output", "o", "table", "report format: table, json, yaml, jsonl, sarif, junit, markdown")
	cmd.Flags().StringVar(&f.failOn, "fail-on", "high", "exit with 1 from this level on: critical, high, medium, low, none")
}

func (f *reportFlags) check() (err error) {
	if f.level, err = report.ParseFailOn(f.failOn); err != nil {
		return usageError(fmt.Errorf("--fail-on: %w", err))
	}
	if err := report.CheckFormat(f.format); err != nil {
		return usageError(err)
	}
	return nil
}

// write writes the report and returns the error that carries its exit code.
func (f *reportFlags) write(s Streams, o *options, d *report.Document, ran []*probes.Probe) error {
	for _, note := range o.known.Expired() {
		fmt.Fprintln(s.Err, note)
	}
	opts := tableOptions(s, o)
	opts.Probes = ran
	if err := report.Write(s.Out, f.format, d, opts); err != nil {
		return usageError(err)
	}
	if code := d.ExitCode(f.level); code != codeOK {
		return &exitError{code, partialMessage(d, code)}
	}
	return nil
}

// oneNamespace is the namespace of -n, else that of the context.
func (o *options) oneNamespace() (string, error) {
	switch {
	case o.all || len(o.namespaces) > 1:
		return "", usageError(fmt.Errorf("a release lives in one namespace: name it with one -n"))
	case len(o.namespaces) == 1:
		return o.namespaces[0], nil
	}
	namespace, _, err := o.kube.ToRawKubeConfigLoader().Namespace()
	if err != nil || namespace == "" {
		return "default", nil //nolint:nilerr // what is wrong with the kubeconfig is said when it is used
	}
	return namespace, nil
}

// kept are the findings that --probe and --skip-probe leave, for commands whose
// checks are no probes over a snapshot.
func (o *options) kept(list []*finding.Finding) []*finding.Finding {
	return slices.DeleteFunc(slices.Clone(list), func(f *finding.Finding) bool {
		return len(o.only) > 0 && !slices.Contains(o.only, f.Probe) || slices.Contains(o.skip, f.Probe)
	})
}
