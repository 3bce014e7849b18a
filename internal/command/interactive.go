package command

import (
	"errors"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/inspect/client"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/internal/startup"
	"github.com/careen-tui/careen/tui"
	"github.com/careen-tui/careen/views"
)

// interactive opens the interface. The screen is drawn before the cluster has
// answered; what cannot be reached is said there.
func interactive(ss *session) error {
	many, err := ss.many()
	if err != nil {
		return err
	}
	if !ss.plain && !ss.onTerminal() {
		return usageError(errors.New("the interface needs a terminal; without one use careen audit"))
	}
	stderr := logfile.NewStderr(ss.logFile)
	first := &tui.Session{End: func() {}}
	if many == nil {
		if first, err = ss.watch(stderr); err != nil {
			return err
		}
	}
	defer first.End()
	opts := tui.Options{Session: *first}
	if many == nil {
		defer paceMemory(func() {})() // the program's own pages stay: a key must not wait for them
	} else {
		startup.End()
		debug.SetGCPercent(auditGC) // many summaries are made of what is given up at once
		defer many.Close()
		ss.tellTwins(many.places)
		opts.Session, opts.Clusters = tui.Session{}, many
	}
	if ss.file != nil {
		opts.AsOf = ss.file.Now
	} else {
		opts.Contexts = contexts{ss, stderr}
	}
	err = ss.present(stderr, opts)
	first.End()
	if err == nil && many == nil {
		return first.Feed.Err()
	}
	return err
}

// present shows the interface, with what the configuration and the flags say of it, until
// the operator leaves it. Its error carries the exit code.
func (ss *session) present(stderr *logfile.Stderr, opts tui.Options) error {
	keys, err := ss.config.Keymap()
	if err != nil {
		return usageError(err)
	}
	opts.Namespaces, opts.Severity, opts.ReadOnly, opts.Keys, opts.Probes = ss.namespaces, ss.least(), ss.readOnly, keys, ss.probes
	opts.Filters, opts.Theme, opts.Columns = savedFilters(ss.config.Filters), ss.config.Theme, ss.config.Columns
	opts.NoColor, opts.ASCII, opts.FPS, opts.Mouse, opts.Version = ss.noColor, ss.ascii, ss.fps, ss.mouse, built().Version
	if err := stderr.Take(); err != nil {
		return machineError(err)
	}
	show := tui.Run
	if ss.inLines() {
		opts.Input, opts.Output = ss.In, ss.Out
		show = tui.RunPlain
	}
	err = show(ss.ctx, opts)
	stderr.Restore()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, tui.ErrInterrupted):
		return &exitError{codeInterrupted, nil}
	case errors.Is(err, tui.ErrCrashed):
		return err
	}
	return machineError(err) // the terminal went away, or is none
}

func savedFilters(list []config.Filter) (out []views.SavedFilter) {
	for _, f := range list {
		out = append(out, views.SavedFilter{Name: sanitize.Line(f.Name, 60), Text: sanitize.Line(f.Text, 250)})
	}
	return out
}

// watch begins to look at the cluster, or the file of --from, and keeps looking. It
// waits for no reply.
func (ss *session) watch(stderr *logfile.Stderr) (*tui.Session, error) {
	o := engine.Options{Probes: ss.probes, Settings: ss.settings, Log: ss.log}
	if ss.from != "" {
		if err := ss.openFile(); err != nil {
			return nil, err
		}
		o.AsOf = ss.file.Now
		eng := engine.Start(ss.ctx, ss.file.Source(ss.namespaces), o)
		return &tui.Session{
			Context: ss.file.Snapshot.Cluster.Context, Feed: eng, End: eng.Stop, Waivers: ss.waiversOf(ss.file.Snapshot.Cluster.Context),
		}, nil
	}
	conn, err := ss.connected(connect.ReadWrite)
	if err != nil {
		return nil, err
	}
	source, err := cluster.Open(ss.ctx, conn, cluster.Options{Namespaces: ss.namespaces, Log: ss.log, ReadyLogs: ss.readyLogs, Timeout: ss.timeout})
	if err != nil {
		return nil, err
	}
	eng := engine.Start(ss.ctx, source, o)
	return &tui.Session{
		Context: conn.Context, Feed: eng, Mender: ss.mender(), Inspector: client.New(conn), Login: login{conn, stderr},
		Preflight: &foreteller{ss, conn, eng}, Waivers: ss.waiversOf(conn.Context),
		End: sync.OnceFunc(func() { eng.Stop(); source.Close() }),
	}, nil
}

// onTerminal reports whether somebody sits at both ends.
func (ss *session) onTerminal() bool { return term.IsTerminal(int(ss.In.Fd())) && isTerminal(ss.Out) }

// inLines reports whether the interface talks in lines.
func (ss *session) inLines() bool { return talksInLines(ss.plain, os.Getenv("TERM"), ss.onTerminal()) }

// talksInLines reports whether lines are asked for, or all that a terminal can show. Where
// there is no terminal TERM says nothing.
func talksInLines(plain bool, name string, terminal bool) bool {
	return plain || terminal && name == "dumb"
}

func isTerminal(w io.Writer) bool {
	f := fileOf(w)
	return f != nil && term.IsTerminal(int(f.Fd()))
}
