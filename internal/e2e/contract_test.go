//go:build e2e && unix

package e2e

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// TestTheCommandLineKeepsItsContract is about what holds for any cluster.
func TestTheCommandLineKeepsItsContract(t *testing.T) {
	t.Parallel()
	c, _ := start(t, controlplane.Options{})
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

// signalsEndTheInterface sends each signal at several moments: the terminal is left
// as it was, and the exit code says interrupted.
func signalsEndTheInterface(t *testing.T, c *controlplane.Cluster) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		for _, after := range []time.Duration{0, 100 * time.Millisecond, 300 * time.Millisecond, 700 * time.Millisecond} {
			t.Run(fmt.Sprint(s, " after ", after), func(t *testing.T) {
				term, err := screen.Start(command(c.Kubeconfig), 100, 30)
				if err != nil {
					t.Fatal(err)
				}
				defer term.Close()
				if _, err := term.Until(within(t, 20*time.Second), "the header", func(text string) bool { return strings.Contains(text, "careen") }); err != nil {
					t.Fatal(err)
				}
				time.Sleep(after)
				if err := term.Process().Signal(s); err != nil {
					t.Fatal(err)
				}
				select {
				case <-term.Done():
				case <-time.After(10 * time.Second):
					t.Fatalf("%s does not end it:\n%s", s, term.Text())
				}
				var exit *exec.ExitError
				if !errors.As(term.ExitError(), &exit) || exit.ExitCode() != 130 {
					t.Errorf("it ended with %v, want exit code 130", term.ExitError())
				}
				raw := term.Raw()
				if strings.LastIndex(raw, "\x1b[?1049l") < strings.LastIndex(raw, "\x1b[?1049h") {
					t.Error("the terminal was left on the other screen")
				}
			})
		}
	}
}

func signalsEndAWatch(t *testing.T, c *controlplane.Cluster) {
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		cmd := command(c.Kubeconfig, "audit", "--watch")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(700 * time.Millisecond)
		cmd.Process.Signal(s)
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
			if code := cmd.ProcessState.ExitCode(); code != 130 {
				t.Errorf("%s: exit code %d, want 130", s, code)
			}
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			t.Errorf("%s does not end a watch", s)
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
		unwritable(t, c, write, args, syscall.EPIPE)
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
	if code != 2 || !strings.Contains(stderr.String(), why.Error()) || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("%q, %v: exit code %d, stderr %s", args, why, code, stderr.String())
	}
}

// linesOnly talks to careen through two pipes.
func linesOnly(t *testing.T, c *controlplane.Cluster) {
	cmd := command(c.Kubeconfig, "--plain")
	cmd.Stdin = strings.NewReader("1\nb\n3\nb\n9\n5\nnamespace/default\nb\n")
	r := run(t, cmd)
	if r.code != 0 {
		t.Errorf("exit code %d: %s", r.code, r.stderr)
	}
	for _, want := range []string{"1. Findings 0", "No findings in", "Namespace default", "Choose 1 to 9"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q was not said:\n%s", want, r.stdout)
		}
	}
	if strings.ContainsRune(r.stdout, '\x1b') {
		t.Errorf("an escape sequence was sent: %q", r.stdout)
	}
}

// TestDemoHeadless starts the demo as a script does, and ends it in every way.
func TestDemoHeadless(t *testing.T) {
	t.Parallel()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		signal syscall.Signal
		deaf   bool // nobody reads on after the first line
		code   int
	}{{syscall.SIGTERM, false, 130}, {syscall.SIGHUP, true, 130}, {syscall.SIGINT, true, 130}, {syscall.SIGKILL, false, -1}} {
		t.Run(fmt.Sprint(way.signal), func(t *testing.T) {
			place := t.TempDir()
			cmd := command("", "demo", "--headless")
			cmd.Env = append(cmd.Env, "XDG_CACHE_HOME="+cache, "TMPDIR="+place)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			defer cmd.Process.Kill()
			lines := bufio.NewScanner(out)
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "KUBECONFIG="+place) {
				t.Fatalf("the first line is %q: %v", lines.Text(), lines.Err())
			}
			kubeconfig := strings.TrimPrefix(lines.Text(), "KUBECONFIG=")
			if way.deaf {
				out.Close()
				time.Sleep(20 * time.Second) // past the moment at which it says ready
			} else if !lines.Scan() || lines.Text() != "ready" {
				t.Fatalf("the second line is %q: %v", lines.Text(), lines.Err())
			}
			if _, err := os.Stat(kubeconfig); err != nil {
				t.Fatalf("it did not stay: %v", err)
			}
			if err := cmd.Process.Signal(way.signal); err != nil {
				t.Fatal(err)
			}
			if !way.deaf {
				io.Copy(io.Discard, out)
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != way.code {
				t.Errorf("exit code %d, want %d", code, way.code)
			}
			for end := time.Now().Add(15 * time.Second); ; time.Sleep(100 * time.Millisecond) {
				left, err := os.ReadDir(place)
				if err == nil && len(left) == 0 {
					break
				}
				if time.Now().After(end) {
					t.Errorf("left in its folder: %v, %v", left, err)
					break
				}
			}
		})
	}
}
