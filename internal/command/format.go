package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/report"
)

// bindFormat adds -o, with its completion, for the formats of a table that the command
// writes.
func bindFormat[D any](cmd *cobra.Command, into *string, table report.Formats[D], what string) {
	own := table.Of(cmd.Name())
	cmd.Flags().StringVarP(into, "output", "o", own.Default(), what+": "+strings.Join(own.Names(), ", "))
	words := make([]string, len(own))
	for i, f := range own {
		words[i] = f.Name + "\t" + f.Doc
	}
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // it was just added
}
