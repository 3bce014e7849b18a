package command

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/logfile"
	"github.com/careen-tui/careen/internal/repair"
)

func newJournal(s Streams, o *options) *cobra.Command {
	var verify bool
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "What was applied, how far it came, and what can be taken back",
		Long: `journal lists the fixes that were applied on this cluster, newest first. The entries
are kept in the cluster, in Secrets of the type careen/undo.v1, beside the objects
that they concern: whoever has the same rights can take a fix back from another host.

With --verify it checks the operator's log of this host instead: each line holds the
hash of the line before.`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if verify {
				return verifyLog(s)
			}
			return runJournal(cmd, s, o, func(ctx context.Context, m *repair.Mender) error { return list(ctx, s, m) })
		},
	}
	cmd.Flags().BoolVar(&verify, "verify", false, "check the hash chain of the operator's log on this host")
	prune := newPrune(s, o)
	prune.Args = noArgs
	cmd.AddCommand(prune)
	return cmd
}

func newPrune(s Streams, o *options) *cobra.Command {
	var olderThan time.Duration
	cmd := &cobra.Command{
		Use:   "prune --older-than DURATION",
		Short: "Remove old entries from the cluster; they cannot be taken back any more",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("older-than") || olderThan < 0 {
				return usageError(errors.New("prune needs --older-than with a duration, 720h for example"))
			}
			return runJournal(cmd, s, o, func(ctx context.Context, m *repair.Mender) error {
				removed, err := m.Prune(ctx, olderThan)
				for _, id := range removed {
					fmt.Fprintf(s.Out, "removed %s\n", id)
				}
				if err != nil {
					return refused(ctx, err)
				}
				fmt.Fprintf(s.Err, "%d entries removed\n", len(removed))
				return nil
			})
		},
	}
	cmd.Flags().DurationVar(&olderThan, "older-than", 0, "how old an entry must be")
	return cmd
}

func runJournal(cmd *cobra.Command, s Streams, o *options, do func(context.Context, *repair.Mender) error) error {
	if err := o.complete(cmd); err != nil {
		return err
	}
	logger, file, err := logfile.Open(o.logFile, o.verbose)
	if err != nil {
		return usageError(err)
	}
	defer closing(file)
	m, closeSession, err := openSession(cmd.Context(), s, o, nil, logger)
	if err != nil {
		return err
	}
	defer closeSession()
	return do(cmd.Context(), m.mender)
}

func list(ctx context.Context, s Streams, m *repair.Mender) error {
	j, err := m.Entries(ctx)
	if err != nil {
		return refused(ctx, err)
	}
	if len(j.Entries) == 0 && len(j.Unread) == 0 {
		fmt.Fprintln(s.Err, "The journal is empty: nothing was applied, or it was pruned.")
	}
	fmt.Fprint(s.Out, repair.Text(j.Lines(time.Now())))
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
