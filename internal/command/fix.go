package command

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/internal/text"
	"github.com/careen-tui/careen/probes"
)

func newFix(s Streams, o *options) *cobra.Command {
	c := &consent{other: "--fix"}
	var fix string
	cmd := &cobra.Command{
		Use:   "fix ID",
		Short: "Show the plan that fixes a finding, and apply it with --yes",
		Long: `fix looks at the cluster, shows the plan for the finding's first fix and stops: the
objects, a masked diff of the server's dry run, the rights it needs, who would
revert it, how it is undone and how it is proved.

With --yes it applies the plan, and watches until the finding is gone and the proof
holds. What is needed to take it back is kept in the cluster first; see careen
journal and careen undo.

A finding may have preventions beside its fixes: they leave what is wrong as it is, and
keep it from happening again. Their ids begin with prevent-; --fix plans one of them.

Exit codes: 0 shown, or applied and proved; 2 usage, an unknown finding or fix;
3 the cluster cannot be reached; 5 refused, or not confirmed; 130 interrupted.`,
		Args:              oneArg("the id of a finding (careen audit lists them)"),
		ValidArgsFunction: o.completeFindings,
		RunE:              o.within(s, func(ss *session, args []string) error { return runFix(ss, c, args[0], fix) }),
	}
	cmd.Flags().StringVar(&fix, "fix", "", "the id of another fix of the finding than the first")
	c.bind(cmd)
	return cmd
}

func runFix(ss *session, c *consent, id, fix string) error {
	if err := c.check(); err != nil {
		return err
	}
	m, err := ss.repairing(true)
	if err != nil {
		return err
	}
	first, err := m.engine.First(ss.ctx)
	if err != nil {
		return err
	}
	f := first.Find(finding.ID(id))
	if f == nil {
		return missing(ss.document(first), id)
	}
	p, err := m.mender.Plan(ss.ctx, first, f, fix, repair.Inputs{})
	if hand := probes.ByHand(f); err != nil && len(f.Fixes) == 0 && len(f.Causes) == 0 && hand != "" {
		return ss.refused(fmt.Errorf("%w.\nWhat to do: %s", err, hand))
	}
	if err != nil {
		return ss.refused(err)
	}
	if len(p.Asks) > 0 && c.yes {
		values, err := ask(ss.Streams, p.Asks)
		if err != nil {
			return usageError(err)
		}
		if p, err = m.mender.Plan(ss.ctx, m.engine.Latest(), f, fix, repair.Inputs{Values: values}); err != nil {
			return ss.refused(err)
		}
	}
	return m.finish(p, c, f)
}

// missing says that there is no such finding, or that it may be where nobody could
// look.
func missing(d *report.Document, id string) error {
	known := make([]string, 0, len(d.Findings))
	for i := range d.Findings {
		known = append(known, string(d.Findings[i].ID))
	}
	err := fmt.Errorf("there is no finding %q at present; careen audit lists them%s", id, text.DidYouMean(id, known))
	if !d.Partial() {
		return usageError(err)
	}
	return partialError(err.Error()+"\nthe look was partial:", d)
}
