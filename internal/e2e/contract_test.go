//go:build e2e && unix

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/careen-tui/careen/internal/controlplane"
)

// TestTheCommandLineKeepsItsContract is about what holds for any cluster.
func TestTheCommandLineKeepsItsContract(t *testing.T) {
	c := shared.with(t, "vault")
	for name, test := range map[string]func(*testing.T, *controlplane.Cluster){
		"SignalsEndTheInterface": signalsEndTheInterface,
		"SignalsEndAWatch":       signalsEndAWatch,
		"OneQuietNamespace":      oneQuietNamespace,
		"NobodyMayLook":          nobodyMayLook,
		"NothingCanBeWritten":    nothingCanBeWritten,
		"LinesOnly":              linesOnly,
	} {
		t.Run(name, func(t *testing.T) { test(t, c) })
	}
}

var signals = []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}

// signalsEndTheInterface sends each signal at several moments: the terminal is left
// as it was, and the exit code says interrupted.
func signalsEndTheInterface(t *testing.T, c *controlplane.Cluster) {
	for _, s := range signals {
		for moment, come := range map[string]func(*driver){
			"at the first frame":       func(ui *driver) { ui.See("careen") },
			"with everything read":     func(ui *driver) { ui.See(" live", "service-account-missing") },
			"over a page":              func(ui *driver) { ui.See(" live").Press("?").See("Keys in") },
			"while a filter is typed":  func(ui *driver) { ui.See(" live").Press("/").Type("vault").See("/vault") },
			"while a fix is confirmed": func(ui *driver) { ui.See(" live", "service-account-missing").Press("f").See("dry run passed") },
		} {
			t.Run(fmt.Sprint(s, " ", moment), func(t *testing.T) {
				ui := open(t, command(c.Kubeconfig, append([]string{"-n", "vault"}, quick...)...), 100, 30)
				come(ui)
				ui.must(ui.term.Process().Signal(s))
				ui.Ends(130)
				raw := ui.term.Raw()
				if strings.LastIndex(raw, "\x1b[?1049l") < strings.LastIndex(raw, "\x1b[?1049h") {
					t.Error("the terminal was left on the other screen")
				}
			})
		}
	}
}

func signalsEndAWatch(t *testing.T, c *controlplane.Cluster) {
	for _, s := range signals {
		cmd := command(c.Kubeconfig, append([]string{"audit", "--watch", "-n", "vault"}, quick...)...)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := killAfter(cmd.Process)
		lines := bufio.NewScanner(out)
		if !lines.Scan() {
			t.Errorf("nothing is found: %v", lines.Err())
		}
		if err := cmd.Process.Signal(s); err != nil {
			t.Error(err)
		}
		for lines.Scan() { // until it ends
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); !kill() || code != 130 {
			t.Errorf("%s: exit code %d, want 130", s, code)
		}
	}
}

// oneQuietNamespace looks at one of several: what is known of the others is not
// what it is about.
func oneQuietNamespace(t *testing.T, c *controlplane.Cluster) {
	d, r := document(t, c.Kubeconfig, "-n", "default", "--fail-on", "low")
	if r.code != 0 || len(d.Findings) != 0 {
		t.Errorf("exit code %d, findings %q", r.code, ids(d))
	}
}

// nobodyMayLook has no right at all: everything is unknown, by one finding a probe,
// and the message says as whom and which right is missing.
func nobodyMayLook(t *testing.T, c *controlplane.Cluster) {
	for _, scope := range [][]string{nil, {"-n", "default"}} {
		d, r := document(t, c.Kubeconfig, append([]string{"--as=nobody"}, scope...)...)
		if r.code != 4 {
			t.Errorf("%q: exit code %d, want 4", scope, r.code)
		}
		if d.Summary.Unknown == 0 || d.Summary.Unknown != len(d.Findings) {
			t.Errorf("%q: %d unknown of %d findings", scope, d.Summary.Unknown, len(d.Findings))
		}
		if !strings.Contains(r.stderr, "nobody") || !strings.Contains(r.stderr, "list secrets") {
			t.Errorf("%q: stderr names no right: %s", scope, r.stderr)
		}
	}
	r := run(t, command(c.Kubeconfig, "fix", "--as=nobody", "release-stuck:review/Release/review-app"))
	if r.code != 4 || !strings.Contains(r.stderr, "list secrets") {
		t.Errorf("fix: exit code %d, %s", r.code, r.stderr)
	}
}

// nothingCanBeWritten prints to a full disk and to a reader that has left.
func nothingCanBeWritten(t *testing.T, c *controlplane.Cluster) {
	for _, args := range [][]string{
		{"audit"},
		{"audit", "-o", "json"},
		{"graph"},
		{"probes"},
		{"version"},
		{"completion", "bash"},
	} {
		if full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
			unwritable(t, c, full, args, syscall.ENOSPC)
			full.Close()
		}
		read, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		read.Close()
		unread(t, c, write, args)
		write.Close()
	}
	r := run(t, command(c.Kubeconfig, "snapshot", "-o", "/dev/full"))
	if info, err := os.Stat("/dev/full"); err == nil && (r.code == 0 || info.Mode().IsRegular()) {
		t.Errorf("a snapshot to /dev/full: exit code %d, it is now %s", r.code, info.Mode())
	}
}

func unwritable(t *testing.T, c *controlplane.Cluster, to *os.File, args []string, why error) {
	t.Helper()
	cmd := command(c.Kubeconfig, args...)
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = to, &stderr
	_ = cmd.Run()
	code := cmd.ProcessState.ExitCode()
	if code != 70 || !strings.Contains(stderr.String(), why.Error()) || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("%q, %v: exit code %d, stderr %s", args, why, code, stderr.String())
	}
}

// unread prints to a reader that has left, as head does: it had what it wanted.
func unread(t *testing.T, c *controlplane.Cluster, to *os.File, args []string) {
	t.Helper()
	cmd := command(c.Kubeconfig, args...)
	var stderr strings.Builder
	cmd.Stdout, cmd.Stderr = to, &stderr
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 && code != 4 || strings.Contains(stderr.String(), syscall.EPIPE.Error()) {
		t.Errorf("%q to a reader that left: exit code %d, stderr %s", args, code, stderr.String())
	}
}

// linesOnly talks to careen through two pipes.
func linesOnly(t *testing.T, c *controlplane.Cluster) {
	cmd := command(c.Kubeconfig, "--plain", "-n", "default")
	cmd.Stdin = strings.NewReader("1\nb\n3\nb\n9\n5\nnamespace/default\nb\n")
	r := run(t, cmd)
	if r.code != 0 {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	for _, want := range []string{"1. Findings 0", "No findings in", "Namespace default", "Choose 1 to 10"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q was not said:\n%s", want, r.stdout)
		}
	}
	if strings.ContainsRune(r.stdout, '\x1b') {
		t.Errorf("an escape sequence was sent: %q", r.stdout)
	}
}
