package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/repair"
)

func newUndo(s Streams, o *options) *cobra.Command {
	c := &consent{}
	var finish bool
	cmd := &cobra.Command{
		Use:   "undo [ENTRY]",
		Short: "Show the plan that takes back a fix, and apply it with --yes",
		Long: `undo shows the plan that takes back the newest entry that was applied from here, or
the one named, and stops. It is refused where someone changed since what would be
taken back, and while somebody is applying it.

With --yes it applies the plan and proves that the objects are as they were. With
--finish it does the rest of an entry that was interrupted, instead of taking it
back: planned against what the cluster is now, and only where its finding still calls
for it.

An entry that was not applied from here, a colleague's for example, is taken back only
by its name, with --confirm and its id: whoever may create Secrets in a namespace could
have made it up, so every object is shown whole.

Exit codes: 0 shown, or applied and proved; 2 usage, an unknown entry; 3 the cluster
cannot be reached; 5 refused, or not confirmed; 130 interrupted.`,
		Args:              atMostOneArg("the id of a journal entry (careen journal lists them)"),
		ValidArgsFunction: o.completeEntries,
		RunE: o.within(s, func(ss *session, args []string) error {
			id := ""
			if len(args) > 0 {
				if id = args[0]; id == "" {
					return usageError(errors.New("the id of the journal entry is empty (careen journal lists them)"))
				}
			}
			return runUndo(ss, c, id, finish)
		}),
	}
	cmd.Flags().BoolVar(&finish, "finish", false, "do what an interrupted entry left undone")
	c.bind(cmd)
	return cmd
}

func runUndo(ss *session, c *consent, id string, finish bool) error {
	if err := c.check(); err != nil {
		return err
	}
	m, err := ss.repairing(finish) // the proof of the rest of a fix is that the finding is gone
	if err != nil {
		return err
	}
	plan := m.mender.UndoPlan
	if finish {
		seen, err := m.engine.First(ss.ctx)
		if err != nil {
			return err
		}
		plan = func(ctx context.Context, id string) (*repair.Plan, error) { return m.mender.FinishPlan(ctx, seen, id) }
	}
	p, err := plan(ss.ctx, id)
	if err != nil {
		return ss.refused(err)
	}
	return m.finish(p, c, nil)
}
