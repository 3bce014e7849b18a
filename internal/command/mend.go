package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/careen-tui/careen/internal/cluster"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/probes"
)

// consent are the flags with which a plan is applied.
type consent struct {
	yes, withoutUndo bool
	confirm          string
	commands         bool
}

func (c *consent) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&c.yes, "yes", false, "apply the plan and prove it; without it the plan is shown, and nothing is written")
	f.StringVar(&c.confirm, "confirm", "", "the name that a destructive plan asks for")
	f.BoolVar(&c.withoutUndo, "without-undo", false, "apply even where the journal entry cannot be written, so that it cannot be undone")
	f.BoolVar(&c.commands, "commands", false, "print the plan as kubectl and helm commands instead; secret values stand in none")
}

// session is one connection on which something is mended.
type session struct {
	s      Streams
	mender *repair.Mender
	source *cluster.Source
	latest atomic.Pointer[engine.Report]
	first  *engine.Report // of mendSession with a look
}

// openSession connects. list are the probes to look with; nil only connects. The
// session ends with the returned function.
func openSession(ctx context.Context, s Streams, o *options, list []*probes.Probe, log *slog.Logger) (*session, func(), error) {
	mode := cluster.ReadWrite
	if o.readOnly {
		mode = cluster.ReadOnly
	}
	kinds := []model.Kind{model.KindNamespace}
	if list != nil {
		kinds = kindsOf(list)
	}
	source, err := cluster.Open(ctx, cluster.Options{
		Flags: o.kube, Namespaces: o.namespaces, Kinds: kinds, Mode: mode,
		Agent: "careen/" + strings.ReplaceAll(version, " ", "_"), Log: log, Once: true,
	})
	if err != nil {
		return nil, nil, err
	}
	m := &session{s: s, source: source}
	if err := source.Wait(ctx); err != nil {
		source.Close()
		return nil, nil, err
	}
	snap, _ := source.Snapshot()
	if err := o.namespacesExist(snap); err != nil {
		source.Close()
		return nil, nil, err
	}
	m.mender, err = repair.New(source.Config(), repair.Options{
		ReadOnly: o.readOnly, Cluster: strings.TrimSpace(snap.Cluster.Context + " " + snap.Cluster.Server),
		Version: version, Namespaces: o.namespaces,
	})
	if err != nil {
		source.Close()
		return nil, nil, err
	}
	return m, source.Close, nil
}

// look runs the probes until ctx ends, and returns with the first report.
func (m *session) look(ctx context.Context, list []*probes.Probe, o *options, log *slog.Logger) error {
	eng := engine.New(m.source, list, o.settings, log)
	done := make(chan error, 1)
	go func() { done <- eng.Run(ctx) }()
	select {
	case m.first = <-eng.Reports():
		m.latest.Store(m.first)
	case err := <-done:
		return errors.Join(err, ctx.Err())
	}
	go m.follow(ctx, eng)
	return nil
}

// follow keeps the latest report until ctx ends.
func (m *session) follow(ctx context.Context, eng *engine.Engine) {
	for {
		select {
		case r := <-eng.Reports():
			m.latest.Store(r)
		case <-ctx.Done():
			return
		}
	}
}

// show prints a plan.
func (m *session) show(p *repair.Plan, c *consent) {
	if c.commands {
		fmt.Fprintln(m.s.Out, strings.Join(p.Commands(), "\n"))
		return
	}
	fmt.Fprint(m.s.Out, repair.Text(p.Lines()))
}

// carryOut applies a plan and proves it.
func (m *session) carryOut(ctx context.Context, p *repair.Plan, c *consent) error {
	tell := func(p repair.Progress) {
		if p.Write > 0 && !p.Done {
			fmt.Fprintf(m.s.Err, "%d/%d %s\n", p.Write, p.Of, p.Text)
		} else if p.Text != "" && !p.Done {
			fmt.Fprintln(m.s.Err, p.Text)
		}
	}
	r, err := m.mender.Apply(ctx, p, repair.Consent{Confirm: c.confirm, WithoutUndo: c.withoutUndo}, tell)
	if err != nil {
		if p.Confirm != "" && c.confirm != p.Confirm {
			fmt.Fprintf(m.s.Err, "Here it is typed as --confirm %q.\n", p.Confirm)
		}
		fmt.Fprint(m.s.Out, repair.Text(r.Lines()))
		return refused(ctx, err)
	}
	latest := m.latest.Load
	if m.first == nil {
		latest = nil
	}
	o, err := m.mender.Verify(ctx, r, latest, tell)
	fmt.Fprint(m.s.Out, repair.Text(append(r.Lines(), o.Lines()...)))
	switch {
	case r.Entry != "":
		fmt.Fprintf(m.s.Out, "%-10s%s\n", "journal", "entry "+r.Entry+"; careen undo "+r.Entry+" takes it back")
	}
	if ctx.Err() != nil {
		return &exitError{codeInterrupted, nil}
	}
	if !o.Confirmed {
		return &exitError{codeRefused, errors.New("applied, not confirmed: " + strings.Join(o.Wrong, "; "))}
	}
	if err != nil {
		return &exitError{codeRefused, err}
	}
	return nil
}

// refused gives an error of package repair its exit code.
func refused(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, repair.ErrUnknownFix), errors.Is(err, repair.ErrUnknownEntry):
		return usageError(err)
	case ctx.Err() != nil:
		return &exitError{codeInterrupted, err}
	}
	return &exitError{codeRefused, err}
}

// ask reads the values that a plan wants: masked from a terminal, else a line each
// from standard input.
func ask(s Streams, list []repair.Ask) (map[repair.Ask]string, error) {
	values := map[repair.Ask]string{}
	lines := bufio.NewReader(s.In)
	for _, a := range list {
		if term.IsTerminal(int(s.In.Fd())) {
			fmt.Fprintf(s.Err, "%s, key %s (not shown): ", a.Ref, a.Key)
			b, err := term.ReadPassword(int(s.In.Fd()))
			fmt.Fprintln(s.Err)
			if err != nil {
				return nil, fmt.Errorf("reading the value of %s: %w", a.Key, err)
			}
			values[a] = string(b)
			continue
		}
		line, err := lines.ReadString('\n')
		if err != nil && (!errors.Is(err, io.EOF) || line == "") {
			return nil, fmt.Errorf("reading the value of %s from standard input, a line each: %w", a.Key, err)
		}
		values[a] = strings.TrimSuffix(line, "\n")
	}
	return values, nil
}

// closing closes the log; what is lost then has nowhere to be said.
func closing(f *os.File) { _ = f.Close() }
