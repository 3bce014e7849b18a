//go:build e2e

package e2e

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// TestPlantedCluster plants everything once and looks at it in every way that
// changes nothing.
func TestPlantedCluster(t *testing.T) {
	c, cfg := start(t, controlplane.Options{})
	if err := planter(t, cfg).PlantAll(within(t, 3*time.Minute)); err != nil {
		t.Fatal(err)
	}
	t.Run("AuditFindsTheIncidents", func(t *testing.T) { auditFindsTheIncidents(t, c) })
	t.Run("NothingIsFoundWhereNothingIsWrong", func(t *testing.T) { nothingInTheNeighbourhood(t, c) })
	t.Run("TheInterfaceShowsThem", func(t *testing.T) { interfaceShowsThem(t, c) })
	t.Run("NoSecretByteIsWritten", func(t *testing.T) { noSecretByte(t, c) })
	t.Run("ReadOnlyOnlyReads", func(t *testing.T) { readOnlyOnlyReads(t, c) })
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
	again, _ := document(t, c.Kubeconfig, quick...)
	if a, b := ids(d), ids(again); !slices.Equal(a, b) {
		t.Errorf("two looks differ:\n%v\n%v", a, b)
	}
}

// settled looks until what only time makes true is found as well: a container that
// has failed for a minute.
func settled(t *testing.T, c *controlplane.Cluster) paper {
	t.Helper()
	ctx := within(t, 2*time.Minute)
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		d, _ := document(t, c.Kubeconfig, quick...)
		var missing []string
		for _, incident := range demo.Incidents {
			for _, id := range incident.Settled {
				if len(d.find(id)) == 0 {
					missing = append(missing, id)
				}
			}
		}
		if len(missing) == 0 {
			return d
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not found in time: %v", missing)
		}
	}
}

func ids(d paper) (out []string) {
	for _, f := range d.Findings {
		out = append(out, f.ID)
	}
	return out
}

// expected tells whether some incident promises the finding.
func expected(id string) bool {
	return slices.ContainsFunc(demo.Incidents, func(i demo.Incident) bool {
		return slices.ContainsFunc(slices.Concat(i.Findings, i.Settled), func(want string) bool { return demo.Matches(want, id) })
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
		if !expected(f.ID) && !demo.IsHealthy(f.Subject.Namespace) {
			t.Errorf("found, though no incident promises it: %s: %s", f.ID, f.Summary)
		}
	}
}

func interfaceShowsThem(t *testing.T, c *controlplane.Cluster) {
	term, err := screen.Start(command(c.Kubeconfig, quick...), 160, 45)
	if err != nil {
		t.Fatal(err)
	}
	defer term.Close()
	for _, probe := range []string{
		"release-stuck", "service-account-missing", "api-read-secret-missing", "claim-older-than-owner", "member-list-stale",
	} {
		if err := term.Send("/" + probe); err != nil {
			t.Fatal(err)
		}
		if _, err := term.Until(within(t, 20*time.Second), probe, func(s string) bool {
			return strings.Contains(s, probe) && strings.Contains(s, "Evidence")
		}); err != nil {
			t.Error(err)
		}
		if err := term.Send(screen.Esc); err != nil {
			t.Fatal(err)
		}
		if _, err := term.Until(within(t, 5*time.Second), "the filter to go", func(s string) bool {
			return !strings.Contains(s, "/"+probe) && strings.Contains(s, "1 Findings")
		}); err != nil {
			t.Error(err)
		}
	}
	quit(t, term)
}

// quit presses q, which ends the interface from anywhere but a prompt.
func quit(t *testing.T, term *screen.Terminal) {
	t.Helper()
	if err := term.Send(screen.Esc + screen.Esc + "q"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-term.Done():
	case <-time.After(20 * time.Second):
		t.Fatalf("q does not quit:\n%s", term.Text())
	}
	if err := term.ExitError(); err != nil {
		t.Errorf("quitting: %v", err)
	}
}

// noSecretByte looks for every planted value, as it is and in base64, in all that
// careen writes: reports, the screen, its log.
func noSecretByte(t *testing.T, c *controlplane.Cluster) {
	written := map[string]string{}
	for _, format := range []string{"table", "json", "yaml", "sarif", "junit", "markdown"} {
		r := run(t, command(c.Kubeconfig, append([]string{"audit", "-v", "-o", format}, quick...)...))
		written["audit -o "+format] = r.stdout + r.stderr
	}
	term, err := screen.Start(command(c.Kubeconfig, append([]string{"-v"}, quick...)...), 120, 40)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := term.Until(within(t, 20*time.Second), "the findings", func(s string) bool { return strings.Contains(s, "release-stuck") }); err != nil {
		t.Error(err)
	}
	for _, keys := range []string{"2", "3", "4", "5", "1"} {
		for range 15 {
			if err := term.Send(keys + "j" + screen.Enter + screen.Esc); err != nil {
				t.Fatal(err)
			}
			keys = ""
		}
	}
	quit(t, term)
	written["the screen"] = term.Raw()
	err = filepath.WalkDir(home, func(path string, e os.DirEntry, err error) error {
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
	for where, text := range written {
		for _, s := range demo.Sentinels {
			if strings.Contains(text, s) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(s))) {
				t.Errorf("%s holds %q", where, s)
			}
		}
	}
}
