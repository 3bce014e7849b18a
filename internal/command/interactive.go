package command

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/tui"
)

// interactive opens the interface. The screen is drawn before the cluster has
// answered; what cannot be reached is said there.
func interactive(cmd *cobra.Command, s Streams, o *options) error {
	ctx := cmd.Context()
	if err := o.complete(cmd); err != nil {
		return err
	}
	keys, err := o.config.Keymap()
	if err != nil {
		return usageError(err)
	}
	if err := tui.CheckColumns(columnsOf(o.config)); err != nil {
		return usageError(err)
	}
	if !o.plain && (!term.IsTerminal(int(s.In.Fd())) || !isTerminal(s.Out)) {
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
	o.stderr = logfile.NewStderr(file)
	first, err := o.look(ctx, logger)
	if err != nil {
		return err
	}
	defer first.End()
	opts := tui.Options{
		Context: first.Context, Feed: first.Feed, Mender: first.Mender, Inspector: first.Inspector, Login: first.Login, End: first.End, AsOf: first.asOf,
		Namespaces: o.namespaces, Severity: o.least(), ReadOnly: o.readOnly, Keys: keys, Probes: chosen,
		Theme: o.config.Theme, Columns: columnsOf(o.config), NoColor: o.noColor, ASCII: o.ascii, FPS: o.fps, Mouse: o.mouse,
	}
	if o.from == "" {
		opts.Contexts = contexts{o, logger}
	}
	if err := o.stderr.Take(); err != nil {
		return err
	}
	show := tui.Run
	if o.plain {
		opts.Input, opts.Output = s.In, s.Out
		if f := fileOf(s.Out); f != nil {
			opts.Output = f
		}
		show = tui.RunPlain
	}
	err = show(ctx, opts)
	o.stderr.Restore()
	if first.End(); err == nil {
		err = first.err
	}
	if errors.Is(err, tui.ErrInterrupted) {
		return &exitError{codeInterrupted, nil}
	}
	if err != nil {
		return fmt.Errorf("showing the interface: %w", err)
	}
	return nil
}

// columnsOf are the columns that a configuration chooses.
func columnsOf(file *config.File) []tui.Columns {
	list := make([]tui.Columns, 0, len(file.Columns))
	for _, c := range file.Columns {
		list = append(list, tui.Columns(c))
	}
	return list
}

func isTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}
