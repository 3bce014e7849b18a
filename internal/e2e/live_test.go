//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// found is how soon after the event that completes it an incident must be found.
const found = time.Second

// TestIncidentsAreFoundAtOnceAndGoWhenMended prepares each of the five incidents,
// watches, lets it happen, and mends it by hand with another client.
func TestIncidentsAreFoundAtOnceAndGoWhenMended(t *testing.T) {
	c, cfg := start(t, controlplane.Options{})
	p := planter(t, cfg)
	for _, incident := range demo.Incidents[:5] {
		t.Run(incident.ID, func(t *testing.T) {
			ctx := within(t, 2*time.Minute)
			if err := incident.Prepare(ctx, p); err != nil {
				t.Fatal(err)
			}
			w := watch(t, c, append([]string{"-n", incident.Namespaces[0]}, quick...)...)
			if incident.Complete != nil {
				if err := incident.Complete(ctx, p); err != nil {
					t.Fatal(err)
				}
			}
			completed := time.Now()
			for _, id := range incident.Findings {
				at, err := w.wait(ctx, "new", id)
				if err != nil {
					t.Fatal(err)
				}
				late := at.Sub(completed)
				t.Logf("%s: %s after the event", id, late.Round(time.Millisecond))
				if late > found {
					t.Errorf("%s was found %s after the event that completes it", id, late.Round(time.Millisecond))
				}
			}
			if incident.Mend == nil {
				t.Fatal("there is no way to mend it by hand")
			}
			if err := incident.Mend(ctx, p); err != nil {
				t.Fatal(err)
			}
			for _, id := range incident.Findings {
				if _, err := w.wait(ctx, "resolved", id); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// watcher follows the lines of careen audit --watch.
type watcher struct {
	lines chan change
	last  map[string]change // the latest change of each finding
}

type change struct {
	what, id string
	read     time.Time
}

func watch(t *testing.T, c *controlplane.Cluster, args ...string) *watcher {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cmd := command(c.Kubeconfig, append([]string{"audit", "--watch", "-o", "jsonl"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w := &watcher{lines: make(chan change, 1000), last: map[string]change{}}
	go func() {
		defer close(w.lines)
		scan := bufio.NewScanner(out)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			if line, ok := parseChange(scan.Bytes()); ok {
				select {
				case w.lines <- line:
				case <-ctx.Done():
				}
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return w
}

// wait returns when the latest change of the finding is the one wanted.
func (w *watcher) wait(ctx context.Context, what, id string) (time.Time, error) {
	for {
		for _, l := range w.last {
			if demo.Matches(id, l.id) && (l.what == what || what == "new" && l.what == "changed") {
				return l.read, nil
			}
		}
		select {
		case l, ok := <-w.lines:
			if !ok {
				return time.Time{}, fmt.Errorf("waiting for %s to be %s: careen ended", id, what)
			}
			if before, ok := w.last[l.id]; ok && l.what == "changed" {
				l.read = before.read
			}
			w.last[l.id] = l
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("waiting for %s to be %s: %w; seen: %v", id, what, ctx.Err(), w.last)
		}
	}
}

// TestTheServerMayGoAndComeBack kills the API server under the interface.
func TestTheServerMayGoAndComeBack(t *testing.T) {
	c, cfg := start(t, controlplane.Options{})
	incident, ok := demo.Find("vault")
	if !ok {
		t.Fatal("there is no incident vault")
	}
	ctx := within(t, 3*time.Minute)
	if err := incident.Plant(ctx, planter(t, cfg)); err != nil {
		t.Fatal(err)
	}
	term, err := screen.Start(command(c.Kubeconfig, quick...), 120, 40)
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	shown := func(s string) bool { return strings.Contains(s, "service-account-missing") }
	if _, err := term.Until(ctx, "the finding", shown); err != nil {
		t.Fatal(err)
	}
	if err := c.StopAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	stale, err := term.Until(ctx, "word of the server's absence", func(s string) bool { return strings.Contains(s, "stale") })
	if err != nil {
		t.Fatal(err)
	}
	if !shown(stale) {
		t.Errorf("the finding vanished with the server:\n%s", stale)
	}
	if err := c.StartAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	back, err := term.Until(ctx, "the server's return", func(s string) bool { return !strings.Contains(s, "stale") && strings.Contains(s, "live") })
	if err != nil {
		t.Fatal(err)
	}
	if !shown(back) {
		t.Errorf("the finding vanished with the server's return:\n%s", back)
	}
}

// TestTheFirstFrameNeedsNoServer starts the interface on a server that never
// answers, and hangs up.
func TestTheFirstFrameNeedsNoServer(t *testing.T) {
	c, _ := start(t, controlplane.Options{})
	ctx := within(t, time.Minute)
	if err := c.StopAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	term, err := screen.Start(command(c.Kubeconfig), 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	text, err := term.Until(ctx, "a frame", func(s string) bool { return strings.Contains(s, "careen") })
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "no findings") {
		t.Errorf("it says that nothing was found before it knows:\n%s", text)
	}
	if _, err := term.Until(ctx, "the reason", func(s string) bool { return strings.Contains(s, "refused") || strings.Contains(s, "cannot be reached") }); err != nil {
		t.Error(err)
	}
	for _, size := range [][2]int{{1, 1}, {39, 9}, {200, 60}, {3, 50}, {80, 24}} {
		if err := term.Resize(size[0], size[1]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := term.Until(ctx, "the frame after resizing", func(s string) bool { return strings.Contains(s, "careen") }); err != nil {
		t.Error(err)
	}
	term.Close()
}
