package command

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/catalogue"
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
