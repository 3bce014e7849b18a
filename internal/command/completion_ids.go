package command

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/engine"
)

// completeFindings offers the ids of what is found now.
func (o *options) completeFindings(cmd *cobra.Command, args []string, begun string) (out []string, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := o.chosen(catalogue.Live)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if snap := o.peek(cmd.Context(), kindsOf(list), o.namespaces); snap != nil {
		for _, f := range engine.Look(snap, list, o.settings, time.Now()).Findings {
			if id := string(f.ID()); strings.HasPrefix(id, begun) {
				out = append(out, id+"\t"+f.Summary)
			}
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeEntries offers the entries of the journal that can be taken back.
func (o *options) completeEntries(cmd *cobra.Command, args []string, begun string) (out []string, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completeWithin)
	defer cancel()
	ss := &session{options: o, ctx: ctx, log: slog.New(slog.DiscardHandler)}
	if _, err := ss.connected(connect.ReadOnly); err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	j, err := ss.mender().Entries(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, e := range j.Entries {
		if e.Standing(j.Now).Usable && strings.HasPrefix(e.ID, begun) {
			out = append(out, e.ID+"\t"+e.Title)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
