//go:build e2e

// Package e2e drives the built binary on a real control plane.
package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/report"
)

// binary is the careen that is tested; home is where it keeps its state.
var binary, home string

func TestMain(m *testing.M) {
	code, err := setUp(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "setting up:", err)
		code = 1
	}
	os.Exit(code)
}

func setUp(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "careen-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	home = filepath.Join(dir, "home")
	binary = filepath.Join(dir, "careen")
	build := exec.Command("go", "build", "-o", binary, "github.com/careen-tui/careen")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("building careen: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// start starts a control plane of the test's own.
func start(t *testing.T, options controlplane.Options) (*controlplane.Cluster, *rest.Config) {
	t.Helper()
	options.Audit = true
	options.Progress = func(line string) { t.Log(line) }
	c, err := controlplane.Start(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c, mustConfig(t, c)
}

func mustConfig(t testing.TB, c *controlplane.Cluster) *rest.Config {
	t.Helper()
	cfg, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// planter works on a cluster with a client of its own.
func planter(t *testing.T, cfg *rest.Config) *demo.Planter {
	t.Helper()
	p, err := demo.NewPlanter(cfg, func(line string) { t.Log(line) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

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
	r := run(t, command(kubeconfig, append([]string{"audit", "-o", "json"}, args...)...))
	var d paper
	if err := json.Unmarshal([]byte(r.stdout), &d); err != nil {
		t.Fatalf("careen audit: exit code %d, no report: %v\n%s\n%s", r.code, err, r.stdout, r.stderr)
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

// within bounds what a test waits for.
func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
