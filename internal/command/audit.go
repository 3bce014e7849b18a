package command

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/report"
)

// auditFlags are the flags of audit alone.
type auditFlags struct {
	format   string
	failOn   string
	watch    bool
	requests bool
}

// auditGC is the garbage collector's percentage for one look: the rows that stay
// are small beside what passes through, so a tight heap costs little time.
const auditGC = 50

func newAudit(s Streams, o *options) *cobra.Command {
	a := &auditFlags{}
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Look once, without a terminal, and report",
		Long: `audit looks at the cluster once and reports what is wrong. It never writes to the
cluster.

Exit codes: 0 nothing at or above --fail-on; 1 findings at or above it; 2 usage;
3 the cluster cannot be reached or refuses who asks; 4 nothing found, but the look
was partial; 130 interrupted.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return audit(cmd, s, o, a) },
	}
	cmd.Flags().StringVarP(&a.format, "output", "o", "table", "report format: table, json, yaml, jsonl, sarif, junit, markdown")
	cmd.Flags().StringVar(&a.failOn, "fail-on", "high", "exit with 1 from this level on: critical, high, medium, low, none")
	o.bindFrom(cmd)
	cmd.Flags().BoolVar(&a.watch, "watch", false, "keep looking, and print each change of a finding as one JSON line")
	cmd.Flags().BoolVar(&a.requests, "show-requests", false, "print on stderr every request that left the process, by verb and resource")
	return cmd
}

func audit(cmd *cobra.Command, s Streams, o *options, a *auditFlags) error {
	ctx := cmd.Context()
	if err := o.complete(cmd); err != nil {
		return err
	}
	o.readOnly = true
	failOn, err := report.ParseFailOn(a.failOn)
	if err != nil {
		return usageError(fmt.Errorf("--fail-on: %w", err))
	}
	if err := report.CheckFormat(a.format); err != nil {
		return usageError(err)
	}
	if a.watch && o.from != "" {
		return usageError(errWatchFile)
	}
	if a.watch && cmd.Flags().Changed("output") && a.format != "jsonl" {
		return usageError(fmt.Errorf("--watch prints jsonl, not %s", a.format))
	}
	logger, file, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer file.Close()
	debug.SetGCPercent(auditGC)
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	if o.from != "" {
		r, err := o.lookAtFile()
		if err != nil {
			return err
		}
		return a.report(s, o, report.New(r, r.At, r.At, o.least(), o.known), failOn)
	}
	started := time.Now()
	source, err := o.open(ctx, chosen, logger, true)
	if err != nil {
		return err
	}
	defer source.Close()
	if a.requests {
		defer func() { writeRequests(s.Err, source) }()
	}
	if err := source.Wait(ctx); err != nil {
		return err
	}
	if a.watch {
		return watch(ctx, s, o, engine.New(source, chosen, o.settings, logger))
	}
	snap, _ := source.Snapshot()
	if err := o.namespacesExist(snap); err != nil {
		return err
	}
	r := engine.Look(snap, chosen, o.settings, time.Now())
	d := report.New(r, started, time.Now(), o.least(), o.known)
	return a.report(s, o, d, failOn)
}

// report writes the report; its error carries the exit code.
func (a *auditFlags) report(s Streams, o *options, d *report.Document, failOn report.FailOn) error {
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	f := reportFlags{format: a.format, level: failOn}
	return f.write(s, o, d, chosen)
}

// watch prints what changes until ctx ends.
func watch(ctx context.Context, s Streams, o *options, eng *engine.Engine) error {
	done := make(chan error, 1)
	go func() { done <- eng.Run(ctx) }()
	var before *report.Document
	for {
		select {
		case r := <-eng.Reports():
			after := report.New(r, r.At, time.Now(), o.least(), o.known)
			if err := report.WriteLines(s.Out, report.Changes(before, after)); err != nil {
				return usageError(fmt.Errorf("writing a change: %w", err))
			}
			before = after
		case err := <-done:
			if err == nil {
				err = ctx.Err()
			}
			return err
		}
	}
}

// partialMessage says, on stderr, what exit code 4 is about.
func partialMessage(d *report.Document, code int) error {
	if code != codePartial {
		return nil
	}
	text := "nothing found at that level, but the look was partial:"
	for _, w := range d.Coverage {
		if !w.Complete() {
			text += "\n" + w.String()
		}
	}
	return errors.New(text)
}

func tableOptions(s Streams, o *options) report.Options {
	opts := report.Options{ASCII: o.asciiFor(s.Out), Version: version}
	if isTerminal(s.Out) {
		opts.Color = !o.noColor
		opts.Width, _, _ = term.GetSize(int(fileOf(s.Out).Fd()))
	}
	return opts
}

// connectCode is the exit code of an error that no command gave one.
func connectCode(err error) int {
	switch {
	case errors.Is(err, cluster.ErrConfig):
		return codeUsage
	case errors.Is(err, cluster.ErrConnect), errors.Is(err, cluster.ErrAuth):
		return codeUnreachable
	}
	return codeUsage
}
