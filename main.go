// Careen inspects a Kubernetes cluster from the terminal: it watches it live,
// says what is wrong and why, and mends it by keypress.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a reader that left is an error of writing, not our end
	code := run(ctx, os.Args, streams{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// streams are a command's three files. Data goes to out, messages to err.
type streams struct {
	in  *os.File
	out io.Writer
	err io.Writer
}

// run executes a command line and returns its exit code.
func run(ctx context.Context, args []string, s streams) int {
	out := &output{to: s.out}
	s.out = out
	root := newRoot(s, filepath.Base(args[0]))
	root.SetArgs(args[1:])
	root.SetIn(s.in)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	if out.err != nil && code != codeInterrupted && !errors.Is(err, out.err) {
		err, code = fmt.Errorf("writing to standard output: %w", out.err), codeUsage
	}
	if err != nil && err.Error() != "" && code != codeInterrupted {
		fmt.Fprintf(s.err, "%s: %s\n", root.Name(), indent(err.Error()))
	}
	return code
}

// output remembers the first error of writing, for the many commands that only
// print.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	if err != nil && o.err == nil {
		o.err = err
	}
	return n, err
}

// fileOf is the file that a command's output goes to; nil where it is none.
func fileOf(w io.Writer) *os.File {
	if o, ok := w.(*output); ok {
		w = o.to
	}
	f, _ := w.(*os.File)
	return f
}

func indent(text string) string { return strings.ReplaceAll(text, "\n", "\n  ") }

// newRoot builds the command tree. Installed as kubectl-careen it is a plugin and
// calls itself "kubectl careen".
func newRoot(s streams, name string) *cobra.Command {
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
		RunE:          func(cmd *cobra.Command, _ []string) error { return interactive(cmd, s, o) },
	}
	if strings.HasPrefix(name, "kubectl-") {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl careen"}
	}
	root.SetVersionTemplate("careen {{.Version}}\n")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError(err) })
	o.bind(root)
	o.bindFrom(root)
	root.AddCommand(
		newAudit(s, o), newFix(s, o), newJournal(s, o), newUndo(s, o), newPreflight(s, o), newForecast(s, o),
		newSnapshot(s, o), newGraph(s, o), newDemo(s, o), newProbes(s, o), newDocs(s), newVersion(s),
	)
	root.SetHelpCommand(newHelp())
	root.InitDefaultHelpCmd()
	root.SetOut(s.out) // the command below keeps what it finds there
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

// The exit codes of the interface contract.
const (
	codeOK          = 0
	codeFindings    = 1
	codeUsage       = 2
	codeUnreachable = 3
	codePartial     = 4
	codeRefused     = 5
	codeInterrupted = 130
)

// exitError is an error that knows its exit code; the error may be nil, where the
// report itself is the message.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func usageError(err error) error { return &exitError{codeUsage, err} }

func exitCode(ctx context.Context, err error) int {
	var coded *exitError
	switch {
	case err == nil:
		return codeOK
	case errors.As(err, &coded):
		return coded.code
	case ctx.Err() != nil || errors.Is(err, context.Canceled):
		return codeInterrupted
	case strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "required flag"):
		return codeUsage
	}
	return connectCode(err)
}
