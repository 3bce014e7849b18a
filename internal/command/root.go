package command

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

// Execute runs a command line and returns its exit code.
func Execute(ctx context.Context, args []string, s Streams) int {
	out := &output{to: s.Out}
	s.Out = out
	root := newRoot(s, filepath.Base(args[0]))
	root.SetArgs(args[1:])
	root.SetIn(s.In)
	root.SetErr(s.Err)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	if out.err != nil && code != codeInterrupted && !errors.Is(err, out.err) {
		err, code = fmt.Errorf("writing to standard output: %w", out.err), codeUsage
	}
	if err != nil && err.Error() != "" && code != codeInterrupted {
		fmt.Fprintf(s.Err, "%s: %s\n", root.Name(), indent(err.Error()))
	}
	return code
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }

// newRoot builds the command tree. Installed as kubectl-careen it is a plugin and
// calls itself "kubectl careen".
func newRoot(s Streams, name string) *cobra.Command {
	o := newOptions()
	root := &cobra.Command{
		Use:   "careen",
		Short: "See why a Kubernetes cluster is broken, and mend it",
		Long: `careen watches a cluster live, says what is wrong with evidence that can be
checked, and mends it by keypress: previewed, verified, undoable.

Without a command it opens the interface on the current kubeconfig context.
Installed under the name kubectl-careen it is a kubectl plugin: kubectl careen.`,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
		RunE:          o.within(s, func(ss *session, _ []string) error { return interactive(ss) }),
	}
	if strings.HasPrefix(name, "kubectl-") {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl careen"}
	}
	root.SetVersionTemplate("careen {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError(err) })
	o.bind(root)
	o.bindFrom(root)
	o.bindTimeout(root)
	root.AddCommand(
		newAudit(s, o), newFix(s, o), newJournal(s, o), newUndo(s, o), newPreflight(s, o), newForecast(s, o),
		newSnapshot(s, o), newGraph(s, o), newDemo(s, o), newProbes(s, o), newDocs(s), newVersion(s),
	)
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()
	root.SetOut(s.Out) // the command below keeps what it finds there
	root.InitDefaultCompletionCmd()
	o.completions(root)
	for _, c := range root.Commands() {
		if c.Args == nil {
			c.Args = noArgs
		}
	}
	return root
}

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		Args:  cobra.ArbitraryArgs,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) (names []string, _ cobra.ShellCompDirective) {
			target, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			for _, c := range target.Commands() {
				if strings.HasPrefix(c.Name(), begun) && c.IsAvailableCommand() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usageError(fmt.Errorf("there is no help on %q; see %s --help", strings.Join(args, " "), cmd.Root().CommandPath()))
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}

func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError(fmt.Errorf("%q is no command of %s; see %s --help", args[0], cmd.CommandPath(), cmd.CommandPath()))
	}
	return nil
}
