package command

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/report"
)

func newJournal(s Streams, o *options) *cobra.Command {
	var verify bool
	var format string
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "What was applied, how far it came, and what can be taken back",
		Long: `journal lists the fixes that were applied on this cluster, newest first. The entries
are kept in the cluster, in Secrets of the type careen/undo.v1, beside the objects
that they concern: whoever has the same rights can take a fix back from another host.
What was not applied from here is listed last, and said to be so.

With --verify it checks the operator's log of this host instead: each line holds the
hash of the line before.`,
		RunE: o.within(s, func(ss *session, _ []string) error {
			if _, err := repair.Listings.Find(format); err != nil {
				return usageError(err)
			}
			switch {
			case verify && format != repair.Listings.Default():
				return usageError(fmt.Errorf("-o %s lists the journal, --verify checks the log: use one of them", format))
			case verify:
				return verifyLog(s)
			}
			return list(ss, format)
		}),
	}
	bindFormat(cmd, &format, repair.Listings, "format of the list")
	cmd.Flags().BoolVar(&verify, "verify", false, "check the hash chain of the operator's log on this host")
	cmd.AddCommand(newPrune(s, o))
	return cmd
}

func newPrune(s Streams, o *options) *cobra.Command {
	var olderThan time.Duration
	cmd := &cobra.Command{
		Use:   "prune --older-than DURATION",
		Short: "Remove old entries from the cluster; they cannot be taken back any more",
		Args:  noArgs,
	}
	cmd.RunE = o.within(s, func(ss *session, _ []string) error {
		if !cmd.Flags().Changed("older-than") || olderThan < 0 {
			return usageError(errors.New("prune needs --older-than with a duration, 720h for example"))
		}
		return pruneJournal(ss, olderThan)
	})
	cmd.Flags().DurationVar(&olderThan, "older-than", 0, "how old an entry must be")
	return cmd
}

func pruneJournal(ss *session, olderThan time.Duration) error {
	m, err := ss.repairing(false)
	if err != nil {
		return err
	}
	removed, err := m.mender.Prune(ss.ctx, olderThan)
	for _, id := range removed {
		fmt.Fprintf(ss.Out, "removed %s\n", id)
	}
	if err != nil {
		return ss.refused(err)
	}
	fmt.Fprintf(ss.Err, "%d entries removed\n", len(removed))
	return nil
}

func list(ss *session, format string) error {
	m, err := ss.repairing(false)
	if err != nil {
		return err
	}
	j, err := m.mender.Entries(ss.ctx)
	if err != nil {
		return ss.requestError(err, codePartial)
	}
	if len(j.Entries) == 0 && len(j.Unread) == 0 {
		fmt.Fprintln(ss.Err, "The journal is empty: nothing was applied, or it was pruned.")
	}
	if err := written(repair.Listings.Write(ss.Out, format, j.Listing(), report.Options{})); err != nil {
		return err
	}
	if len(j.Unread) > 0 {
		return &exitError{codePartial, errors.New("the journal could not be read everywhere:\n" + strings.Join(j.Unread, "\n"))}
	}
	return nil
}

func verifyLog(s Streams) error {
	r, err := repair.VerifyLog(repair.DefaultLogPath())
	if err != nil {
		return &exitError{codeRefused, err}
	}
	if len(r.Torn) > 0 {
		fmt.Fprintf(s.Out, "%s: cut short by a crash: line %s\n", r.Path, strings.Trim(fmt.Sprint(r.Torn), "[]"))
	}
	if r.Bad > 0 {
		return &exitError{codeRefused, fmt.Errorf("%s: the chain breaks at line %d: %s", r.Path, r.Bad, r.Why)}
	}
	fmt.Fprintf(s.Out, "%s: %d lines, the chain holds\n", r.Path, r.Lines)
	return nil
}
