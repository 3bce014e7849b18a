package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/tui"
)

// interactive opens the interface. The screen is drawn before the cluster has
// answered; what cannot be reached is said there.
func interactive(cmd *cobra.Command, s streams, o *options) error {
	ctx := cmd.Context()
	if err := o.complete(cmd); err != nil {
		return err
	}
	keys, err := o.config.Keymap()
	if err != nil {
		return usageError(err)
	}
	if !o.plain && (!term.IsTerminal(int(s.in.Fd())) || !isTerminal(s.out)) {
		return usageError(errors.New("the interface needs a terminal; without one use careen audit"))
	}
	logger, file, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer file.Close()
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	opts := tui.Options{
		Context: contextName(o), Namespaces: o.namespaces, Severity: o.least(), Keys: keys, Probes: chosen,
		NoColor: o.noColor, ASCII: o.ascii, FPS: o.fps, Mouse: o.mouse,
	}
	source, end, err := o.opened(ctx, logger, &opts)
	if err != nil {
		return err
	}
	defer end()
	opts.ReadOnly = o.readOnly
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	eng := engine.New(source, chosen, o.settings, logger)
	eng.Freeze(opts.AsOf)
	opts.Feed = eng
	done := make(chan error, 1)
	go func() { done <- eng.Run(ctx) }()

	restore, err := logfile.TakeStderr(file)
	if err != nil {
		return err
	}
	show := tui.Run
	if o.plain {
		opts.Input, opts.Output = s.in, s.out
		if f := fileOf(s.out); f != nil {
			opts.Output = f
		}
		show = tui.RunPlain
	}
	err = show(ctx, opts)
	restore()
	cancel()
	if crashed := <-done; err == nil {
		err = crashed
	}
	if errors.Is(err, tui.ErrInterrupted) {
		return &exitError{codeInterrupted, nil}
	}
	if err != nil {
		return fmt.Errorf("showing the interface: %w", err)
	}
	return nil
}

// opened begins to read what the interface shows: a cluster, with the machinery
// that mends and inspects it, or the file of --from.
func (o *options) opened(ctx context.Context, logger *slog.Logger, opts *tui.Options) (engine.Source, func(), error) {
	if o.from != "" {
		file, err := o.openFile()
		if err != nil {
			return nil, nil, err
		}
		opts.Context, opts.AsOf = file.Snapshot.Cluster.Context, file.Now
		return file.Source(), func() {}, nil
	}
	source, err := o.open(ctx, probes.All(), logger, false)
	if err != nil {
		return nil, nil, err
	}
	inspector, err := inspect.New(source.Config())
	if err != nil {
		source.Close()
		return nil, nil, err
	}
	opts.Inspector = inspector
	opts.Mender, err = repair.New(source.Config(), repair.Options{
		ReadOnly: o.readOnly, Cluster: strings.TrimSpace(opts.Context + " " + source.Config().Host),
		Version: version, Namespaces: o.namespaces,
	})
	if err != nil {
		source.Close()
		return nil, nil, err
	}
	return source, source.Close, nil
}

func isTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}
