package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/probes"
)

func newUndo(s Streams, o *options) *cobra.Command {
	c := &consent{}
	var finish bool
	cmd := &cobra.Command{
		Use:   "undo [ENTRY]",
		Short: "Show the plan that takes back a fix, and apply it with --yes",
		Long: `undo shows the plan that takes back the newest entry of the journal, or the one
named, and stops. It is refused where someone changed since what would be taken
back.

With --yes it applies the plan and proves that the objects are as they were. With
--finish it does the rest of an entry that was interrupted, instead of taking it
back.

Exit codes: 0 shown, or applied and proved; 2 usage, an unknown entry; 3 the cluster
cannot be reached; 5 refused, or not confirmed; 130 interrupted.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError(errors.New("undo takes at most one argument: the id of a journal entry; careen journal lists them"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			id := ""
			if len(args) > 0 {
				if id = args[0]; id == "" {
					return usageError(errors.New("an entry's id is not empty; careen journal lists them"))
				}
			}
			return runUndo(cmd, s, o, c, id, finish)
		},
	}
	cmd.Flags().BoolVar(&finish, "finish", false, "do what an interrupted entry left undone")
	c.bind(cmd)
	return cmd
}

func runUndo(cmd *cobra.Command, s Streams, o *options, c *consent, id string, finish bool) error {
	if err := o.complete(cmd); err != nil {
		return err
	}
	logger, file, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer closing(file)
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	var list []*probes.Probe
	if finish { // its proof is that the finding is gone
		if list, err = o.chosen(); err != nil {
			return err
		}
	}
	m, closeSession, err := openSession(ctx, s, o, list, logger)
	if err != nil {
		return err
	}
	defer closeSession()
	plan := m.mender.UndoPlan
	if finish {
		if err := m.look(ctx, list, o, logger); err != nil {
			return err
		}
		plan = m.mender.FinishPlan
	}
	p, err := plan(ctx, id)
	if err != nil {
		return refused(ctx, err)
	}
	m.show(p, c)
	if !c.yes {
		m.mention(&finding.Finding{}, p)
		return nil
	}
	if c.commands {
		return usageError(errors.New("--commands prints, --yes applies: use one of them"))
	}
	return m.carryOut(ctx, p, c)
}
