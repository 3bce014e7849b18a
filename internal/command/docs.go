package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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

func writeDocs(root *cobra.Command, dir string) (count int, err error) {
	man := filepath.Join(dir, "man", "man1")
	if err := os.MkdirAll(man, 0o755); err != nil {
		return 0, err
	}
	root.DisableAutoGenTag = true // a date would make each run another
	header := &doc.GenManHeader{Title: "CAREEN", Section: "1", Source: "careen", Manual: "careen"}
	if err := doc.GenManTree(root, header, man); err != nil {
		return 0, err
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"careen.bash": func(b *bytes.Buffer) error { return root.GenBashCompletionV2(b, true) },
		"_careen":     func(b *bytes.Buffer) error { return root.GenZshCompletion(b) },
		"careen.fish": func(b *bytes.Buffer) error { return root.GenFishCompletion(b, true) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return 0, err
		}
		path := filepath.Join(dir, "completions", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return 0, err
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			return 0, err
		}
		count++
	}
	pages, err := os.ReadDir(man)
	return count + len(pages), err
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
