//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// TestPlantedCluster plants everything once and looks at it in every way that
// changes nothing.
func TestPlantedCluster(t *testing.T) {
	c := shared.everything(t)
	began := time.Now()
	t.Run("AuditFindsTheIncidents", func(t *testing.T) { auditFindsTheIncidents(t, c) })
	t.Run("NothingIsFoundWhereNothingIsWrong", func(t *testing.T) { nothingInTheNeighbourhood(t, c) })
	t.Run("TheInterfaceShowsThem", func(t *testing.T) { interfaceShowsThem(t, c) })
	t.Run("NoSecretByteIsWritten", func(t *testing.T) { noSecretByte(t, c) })
	t.Run("ReadOnlyOnlyReads", func(t *testing.T) { readOnlyOnlyReads(t, c, began) })
	t.Run("RightsForHalf", func(t *testing.T) { rightsForHalf(t, c) })
	t.Run("BadInput", func(t *testing.T) { badInput(t, c) })
}

func auditFindsTheIncidents(t *testing.T, c *controlplane.Cluster) {
	d, r := document(t, c.Kubeconfig, quick...)
	if r.code != 1 {
		t.Errorf("exit code %d, want 1\n%s", r.code, r.stderr)
	}
	if d.APIVersion != "careen/v1alpha1" || d.Kind != "Report" || d.Cluster.Version != "v1.36.3" || d.Cluster.Context != "demo" {
		t.Errorf("head: %s %s %+v", d.APIVersion, d.Kind, d.Cluster)
	}
	for _, w := range d.Coverage {
		if w.State != "live" {
			t.Errorf("coverage: %s %s is %s: %s", w.Kind, w.Namespace, w.State, w.Message)
		}
	}
	for _, incident := range demo.Incidents {
		for _, id := range incident.Findings {
			if len(d.find(id)) == 0 {
				t.Errorf("%s: %s is not found", incident.ID, id)
			}
		}
	}
	d = settled(t, c)
	for _, f := range d.Findings {
		if len(f.Evidence) == 0 {
			t.Errorf("%s has no evidence", f.ID)
		}
		if f.Grade == "unknown" {
			t.Errorf("%s is unknown, though everything may be read: %s", f.ID, f.Summary)
		}
	}
	planetest.Eventually(t, "two looks that say the same", func(context.Context) error {
		before := ids(d)
		d, _ = document(t, c.Kubeconfig, quick...)
		if now := ids(d); !slices.Equal(before, now) {
			return fmt.Errorf("they differ:\n%v\n%v", before, now)
		}
		return nil
	})
}

// settled looks until what only time makes true is found as well: a container that
// has failed for a minute.
func settled(t *testing.T, c *controlplane.Cluster) (d paper) {
	t.Helper()
	planetest.Eventually(t, "what time makes true", func(context.Context) error {
		d, _ = document(t, c.Kubeconfig, quick...)
		var missing []string
		for _, incident := range demo.Incidents {
			for _, id := range incident.Settled {
				if len(d.find(id)) == 0 {
					missing = append(missing, id)
				}
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("not found: %v", missing)
		}
		return nil
	})
	return d
}

// expected reports whether some incident promises the finding.
func expected(id string) bool {
	return slices.ContainsFunc(demo.Incidents, func(i demo.Incident) bool {
		return slices.ContainsFunc(slices.Concat(i.Findings, i.Settled, i.Late), func(want string) bool { return demo.Matches(want, id) })
	})
}

func nothingInTheNeighbourhood(t *testing.T, c *controlplane.Cluster) {
	d, _ := document(t, c.Kubeconfig, "--stale-after=1s", "--orphan-after=1s")
	for _, f := range d.Findings {
		if demo.IsHealthy(f.Subject.Namespace) {
			t.Errorf("found in the healthy neighbourhood: %s: %s", f.ID, f.Summary)
		}
	}
	d, _ = document(t, c.Kubeconfig, quick...)
	for _, f := range d.Findings {
		if !expected(f.ID) && !slices.ContainsFunc(f.Causes, expected) && !demo.IsHealthy(f.Subject.Namespace) && !shared.isTests(f.Subject.Namespace) {
			t.Errorf("found, though no incident promises it: %s: %s", f.ID, f.Summary)
		}
	}
}

func interfaceShowsThem(t *testing.T, c *controlplane.Cluster) {
	ui := open(t, command(c.Kubeconfig, quick...), 160, 45).See(" live", "Findings")
	for _, probe := range []string{
		"release-stuck", "service-account-missing", "api-read-secret-missing", "claim-older-than-owner", "member-list-stale",
	} {
		ui.Press("/").Type(probe).See("/"+probe, "Evidence")
		ui.Press("esc").Lose("/" + probe).See("1 Findings")
	}
	ui.Quit()
}

// noSecretByte looks for every planted value in all that careen writes: reports, the
// screen, its log.
func noSecretByte(t *testing.T, c *controlplane.Cluster) {
	written := map[string]string{}
	for _, format := range []string{"table", "json", "yaml", "sarif", "junit", "markdown", "html", "openreports"} {
		r := run(t, command(c.Kubeconfig, append([]string{"audit", "-v", "-o", format}, quick...)...))
		written["audit -o "+format] = r.stdout + r.stderr
	}
	ui := open(t, command(c.Kubeconfig, append([]string{"-v"}, quick...)...), 120, 40).See("service-account-missing")
	for _, pane := range []string{"2", "3", "4", "5", "1"} {
		ui.Press(pane)
		for range 15 {
			ui.Press("j", "enter", "esc")
		}
	}
	ui.Quit()
	written["the screen"] = ui.term.Raw()
	err := filepath.WalkDir(home, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		written[path] = string(b)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if len(written) < 8 {
		t.Errorf("only %d places were looked at: no log was written", len(written))
	}
	holdsNone(t, written)
}
