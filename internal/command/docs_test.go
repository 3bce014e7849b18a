package command

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/spf13/cobra"
)

func testRoot(t *testing.T) *cobra.Command {
	t.Helper()
	t.Setenv("HELM_PLUGIN_NAME", "")
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
		"man/man1/careen.1":                   `.TH "CAREEN" "1"`,
		"man/man1/careen-preflight.1":         "dryRun=All",
		"completions/careen.bash":             "__complete",
		"completions/_careen":                 "#compdef careen",
		"completions/careen.fish":             "complete -c careen",
		"completions/careen.ps1":              "Register-ArgumentCompleter -CommandName 'careen'",
		"completions/kubectl_complete-careen": "exec kubectl-careen __complete",
	} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(text), want) {
			t.Errorf("%s holds no %q", file, want)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "completions", "kubectl_complete-careen")); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("kubectl cannot run its completion: %v", err)
	}
	if _, err := writeDocs(testRoot(t), "/dev/null/nowhere"); err == nil {
		t.Error("a place that cannot be written to was accepted")
	}
}

// What a release holds is the same, byte for byte, wherever and whenever it is made.
func TestDocsTellNothingOfWhereTheyWereMade(t *testing.T) {
	made := func(home, term string) map[string]string {
		t.Setenv("HOME", home)
		t.Setenv("USER", "somebody-else")
		t.Setenv("TERM", term)
		t.Setenv("KUBECACHEDIR", filepath.Join(home, "cache"))
		t.Setenv("CAREEN_READ_ONLY", map[string]string{"dumb": "1"}[term])
		dir, files := t.TempDir(), map[string]string{}
		if _, err := writeDocs(testRoot(t), dir); err != nil {
			t.Fatal(err)
		}
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			raw, err := os.ReadFile(path)
			name, _ := filepath.Rel(dir, path)
			files[name] = string(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	one, other := made("/home/builder-of-careen", "xterm"), made("/root", "dumb")
	if len(one) < 20 {
		t.Fatalf("%d files", len(one))
	}
	now := time.Now()
	for name, text := range one {
		if text != other[name] {
			t.Errorf("%s depends on where it is made", name)
		}
		for _, trace := range []string{"builder-of-careen", "somebody-else", now.Format(`"Jan 2006"`), now.AddDate(0, 0, -1).Format(`"Jan 2006"`), "0001"} {
			if strings.Contains(text, trace) {
				t.Errorf("%s says %s", name, trace)
			}
		}
	}
}

func TestEveryCommandHasHelpAndRefusesWhatItDoesNotKnow(t *testing.T) {
	each(testRoot(t), func(cmd *cobra.Command) {
		if cmd.Short == "" && cmd.HasParent() {
			t.Errorf("%s has no help", cmd.CommandPath())
		}
	})
}
