package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/spf13/cobra"
)

func testRoot(t *testing.T) *cobra.Command {
	t.Helper()
	t.Setenv("HOME", "/home/you") // client-go puts its cache's place into a flag's default
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm-256color")
	t.Setenv("CAREEN_READ_ONLY", "")
	return newRoot(Streams{os.Stdin, os.Stdout, os.Stderr}, "careen")
}

func TestCommandPageIsFresh(t *testing.T) {
	golden.Equal(t, filepath.Join("..", "..", "docs", "commands.md"), commandPage(testRoot(t)))
}

func TestManPagesAndCompletions(t *testing.T) {
	dir := t.TempDir()
	if _, err := writeDocs(testRoot(t), dir); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"man/man1/careen.1":           `.TH "CAREEN" "1"`,
		"man/man1/careen-preflight.1": "dryRun=All",
		"completions/careen.bash":     "__complete",
		"completions/_careen":         "#compdef careen",
		"completions/careen.fish":     "complete -c careen",
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(text), want) {
			t.Errorf("%s holds no %q", file, want)
		}
	}
	if _, err := writeDocs(testRoot(t), "/dev/null/nowhere"); err == nil {
		t.Error("a place that cannot be written to was accepted")
	}
}

func TestEveryCommandHasHelpAndRefusesWhatItDoesNotKnow(t *testing.T) {
	each(testRoot(t), func(cmd *cobra.Command) {
		if cmd.Short == "" && cmd.HasParent() {
			t.Errorf("%s has no help", cmd.CommandPath())
		}
	})
}
