package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/probes"
)

func newProbes(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "probes [ID]",
		Short: "The catalogue of probes, or one probe's page",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, p := range probes.All() {
				switch {
				case len(args) == 0:
					fmt.Fprintf(s.out, "%-28s %-8s %s\n", p.ID, p.Worst, p.Title())
				case args[0] == p.ID:
					fmt.Fprintf(s.out, "# %s\n\n%s\n\nReads: %s\n", p.ID, strings.TrimSpace(p.Doc), kindList(p))
					return nil
				}
			}
			if len(args) > 0 {
				return usageError(fmt.Errorf("there is no probe %q; careen probes lists them", args[0]))
			}
			return nil
		},
	}
}

func kindList(p *probes.Probe) string {
	names := make([]string, 0, len(p.Needs)+len(p.Uses))
	for _, k := range p.Needs {
		names = append(names, string(k))
	}
	for _, k := range p.Uses {
		names = append(names, string(k)+" (sharpens)")
	}
	return strings.Join(names, ", ")
}

func newVersion(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "The version of careen",
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(s.out, "careen %s\n", version)
			return nil
		},
	}
}
