//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
)

// TestIncidentsAreFoundAndGoWhenMended prepares each of the five incidents, watches,
// lets it happen, and mends it by hand with another client. How soon each is found is
// logged, and judged by nobody: it depends on what else the machine does.
func TestIncidentsAreFoundAndGoWhenMended(t *testing.T) {
	for _, incident := range demo.Incidents[:5] {
		t.Run(incident.ID, func(t *testing.T) {
			c, p := shared.without(t, incident.ID), shared.planter(t)
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
				t.Logf("%s: %s after the event", id, at.Sub(completed).Round(time.Millisecond))
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

// parseChange reads one line of careen audit --watch.
func parseChange(line []byte) (change, bool) {
	var l struct {
		Change  string
		Finding struct{ ID string }
	}
	if json.Unmarshal(line, &l) != nil {
		return change{}, false
	}
	return change{what: l.Change, id: l.Finding.ID, read: time.Now()}, true
}
