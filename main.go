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
	root := newRoot(s, filepath.Base(args[0]))
	root.SetArgs(args[1:])
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	if err != nil && err.Error() != "" && code != codeInterrupted {
		fmt.Fprintf(s.err, "%s: %s\n", root.Name(), indent(err.Error()))
	}
	return code
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
	o.completions(root)
	for _, c := range root.Commands() {
		if c.Args == nil {
			c.Args = noArgs
		}
	}
	return root
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
