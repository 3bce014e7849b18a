//go:build e2e

package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// TestMovingAbout goes through a cluster with the five incidents in every way but
// by its findings.
func TestMovingAbout(t *testing.T) {
	c, cfg := start(t, controlplane.Options{})
	p := planter(t, cfg)
	for _, incident := range demo.Incidents[:5] {
		if err := incident.Plant(within(t, 2*time.Minute), p); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("why", func(t *testing.T) { whyByBrowsing(t, c) })
	t.Run("walk", func(t *testing.T) { fromReleaseToVolume(t, within(t, time.Minute), c) })
	t.Run("contexts", func(t *testing.T) { contextsAreSwitched(t, within(t, time.Minute), c) })
	t.Run("login", func(t *testing.T) { theLookGoesOnAfterALogin(t, within(t, time.Minute), c) })
	t.Run("ssh", func(t *testing.T) { overSSH(t, within(t, 2*time.Minute), c) })
}

// to moves the selection down until its line holds text.
func (b *browsing) to(text string) *browsing {
	b.t.Helper()
	for range 60 {
		before := b.Text()
		if strings.Contains(selected(before), text) {
			return b
		}
		b.keys(screen.Down)
		ctx, cancel := context.WithTimeout(b.ctx, time.Second)
		_, err := b.Until(ctx, "the selection to move", func(s string) bool { return s != before })
		cancel()
		if err != nil {
			break
		}
	}
	b.t.Fatalf("no line with %q can be selected:\n%s", text, b.Text())
	return b
}

// selected is the line of the selection, in the region that has it: the right one
// where both have one.
func selected(screen string) string {
	lines := strings.Split(screen, "\n")
	rule := -1
	if len(lines) > 1 {
		if before, _, ok := strings.Cut(lines[1], "┬"); ok {
			rule = len([]rune(before))
		}
	}
	found := ""
	for _, line := range lines {
		left, right := []rune(line), []rune(nil)
		if rule >= 0 && len(left) > rule {
			left, right = left[:rule], left[rule:]
		}
		if strings.Contains(string(right), "▌") {
			return string(right)
		}
		if len(left) > 0 && left[0] == '▌' {
			found = string(left)
		}
	}
	return found
}

// whyByBrowsing finds out why each of the five incidents happens, from releases,
// secrets, volumes and the graph.
func whyByBrowsing(t *testing.T, c *controlplane.Cluster) {
	find := map[string]func(b *browsing){
		"review": func(b *browsing) {
			b.keys("2", "/", "review-app", screen.Enter)
			b.sees("review/review-app 1 pending-install 3/3")
			b.keys(screen.Enter).sees("[History]")
			b.to("pending-install for").keys(screen.Enter).sees("Evidence", "never written")
			b.to("rules[0].verbs").keys(screen.Enter)
			b.sees("Role review/ci ─", "rules[0] get, list, create secrets")
		},
		"vault": func(b *browsing) {
			b.keys("2", "/", "common-vault", screen.Enter)
			b.sees("✖ vault/common-vault 1 deployed 2/4")
			b.keys(screen.Enter).sees("[History]")
			b.keys(screen.Right, screen.Right, screen.Right, screen.Right).sees("[Objects]", "ServiceAccount vault-svc not there")
			b.to("Deployment common-vault").keys(screen.Enter)
			b.sees("Deployment vault/common-vault ─", "account ServiceAccount vault-svc ✖ not there")
		},
		"keep": func(b *browsing) {
			b.keys("2", "/", "keep/keep", screen.Enter, "g")
			b.sees("Graph around Release keep/keep", "mentions Secret keep-victoriametrics", "✖ not there")
			b.to("Deployment keep-backend").keys("L").sees("of keep-backend-")
			if strings.Contains(b.Text(), "last run") {
				b.keys("p") // it was just started again
			}
			b.sees("run before")
			b.keys(screen.End).sees("(404)")
		},
		"devlake": func(b *browsing) {
			b.keys("4", "/", "devlake-mysql", screen.Enter)
			b.sees("devlake/devlake-m", "older", "mounts StatefulSet devlake-mysql")
			b.keys("w").sees("Suspect: Release devlake: install: revision 1")
		},
		"metrics": func(b *browsing) {
			b.keys("3", "t", "/", "vmstorage-env", screen.Enter, "g")
			b.sees("around ConfigMap metrics/vm-vmstorage-env", "names 2 of 3 StatefulSet vm-vmstorage", "envFrom of Deployment vm-vminsert")
		},
	}
	for _, incident := range demo.Incidents[:5] {
		t.Run(incident.ID, func(t *testing.T) {
			look := find[incident.ID]
			if look == nil {
				t.Fatal("nobody knows how to browse to its cause")
			}
			b := browse(t, within(t, 90*time.Second), c, 120, 40)
			b.sees("watches live")
			look(b)
			quit(t, b.Terminal)
		})
	}
}

// fromReleaseToVolume walks the graph down, and goes back the same way.
func fromReleaseToVolume(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	b := browse(t, ctx, c, 120, 40)
	b.sees("watches live")
	b.keys("2", "/", "devlake/devlake", screen.Enter, "g").sees("around Release devlake/devlake")
	b.to("StatefulSet devlake-mysql").keys("g").sees("around StatefulSet devlake/devlake-mysql")
	b.to("PersistentVolumeClaim").keys("g").sees("around PersistentVolumeClaim devlake/")
	b.to("PersistentVolume pvc-").keys("g").sees("around PersistentVolume pvc-", "phase Bound")
	b.keys("[").sees("around PersistentVolumeClaim devlake/")
	b.keys("[", "[").sees("around Release devlake/devlake")
	b.keys("]", "]", "]").sees("around PersistentVolume pvc-")
	quit(t, b.Terminal)
}

// contextsAreSwitched looks as somebody else, and stays where it is when the
// context is gone.
func contextsAreSwitched(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	config, err := clientcmd.LoadFromFile(c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	b := open(t, ctx, path, 120, 40)
	b.sees("careen demo ", "watches live", "release-stuck")
	b.keys(":", "context demo-viewer", screen.Enter)
	b.sees("careen demo-viewer", "forbidden", "? UNKN release-stuck")
	if strings.Contains(flatten(b.Text()), "CRIT release-stuck") {
		t.Errorf("a finding of the other session is left:\n%s", b.Text())
	}
	b.keys("C").sees("Contexts", "demo-ci-bot", "· demo-viewer")
	delete(config.Contexts, controlplane.CIBotContext)
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	b.keys(screen.Home).to("demo-ci-bot").keys(screen.Enter)
	b.sees(`context "demo-ci-bot" does not exist; this is still demo-viewer`)
	b.keys(":", "context demo", screen.Enter)
	b.sees("careen demo ", "watches live", "release-stuck")
	quit(t, b.Terminal)
}

// open opens the interface in read-only mode on a kubeconfig of the test's own.
func open(t *testing.T, ctx context.Context, kubeconfig string, w, h int, args ...string) *browsing {
	t.Helper()
	term, err := screen.Start(command(kubeconfig, append(append([]string{"--read-only"}, quick...), args...)...), w, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { term.Close() })
	return &browsing{term, t, ctx}
}
