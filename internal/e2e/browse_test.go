//go:build e2e

package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// browsing is the interface on a terminal.
type browsing struct {
	*screen.Terminal
	t   *testing.T
	ctx context.Context
}

// browse opens the interface in read-only mode: looking closer never writes.
func browse(t *testing.T, ctx context.Context, c *controlplane.Cluster, w, h int, args ...string) *browsing {
	t.Helper()
	term, err := screen.Start(command(c.Kubeconfig, append(append([]string{"--read-only"}, quick...), args...)...), w, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { term.Close() })
	b := &browsing{term, t, ctx}
	b.sees(" live", "Findings") // until then the terminal itself changes what is typed
	return b
}

// sees waits until all of the texts are on the screen; blanks count as one.
func (b *browsing) sees(texts ...string) string {
	b.t.Helper()
	text, err := b.Until(b.ctx, strings.Join(texts, ", "), func(s string) bool {
		flat := flatten(s)
		for _, want := range texts {
			if !strings.Contains(flat, want) {
				return false
			}
		}
		return true
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func flatten(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '│' }), " ")
}

func (b *browsing) keys(keys ...string) *browsing {
	b.t.Helper()
	for _, k := range keys {
		if err := b.Send(k); err != nil {
			b.t.Fatal(err)
		}
	}
	return b
}

// TestBrowsing looks closer at what the incidents left, on a screen that shows one
// region at a time.
func TestBrowsing(t *testing.T) {
	c, cfg := start(t, controlplane.Options{})
	p := planter(t, cfg)
	ctx := within(t, 6*time.Minute)
	for _, id := range []string{"keep", "metrics", "staging", "hostile"} {
		incident, ok := demo.Find(id)
		if !ok {
			t.Fatalf("there is no incident %s", id)
		}
		if err := incident.Plant(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	kube, err := kubernetes.NewForConfig(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("reveal", func(t *testing.T) { revealAndMask(t, within(t, time.Minute), c) })
	t.Run("timeline", func(t *testing.T) { timelineNamesTheScale(t, within(t, time.Minute), c) })
	t.Run("logs", func(t *testing.T) { previousLog(t, within(t, time.Minute), c) })
	t.Run("release", func(t *testing.T) { diffAndDrift(t, within(t, time.Minute), c, kube) })
	t.Run("deleted", func(t *testing.T) { deletedWhileOpen(t, within(t, time.Minute), c, kube) })
	t.Run("yaml", func(t *testing.T) { yamlMasksSecrets(t, within(t, time.Minute), c) })
	t.Run("hostile", func(t *testing.T) { hostileTextIsHarmless(t, within(t, time.Minute), c) })
	t.Run("audit", func(t *testing.T) { onlyReadsWereSent(t, c) })
}

// revealAndMask reveals the password of Keep's database, and looks at every byte
// that reaches the terminal afterwards.
func revealAndMask(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	value := sentinel(t, "keep-database")
	b := browse(t, ctx, c, 80, 24, "-n", "keep")
	b.keys("3", "/", "keep-database", screen.Enter)
	b.sees("Secrets 1 of", "keep/keep-database")
	b.keys("r")
	b.sees("One value of Secret keep/keep-database", "(masked)")
	holds := func(raw string) bool {
		return strings.Contains(raw, value) || strings.Contains(raw, base64.StdEncoding.EncodeToString([]byte(value)))
	}
	if holds(b.Raw()) {
		t.Fatal("the value was sent before it was asked for")
	}
	b.keys(screen.Enter)
	b.sees(value)
	at := len(b.Raw())
	b.keys(screen.Esc)
	if _, err := b.Until(ctx, "the value masked", func(s string) bool { return !strings.Contains(s, value) }); err != nil {
		t.Fatal(err)
	}
	b.keys("1", "3", screen.Enter)
	b.sees("Look closer")
	b.keys("m")
	b.sees("YAML of Secret keep/keep-database", "(masked)")
	b.keys(screen.Esc, "?", screen.Esc)
	quit(t, b.Terminal)
	if after := b.Raw()[at:]; holds(after) {
		t.Error("the value was sent to the terminal after its page was left")
	}
}

func sentinel(t *testing.T, end string) string {
	t.Helper()
	for _, s := range demo.Sentinels {
		if strings.HasSuffix(s, end) {
			return s
		}
	}
	t.Fatalf("there is no sentinel %s", end)
	return ""
}

func timelineNamesTheScale(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	b := browse(t, ctx, c, 90, 100, "-n", "metrics")
	b.sees("member-list-stale")
	b.keys("/", "member-list", screen.Enter, "w")
	b.sees("Suspect: StatefulSet vm-vmstorage: spec.replicas set to 3, by kubectl (scale)", ": the suspect", "member-list-stale begins")
}

func previousLog(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	b := browse(t, ctx, c, 120, 40, "-n", "keep")
	b.sees("api-read-secret-missing")
	b.keys("/", "keep-backend", screen.Enter, "L")
	if text := b.sees("Log, ", "of keep-backend-"); strings.Contains(text, "Log, last run") {
		b.keys("p") // it was just started again
	}
	b.sees("Log, run before, of keep-backend-")
	b.keys(screen.End)
	b.sees("(404)", demo.KeepSecret[:20])
	b.keys("p")
	b.sees("Log, last run, of keep-backend-")
}

func diffAndDrift(t *testing.T, ctx context.Context, c *controlplane.Cluster, kube kubernetes.Interface) {
	patch := []byte(`{"data":{"SAMPLE":"by hand"},"metadata":{"labels":{"app.kubernetes.io/name":"by-hand"}}}`)
	if _, err := kube.CoreV1().ConfigMaps("staging").Patch(ctx, "storefront", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	b := browse(t, ctx, c, 90, 40, "-n", "staging")
	b.sees("staging/storefront")
	b.keys("2", screen.Enter)
	b.sees("[History]", "pending-upgrade", "Install complete")
	b.keys(screen.Right)
	b.sees("[Diff]", "revision 1 → 2", "- image: registry.example.com/shop/web:2.31.0", "+ image: registry.example.com/shop/web:2.32.0")
	b.keys(screen.Right)
	b.sees("[Values]", "+ trackerToken: (masked)")
	b.keys(screen.Right)
	b.sees("[Drift]", "ConfigMap storefront changed", "+ app.kubernetes.io/name: by-hand")
	if strings.Contains(b.Text(), "SAMPLE") {
		t.Error("what the release does not declare counts as drift")
	}
	b.keys(screen.Right)
	b.sees("[Objects]", "Deployment storefront current")
	b.keys(screen.Left, screen.Left, screen.Left, screen.Left, screen.Left)
	b.sees("[Uninstall]", "Deleted", "nothing is uninstalled before a plan")
	for _, s := range demo.Sentinels {
		if strings.Contains(b.Raw(), s) {
			t.Errorf("%s was sent to the terminal", s)
		}
	}
}

func deletedWhileOpen(t *testing.T, ctx context.Context, c *controlplane.Cluster, kube kubernetes.Interface) {
	b := browse(t, ctx, c, 120, 40, "-n", "metrics")
	b.sees("member-list-stale")
	b.keys("3", "t")
	b.sees("Config maps")
	b.keys("/", "kube-root", screen.Enter, "m")
	b.sees("YAML of ConfigMap metrics/kube-root-ca.crt", "apiVersion: v1")
	if err := kube.CoreV1().ConfigMaps("metrics").Delete(ctx, "kube-root-ca.crt", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	// The controller manager makes it anew at once.
	b.sees("It was deleted and made anew since this was read.", "apiVersion: v1")
}

func yamlMasksSecrets(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	b := browse(t, ctx, c, 80, 24, "-n", "keep")
	b.keys("2", "/", "keep", screen.Enter)
	b.sees("keep/keep")
	b.keys(screen.Enter)
	b.sees("[History]", "Upgrade")
	b.keys(screen.Right)
	b.sees("[Diff]")
	b.keys(screen.Right)
	b.sees("[Values]", "backend.databasePassword: (masked)")
	quit(t, b.Terminal)
	for _, s := range demo.Sentinels {
		if strings.Contains(b.Raw(), s) || strings.Contains(b.Raw(), base64.StdEncoding.EncodeToString([]byte(s))) {
			t.Errorf("%s was sent to the terminal", s)
		}
	}
}

// hostileTextIsHarmless opens logs, events, YAML, notes and a time line that hold
// escape sequences, and looks at what reaches the terminal.
func hostileTextIsHarmless(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	b := browse(t, ctx, c, 90, 40, "-n", "hostile")
	b.sees("hostile/shouter")
	b.keys("/", "shouter", screen.Enter)
	b.keys("L")
	b.sees("Log, ", "of shouter-", "the end")
	b.keys(screen.Home, screen.Esc, "m")
	b.sees("YAML of Deployment hostile/shouter", "apiVersion")
	b.keys(screen.End, screen.Esc, "e")
	b.sees("Events of Deployment hostile/shouter")
	b.keys(screen.Esc, "w")
	b.sees("What changed lately around Deployment hostile/shouter")
	b.keys(screen.Esc, "2", "/", "notes", screen.Enter, screen.Enter)
	b.sees("[History]")
	b.keys(screen.Left, screen.Left)
	b.sees("[Notes]")
	quit(t, b.Terminal)
	raw := b.Raw()
	for _, bad := range []string{"\x1b]52", "owned", "b3duZWQ", "\u009b", "\u202e", "\u200b", "\x1bPother", "\x1b[2J sentence"} {
		if i := strings.Index(raw, bad); i >= 0 {
			t.Errorf("%q was sent to the terminal: %q", bad, raw[max(i-40, 0):min(i+80, len(raw))])
		}
	}
}

// onlyReadsWereSent looks in the server's audit log for anything but reads.
func onlyReadsWereSent(t *testing.T, c *controlplane.Cluster) {
	all, err := c.Requests(careens)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, r := range all {
		if !reads(r) {
			t.Errorf("%s %s", r.Verb, r.URI)
		}
		got[fmt.Sprint(r.Verb, " ", r.Object.Resource)]++
	}
	if got["get secrets"] == 0 {
		t.Errorf("the audit log does not hold the revealed value's GET: %v", got)
	}
}
