//go:build e2e && unix

package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// killAfter kills a process that does not end in time; the function that it returns
// calls that off, and reports whether it was in time.
func killAfter(p *os.Process) (inTime func() bool) {
	return time.AfterFunc(plantedWithin, func() { _ = p.Kill() }).Stop
}

// headless is careen demo --headless, as a script starts it.
type headless struct {
	t          *testing.T
	cmd        *exec.Cmd
	stdout     io.ReadCloser
	lines      *bufio.Scanner // of stdout
	told       chan string    // the lines of stderr, until it ends
	kubeconfig string
	place      string // where its temporary files lie
}

// startDemo starts the demo, and returns when it has said where its kubeconfig is.
func startDemo(t *testing.T) *headless {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	h := &headless{t: t, cmd: command("", "demo", "--headless"), told: make(chan string, 1000), place: t.TempDir()}
	h.cmd.Env = append(h.cmd.Env, "XDG_CACHE_HOME="+cache, "TMPDIR="+h.place)
	if h.stdout, err = h.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	stderr, err := h.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	inTime := killAfter(h.cmd.Process)
	t.Cleanup(func() {
		inTime()
		_ = h.cmd.Process.Kill()
	})
	go func() {
		defer close(h.told)
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			h.told <- lines.Text()
		}
	}()
	h.lines = bufio.NewScanner(h.stdout)
	var ok bool
	if h.kubeconfig, ok = strings.CutPrefix(h.line(), "KUBECONFIG="); !ok || !strings.HasPrefix(h.kubeconfig, h.place) {
		t.Fatalf("the first line names %q, which is not in %s", h.kubeconfig, h.place)
	}
	return h
}

// line is the next one of stdout.
func (h *headless) line() string {
	h.t.Helper()
	if !h.lines.Scan() {
		h.t.Fatalf("it says no more: %v", h.lines.Err())
	}
	return h.lines.Text()
}

// tells waits for a text in what it tells people on stderr.
func (h *headless) tells(text string) {
	h.t.Helper()
	for line := range h.told {
		if strings.Contains(line, text) {
			return
		}
	}
	h.t.Fatalf("it ended without saying %q", text)
}

// ends sends a signal: the demo must still be there, end with that code, and leave
// nothing.
func (h *headless) ends(s syscall.Signal, code int) {
	h.t.Helper()
	if _, err := os.Stat(h.kubeconfig); err != nil {
		h.t.Errorf("it did not stay: %v", err)
	}
	if err := h.cmd.Process.Signal(s); err != nil {
		h.t.Fatal(err)
	}
	for range h.told { // until it ends
	}
	_ = h.cmd.Wait()
	if got := h.cmd.ProcessState.ExitCode(); got != code {
		h.t.Errorf("%s: exit code %d, want %d", s, got, code)
	}
	planetest.Eventually(h.t, "its folder to be empty", func(context.Context) error {
		left, err := os.ReadDir(h.place)
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("left in it: %v", left)
		}
		return err
	})
}

// TestDemoHeadless starts the demo as a script does, and ends it in every way. Each
// time it has a control plane of its own.
func TestDemoHeadless(t *testing.T) {
	t.Run("ready", func(t *testing.T) {
		h := startDemo(t)
		if line := h.line(); line != "ready" {
			t.Errorf("the second line is %q", line)
		}
		h.ends(syscall.SIGTERM, 130)
	})
	t.Run("nobody reads on after the first line", func(t *testing.T) {
		h := startDemo(t)
		h.stdout.Close()
		h.tells("Ready")
		h.ends(syscall.SIGHUP, 130)
	})
	t.Run("interrupted while it plants", func(t *testing.T) {
		h := startDemo(t)
		h.tells("planting")
		h.ends(syscall.SIGINT, 130)
	})
	t.Run("killed while it plants", func(t *testing.T) {
		h := startDemo(t)
		h.tells("planting")
		h.ends(syscall.SIGKILL, -1)
	})
}
