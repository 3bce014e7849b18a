package command

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/repair"
	"github.com/careen-tui/careen/internal/report"
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

//go:generate go test -run TestCommandPageIsFresh -update .

// newDocs generates what packagers want: man pages and completions.
func newDocs(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:    "docs DIR",
		Short:  "Write man pages and completions below DIR",
		Hidden: true,
		Args:   oneArg("the directory to write to"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := writeDocs(cmd.Root(), args[0])
			if err != nil {
				return writeError(fmt.Errorf("writing the docs: %w", err))
			}
			fmt.Fprintf(s.Err, "%d files below %s\n", n, args[0])
			return nil
		},
	}
}

// kubectlComplete is what kubectl runs, where it finds it on the PATH, to complete the
// command line of its plugin careen.
const kubectlComplete = `#!/bin/sh
# Put this on the PATH, beside kubectl-careen: kubectl completes "kubectl careen" with it.
exec kubectl-careen __complete "$@"
`

// completionFiles are the files of a release that teach shells, by their names there.
var completionFiles = map[string]func(root *cobra.Command, to io.Writer) error{
	"careen.bash": func(root *cobra.Command, to io.Writer) error { return root.GenBashCompletionV2(to, true) },
	"_careen":     func(root *cobra.Command, to io.Writer) error { return root.GenZshCompletion(to) },
	"careen.fish": func(root *cobra.Command, to io.Writer) error { return root.GenFishCompletion(to, true) },
	"careen.ps1":  func(root *cobra.Command, to io.Writer) error { return root.GenPowerShellCompletionWithDesc(to) },
	"kubectl_complete-careen": func(_ *cobra.Command, to io.Writer) error {
		_, err := io.WriteString(to, kubectlComplete)
		return err
	},
}

// writeDocs writes the files: the same, byte for byte, whoever does it and whenever.
func writeDocs(root *cobra.Command, dir string) (count int, err error) {
	write := func(path string, fill func(to io.Writer) error) error {
		var b bytes.Buffer
		if err := fill(&b); err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if bytes.HasPrefix(b.Bytes(), []byte("#!")) {
			mode = 0o755
		}
		count++
		return os.WriteFile(path, b.Bytes(), mode)
	}
	root.DisableAutoGenTag = true // a date would make each run another
	each(root, func(cmd *cobra.Command) {
		if err != nil || cmd.HasParent() && (!cmd.IsAvailableCommand() || cmd.IsAdditionalHelpTopicCommand()) {
			return
		}
		path := filepath.Join(dir, "man", "man1", strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")
		err = write(path, func(to io.Writer) error { return manPage(cmd, to) })
	})
	for name, complete := range completionFiles {
		if err == nil {
			err = write(filepath.Join(dir, "completions", name), func(to io.Writer) error { return complete(root, to) })
		}
	}
	return count, err
}

// manPage writes the man page of a command. Its library puts the month of the day into
// the title where it is given no date, so it is given one that is taken out again.
func manPage(cmd *cobra.Command, to io.Writer) error {
	var page bytes.Buffer
	header := &doc.GenManHeader{
		Title: strings.ToUpper(strings.ReplaceAll(cmd.CommandPath(), " ", "-")), Section: "1", Date: &time.Time{},
		Source: "careen", Manual: "careen",
	}
	if err := doc.GenMan(cmd, header, &page); err != nil {
		return err
	}
	_, err := to.Write(bytes.Replace(page.Bytes(), []byte(`"Jan 0001"`), []byte(`""`), 1))
	return err
}

// commandPage is docs/commands.md: every command with its own flags, then the flags
// that all share.
func commandPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nThis page is made from the program itself; `careen help COMMAND` prints the same.\n")
	each(root, func(cmd *cobra.Command) {
		if cmd.Hidden || cmd.Name() == "help" || cmd.Parent() != nil && cmd.Parent().Name() == "completion" {
			return
		}
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s\n```\n\n%s\n", cmd.CommandPath(), cmd.UseLine(), strings.TrimSpace(long(cmd)))
		flags(&b, cmd.LocalNonPersistentFlags())
	})
	b.WriteString("\n## Flags of every command\n")
	flags(&b, root.PersistentFlags())
	b.WriteString("\n## Output formats\n\n| -o | file | for | commands |\n|---|---|---|---|\n")
	formats(&b, report.Documents)
	formats(&b, diagram.Formats)
	formats(&b, repair.Listings)
	formats(&b, versionFormats)
	return b.String()
}

func formats[D any](b *strings.Builder, table report.Formats[D]) {
	for _, f := range table {
		fmt.Fprintf(b, "| `%s` | .%s | %s | %s |\n", f.Name, f.Extension, f.Doc, strings.Join(f.Commands, ", "))
	}
}

func long(cmd *cobra.Command) string {
	if cmd.Long != "" {
		return cmd.Long
	}
	return cmd.Short + "."
}

func flags(b *strings.Builder, set *pflag.FlagSet) {
	if usage := strings.TrimRight(set.FlagUsagesWrapped(100), "\n"); usage != "" {
		fmt.Fprintf(b, "\n```\n%s\n```\n", usage)
	}
}
