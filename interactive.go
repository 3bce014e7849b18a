package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/logfile"
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
	if !term.IsTerminal(int(s.in.Fd())) || !isTerminal(s.out) {
		return usageError(errors.New("the interface needs a terminal; without one use careen audit"))
	}
	logger, file, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer file.Close()
	source, err := o.open(ctx, probes.All(), logger, false)
	if err != nil {
		return err
	}
	defer source.Close()
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	inspector, err := inspect.New(source.Config())
	if err != nil {
		return err
	}
	eng := engine.New(source, chosen, o.settings, logger)
	done := make(chan error, 1)
	go func() { done <- eng.Run(ctx) }()

	restore, err := logfile.TakeStderr(file)
	if err != nil {
		return err
	}
	err = tui.Run(ctx, tui.Options{
		Feed: eng, Inspector: inspector, Context: contextName(o), Namespaces: nil, Severity: o.least(),
		ReadOnly: o.readOnly, Keys: keys, NoColor: o.noColor, ASCII: o.ascii, FPS: o.fps, Mouse: o.mouse,
	})
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

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
