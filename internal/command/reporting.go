package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/sanitize"
)

// reportFlags are the flags of the commands that report.
type reportFlags struct {
	format string
	failOn string
	wide   bool
	called string      // --cluster-name
	live   bool        // what it finds is there, so that careen fix can fix it
	name   string      // of report objects; empty for those of audit
	output *pflag.Flag // of -o
	level  report.FailOn
}

func (f *reportFlags) bind(cmd *cobra.Command) {
	bindFormat(cmd, &f.format, report.Documents, "report format")
	f.output = cmd.Flags().Lookup("output")
	cmd.Flags().BoolVar(&f.wide, "wide", false, "with -o table: print each finding with its evidence, causes and fixes")
	cmd.Flags().StringVar(&f.called, "cluster-name", "", "what the report calls the cluster (default: its context, else its server)")
	cmd.Flags().StringVar(&f.failOn, "fail-on", "high", "exit with 1 from this level on: "+strings.Join(report.Levels, ", "))
}

// check refuses values that cannot be meant.
func (f *reportFlags) check() (err error) {
	if f.level, err = report.ParseFailOn(f.failOn); err != nil {
		return usageError(fmt.Errorf("--fail-on: %w", err))
	}
	if _, err := report.Documents.Find(f.format); err != nil {
		return usageError(err)
	}
	if f.wide && f.format != "table" {
		return usageError(fmt.Errorf("--wide goes with -o table: -o %s holds the evidence anyway", f.format))
	}
	return nil
}

// write writes the report and returns the error that carries its exit code.
func (f *reportFlags) write(ss *session, d *report.Document) error {
	for _, note := range ss.known.Expired() {
		fmt.Fprintln(ss.Err, note)
	}
	d.Cluster.Name = sanitize.Line(f.called, 253)
	opts := ss.reportOptions()
	opts.Wide, opts.Fixable, opts.Name = f.wide, f.live, f.name
	if err := written(report.Documents.Write(ss.Out, f.format, d, opts)); err != nil {
		return err
	}
	switch code := d.ExitCode(f.level); code {
	case codeOK:
		return nil
	case codePartial:
		return partialError("nothing found at that level, but the look was partial:", d)
	default:
		return &exitError{code, nil}
	}
}

func (ss *session) reportOptions() report.Options {
	opts := report.Options{ASCII: ss.asciiFor(ss.Out), Version: built().Version, Probes: ss.probes, Taken: ss.taken(), Took: time.Since(ss.started)}
	if isTerminal(ss.Out) {
		opts.Color = !ss.noColor
		opts.Width, _, _ = term.GetSize(int(fileOf(ss.Out).Fd()))
	}
	return opts
}

// partialError is exit code 4 with what could not be read.
func partialError(what string, d *report.Document) error {
	return &exitError{codePartial, errors.New(strings.Join(append([]string{what}, d.Incomplete()...), "\n"))}
}

// foretell writes what preflight or forecast found: of its findings those that
// --probe and --skip-probe leave.
func (f *reportFlags) foretell(ss *session, r *engine.Report, changes []report.Planned) error {
	r.Findings = ss.kept(r.Findings)
	d := ss.document(r)
	d.Changes = changes
	return f.write(ss, d)
}

// oneNamespace is the namespace of -n, else that of the context.
func (o *options) oneNamespace() (string, error) {
	switch {
	case o.all || len(o.namespaces) > 1:
		return "", usageError(errors.New("a release is in one namespace: name it with one -n"))
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
		return !o.wanted(f.Probe)
	})
}
