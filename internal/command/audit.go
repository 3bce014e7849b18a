package command

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/report"
)

// auditFlags are the flags of audit alone.
type auditFlags struct {
	reportFlags
	watch    bool
	requests bool
}

// auditGC is the garbage collector's percentage for one look: the rows that stay
// are small beside what passes through, so a tight heap costs little time.
const auditGC = 50

func newAudit(s Streams, o *options) *cobra.Command {
	a := &auditFlags{reportFlags: reportFlags{live: true}}
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Look once, without a terminal, and report",
		Long: `audit looks at the cluster once and reports what is wrong. It never writes to the
cluster.

With --from it looks at a file: a snapshot of careen, the output of kubectl get, kubectl
cluster-info dump, a must-gather or a support bundle, as a file, folder or archive. What
the file does not hold is unknown. A List is taken for all objects of its kinds in its
namespaces: leave out selectors when you make one. kubectl get --show-managed-fields
keeps the times at which configuration changed.

With --contexts it looks at many clusters side by side, each within its own --timeout; one
that does not answer holds up no other. A cause that several have is one line with their
names; one that cannot be reached is a line too. Contexts that lead to the same server with
the same credentials are read once.

Exit codes: 0 nothing at or above --fail-on; 1 findings at or above it; 2 usage;
3 the cluster cannot be reached or refuses who asks, with --contexts all of them; 4
nothing found, but the look was partial; 130 interrupted.`,
		RunE: o.within(s, a.run),
	}
	a.bind(cmd)
	o.bindFrom(cmd)
	o.bindTimeout(cmd)
	o.bindContexts(cmd)
	cmd.Flags().BoolVar(&a.watch, "watch", false, "keep looking, and print each change of a finding as one JSON line")
	cmd.Flags().BoolVar(&a.requests, "show-requests", false, "print on stderr every request that left the process, by verb and resource")
	return cmd
}

func (a *auditFlags) run(ss *session, _ []string) error {
	ss.readOnly = true
	if a.watch && !a.output.Changed {
		a.format = watching().Default()
	}
	if err := a.check(); err != nil {
		return err
	}
	switch {
	case a.watch && ss.from != "":
		return usageError(errWatchFile)
	case a.watch && len(ss.contexts) > 0:
		return usageError(errWatchMany)
	case a.called != "" && len(ss.contexts) > 0:
		return usageError(errors.New("--cluster-name and --contexts cannot be used together: each cluster is called by its context"))
	}
	forgetProgram()
	defer paceMemory(forgetProgram)()
	if a.requests && len(ss.contexts) == 0 {
		defer ss.showRequests()
	}
	what := extent{mode: connect.ReadOnly, kinds: kindsOf(ss.probes)}
	if a.watch {
		f, err := watching().Find(a.format)
		if err != nil {
			return usageError(fmt.Errorf("--watch prints %s, not %s", strings.Join(watching().Names(), " or "), a.format))
		}
		if err := ss.read(what); err != nil {
			return err
		}
		return watch(ss, f)
	}
	if len(ss.contexts) > 0 {
		return a.everywhere(ss, what)
	}
	r, err := ss.look(what)
	if err != nil {
		return err
	}
	for _, note := range ss.idle(r.Findings) {
		fmt.Fprintln(ss.Err, note)
	}
	return a.write(ss, ss.document(r))
}

// watching are the formats that can be written while the look goes on.
func watching() report.Formats[*report.Document] {
	return slices.DeleteFunc(slices.Clone(report.Documents), func(f report.Format[*report.Document]) bool { return f.Watch == nil })
}

// watch prints what changes until ctx ends.
func watch(ss *session, f report.Format[*report.Document]) error {
	eng := engine.Start(ss.ctx, ss.live, engine.Options{Probes: ss.probes, Settings: ss.settings, Log: ss.log})
	defer eng.Stop()
	var before *report.Document
	for {
		select {
		case r := <-eng.Reports():
			after := report.New(r, r.At, time.Now(), ss.least(), ss.known)
			if err := f.Watch(ss.Out, report.Changes(before, after)); err != nil {
				return machineError(fmt.Errorf("writing a change: %w", err))
			}
			before = after
		case <-eng.Done():
			return cmp.Or(eng.Err(), ss.ctx.Err())
		}
	}
}

var (
	errWatchFile = errors.New("--watch and --from cannot be used together: a file does not change")
	errWatchMany = errors.New("--watch and --contexts cannot be used together: watch one cluster with --context")
)
