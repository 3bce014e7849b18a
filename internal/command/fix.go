package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/report"
)

func newFix(s Streams, o *options) *cobra.Command {
	c := &consent{}
	var fix string
	cmd := &cobra.Command{
		Use:   "fix ID",
		Short: "Show the plan that mends a finding, and apply it with --yes",
		Long: `fix looks at the cluster, shows the plan for the finding's first fix and stops: the
objects, a masked diff of the server's dry run, the rights it needs, who would
revert it, how it is undone and how it is proved.

With --yes it applies the plan, and watches until the finding is gone and the proof
holds. What is needed to take it back is kept in the cluster first; see careen
journal and careen undo.

Exit codes: 0 shown, or applied and proved; 2 usage, an unknown finding or fix;
3 the cluster cannot be reached; 5 refused, or not confirmed; 130 interrupted.`,
		Args: oneArg("fix", "the id of a finding; careen audit lists them"),
		RunE: func(cmd *cobra.Command, args []string) error { return runFix(cmd, s, o, c, args[0], fix) },
	}
	cmd.Flags().StringVar(&fix, "fix", "", "the id of another fix of the finding than the first")
	c.bind(cmd)
	return cmd
}

// atMostOneArg wants no argument or one.
func atMostOneArg(name, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usageError(fmt.Errorf("%s takes at most one argument: %s", name, what))
		}
		return nil
	}
}

// oneArg wants exactly one argument.
func oneArg(name, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageError(fmt.Errorf("%s takes one argument: %s", name, what))
		}
		return nil
	}
}

func runFix(cmd *cobra.Command, s Streams, o *options, c *consent, id, fix string) error {
	if err := o.complete(cmd); err != nil {
		return err
	}
	logger, file, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer closing(file)
	chosen, err := o.chosen()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	m, closeSession, err := openSession(ctx, s, o, chosen, logger)
	if err != nil {
		return err
	}
	defer closeSession()
	if err := m.look(ctx, chosen, o, logger); err != nil {
		return err
	}
	f := m.first.Find(finding.ID(id))
	if f == nil {
		return missing(m.first, id)
	}
	p, err := m.mender.Plan(ctx, m.first, f, fix, repair.Inputs{})
	if err != nil {
		return refused(ctx, err)
	}
	if len(p.Asks) > 0 && c.yes {
		values, err := ask(s, p.Asks)
		if err != nil {
			return usageError(err)
		}
		if p, err = m.mender.Plan(ctx, m.latest.Load(), f, fix, repair.Inputs{Values: values}); err != nil {
			return refused(ctx, err)
		}
	}
	m.show(p, c)
	if !c.yes {
		m.mention(f, p)
		return nil
	}
	if c.commands {
		return usageError(errors.New("--commands prints, --yes applies: use one of them"))
	}
	return m.carryOut(ctx, p, c)
}

// missing says that there is no such finding, or that it may be where nobody could
// look.
func missing(r *engine.Report, id string) error {
	err := fmt.Errorf("there is no finding %q at present; careen audit lists them", id)
	partial := r.Coverage.Partial()
	if len(partial) == 0 {
		return usageError(err)
	}
	for _, w := range partial {
		err = fmt.Errorf("%w\n%s", err, report.OnPaper(w))
	}
	return &exitError{codePartial, fmt.Errorf("the look was partial: %w", err)}
}

// mention says on stderr how to go on from a plan that was only shown.
func (m *session) mention(f *finding.Finding, p *repair.Plan) {
	fmt.Fprintln(m.s.Err, "Nothing was written; --yes applies this plan.")
	if p.Confirm != "" {
		fmt.Fprintf(m.s.Err, "It is destructive and wants --confirm %q as well.\n", p.Confirm)
	}
	for _, other := range f.Fixes {
		if len(p.Choices) == 1 && other.ID != p.Choices[0].Fix {
			fmt.Fprintf(m.s.Err, "Another fix: --fix %s  %s (%s)\n", other.ID, other.Title, other.Risk)
		}
	}
}
