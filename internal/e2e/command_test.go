//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/report"
)

// command is careen on a cluster, with a home of its own.
func command(kubeconfig string, args ...string) *exec.Cmd {
	cmd := exec.Command(binary, args...)
	cmd.Env = environment(kubeconfig)
	return cmd
}

func environment(kubeconfig string) []string {
	env := []string{
		"HOME=" + home, "XDG_STATE_HOME=" + filepath.Join(home, "state"), "XDG_CONFIG_HOME=" + filepath.Join(home, "config"),
		"KUBECONFIG=" + kubeconfig, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8",
	}
	if cache := os.Getenv("GOCOVERDIR"); cache != "" {
		env = append(env, "GOCOVERDIR="+cache)
	}
	return env
}

// quick are thresholds under which what was planted a moment ago counts.
var quick = []string{"--stuck-after=1s", "--stale-after=1s", "--orphan-after=1s"}

// ran is what a command left.
type ran struct {
	code           int
	stdout, stderr string
}

func run(t *testing.T, cmd *exec.Cmd) ran {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// document runs an audit and reads its report.
func document(t *testing.T, kubeconfig string, args ...string) (paper, ran) {
	t.Helper()
	return reported(t, kubeconfig, append([]string{"audit"}, args...)...)
}

// reported runs a command that prints a report, and reads it.
func reported(t *testing.T, kubeconfig string, args ...string) (paper, ran) {
	t.Helper()
	r := run(t, command(kubeconfig, append(args, "-o", "json")...))
	var d paper
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("careen %s: exit code %d, no report: %v\n%s\n%s", strings.Join(args, " "), r.code, err, r.stdout, r.stderr)
	}
	return d, r
}

// paper is the report as a script reads it, by the contract's names.
type paper struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Cluster    report.Cluster
	Coverage   []report.Watch
	Summary    report.Summary
	Findings   []struct {
		ID       string `json:"id"`
		Probe    string `json:"probe"`
		Severity string `json:"severity"`
		Grade    string `json:"grade"`
		Subject  struct{ Kind, Namespace, Name string }
		Summary  string
		Evidence []struct {
			Ref               struct{ Kind, Namespace, Name string }
			Path, Value, Note string
		}
		Causes []string
		Fixes  []struct{ ID, Title, Risk, Undo, Proof string }
	}
}

// find returns the summaries of the findings with that id, slots aside.
func (p paper) find(id string) (summaries []string) {
	for _, f := range p.Findings {
		if demo.Matches(id, f.ID) {
			summaries = append(summaries, f.Summary)
		}
	}
	return summaries
}

func ids(d paper) (out []string) {
	for _, f := range d.Findings {
		out = append(out, f.ID)
	}
	return out
}

// holdsNone looks for every planted value, as it is and in base64, in what was
// written, which is keyed by where.
func holdsNone(t *testing.T, written map[string]string) {
	t.Helper()
	for where, text := range written {
		for _, s := range demo.Sentinels {
			if holds(text, s) {
				t.Errorf("%s holds %q", where, s)
			}
		}
	}
}

func holds(text, value string) bool {
	return strings.Contains(text, value) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(value)))
}

// careens reports whether careen sent the request.
func careens(r controlplane.Request) bool { return strings.HasPrefix(r.UserAgent, "careen/") }
