package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/preflight/box"
)

// Sandboxed does the work of a process that careen started to render a chart, and
// returns its exit code; ok is false in any other. It comes before anything else.
func Sandboxed(args []string) (code int, ok bool) { return box.Serve(args) }

// Execute runs a command line and returns its exit code.
func Execute(ctx context.Context, args []string, s Streams) int {
	s = s.guarded()
	root := newRoot(s, filepath.Base(args[0]))
	root.SetArgs(args[1:])
	root.SetIn(s.In)
	return conclude(ctx, root, s)
}

// conclude runs a command, says what went wrong, and returns the exit code.
func conclude(ctx context.Context, root *cobra.Command, s Streams) int {
	root.SetErr(s.Err)
	err := run(ctx, root)
	if out, ok := s.Out.(*output); ok && out.err != nil && exitCode(ctx, err) != codeInterrupted {
		switch lost := written(fmt.Errorf("writing to standard output: %w", out.err)); {
		case lost != nil:
			err = lost
		case errors.Is(err, syscall.EPIPE): // the command stopped at it
			err = nil
		}
	}
	code := exitCode(ctx, err)
	if err != nil && err.Error() != "" && code != codeInterrupted {
		text := err.Error()
		// What was typed and the kubeconfig are told as they are; what others answered may hold a credential.
		if code != codeUsage && !errors.Is(err, connect.ErrConfig) {
			text = mask.Text(text)
		}
		fmt.Fprintf(s.Err, "%s: %s\n", root.Name(), indent(text))
	}
	if isFault(ctx, err) {
		fmt.Fprintf(s.Err, "  This is a fault of careen (%s), not of what was asked. Please report it: %s\n", built().Version, issues)
	}
	return code
}

// run runs the command. A panic outside of a session, which has a log, is an error too.
func run(ctx context.Context, root *cobra.Command) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = crash(slog.New(slog.NewTextHandler(root.ErrOrStderr(), nil)), v)
		}
	}()
	return root.ExecuteContext(ctx)
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }

// newRoot builds the command tree. As a plugin of kubectl (by its name) or Helm (by its
// variables) it calls itself "kubectl careen" or "helm careen".
func newRoot(s Streams, name string) *cobra.Command {
	o := newOptions()
	root := &cobra.Command{
		Use:   "careen",
		Short: "See why a Kubernetes cluster is broken, and fix it",
		Long: `careen watches a cluster live, says what is wrong with evidence that can be
checked, and fixes it by keypress: previewed, verified, undoable.

Without a command it opens the interface on the current kubeconfig context. With
--contexts that fit several it begins with a page of all these clusters, watched as far as
memory allows: enter goes into one, [ comes back.

Installed under the name kubectl-careen it is a kubectl plugin: kubectl careen. As a
plugin of Helm (helm careen) it takes Helm's flags, and looks at Helm's namespace unless
-A is given.`,
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       built().Version,
		RunE:          o.within(s, func(ss *session, _ []string) error { return interactive(ss) }),
	}
	switch {
	case calledByHelm():
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "helm careen"}
	case strings.HasPrefix(name, "kubectl-"):
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl careen"}
	}
	root.SetVersionTemplate("careen {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	o.bind(root)
	o.bindFrom(root)
	o.bindTimeout(root)
	o.bindContexts(root)
	root.AddCommand(
		newAudit(s, o), newFix(s, o), newNote(s, o), newJournal(s, o), newUndo(s, o), newPreflight(s, o), newVerify(s, o), newVersions(s, o), newForecast(s, o),
		newSnapshot(s, o), newGraph(s, o), newMCP(s, o), newAgent(s, o), newDemo(s, o), newProbes(s, o), newDocs(s), newVersion(s),
	)
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()
	root.SetOut(s.Out) // the command below keeps what it finds there
	root.InitDefaultCompletionCmd()
	o.completions(root)
	each(root, func(c *cobra.Command) { c.Args = usageOf(c.Args) })
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
			if err != nil {
				return usageError(err)
			}
			if len(rest) > 0 {
				return usageError(unknownCommand(target, rest[0]))
			}
			target.InitDefaultHelpFlag()
			return target.Help()
		},
	}
}
