//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
)

// TestBrowsing looks closer at what the incidents left, on a screen that shows one
// region at a time.
func TestBrowsing(t *testing.T) {
	c := shared.with(t, "keep", "metrics", "hostile")
	shared.lent(t, "staging")
	began := time.Now()
	t.Run("reveal", func(t *testing.T) { revealAndMask(t, c) })
	t.Run("timeline", func(t *testing.T) { timelineNamesTheScale(t, c) })
	t.Run("logs", func(t *testing.T) { previousLog(t, c) })
	t.Run("release", func(t *testing.T) { diffAndDrift(t, c) })
	t.Run("deleted", func(t *testing.T) { deletedWhileOpen(t, c) })
	t.Run("yaml", func(t *testing.T) { yamlMasksSecrets(t, c) })
	t.Run("hostile", func(t *testing.T) { hostileTextIsHarmless(t, c) })
	t.Run("audit", func(t *testing.T) { onlyReadsWereSent(t, c, began) })
}

// revealAndMask reveals the password of Keep's database, and looks at every byte
// that reaches the terminal afterwards.
func revealAndMask(t *testing.T, c *controlplane.Cluster) {
	value := sentinel(t, "keep-database")
	ui := browse(t, c.Kubeconfig, 80, 24, "-n", "keep")
	ui.Press("3").Filter("keep-database").See("Secrets 1 of", "keep/keep-database")
	ui.Press("r").See("One value of Secret keep/keep-database", "(masked)")
	if holds(ui.term.Raw(), value) {
		t.Fatal("the value was sent before it was asked for")
	}
	ui.Press("enter").See(value)
	at := len(ui.term.Raw())
	ui.Press("esc").Lose(value)
	ui.Press("1", "3", "enter").See("Look closer")
	ui.Press("m").See("YAML of Secret keep/keep-database", "(masked)")
	ui.Press("esc", "?", "esc")
	ui.Quit()
	if after := ui.term.Raw()[at:]; holds(after, value) {
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

func timelineNamesTheScale(t *testing.T, c *controlplane.Cluster) {
	ui := browse(t, c.Kubeconfig, 90, 100, "-n", "metrics")
	ui.See("member-list-stale")
	ui.Filter("member-list").Press("w").See("Suspect: StatefulSet vm-vmstorage: spec.replicas set to 3, by kubectl (scale)", ": the suspect", "member-list-stale begins")
}

func previousLog(t *testing.T, c *controlplane.Cluster) {
	ui := browse(t, c.Kubeconfig, 120, 40, "-n", "keep")
	ui.See("api-read-secret-missing")
	ui.Filter("keep-backend").Press("L").See("Log, ", "of keep-backend-")
	if ui.Shows("Log, last run") {
		ui.Press("p") // it was just started again
	}
	ui.See("Log, previous run, of keep-backend-")
	ui.Press("end").See("(404)", demo.KeepSecret[:20])
	ui.Press("p").See("Log, last run, of keep-backend-")
}

func diffAndDrift(t *testing.T, c *controlplane.Cluster) {
	patch := []byte(`{"data":{"SAMPLE":"by hand"},"metadata":{"labels":{"app.kubernetes.io/name":"by-hand"}}}`)
	if _, err := shared.Client(t).CoreV1().ConfigMaps("staging").Patch(t.Context(), "storefront", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		t.Fatal(err)
	}
	ui := browse(t, c.Kubeconfig, 90, 40, "-n", "staging")
	ui.See("staging/storefront")
	ui.Press("2", "enter").See("[History]", "pending-upgrade", "Install complete")
	ui.Press("right").See("[Diff]", "revision 1 → 2", "- image: registry.example.com/shop/web:2.31.0", "+ image: registry.example.com/shop/web:2.32.0")
	ui.Press("right").See("[Values]", "+ trackerToken: (masked)")
	ui.Press("right").See("[Drift]", "ConfigMap storefront changed", "+ app.kubernetes.io/name: by-hand")
	if ui.Shows("SAMPLE") {
		t.Error("what the release does not declare counts as drift")
	}
	ui.Press("right").See("[Objects]", "Deployment storefront current")
	ui.Press("left", "left", "left", "left", "left").See("[Uninstall]", "Deleted", "nothing is uninstalled until")
	holdsNone(t, map[string]string{"the screen": ui.term.Raw()})
}

func deletedWhileOpen(t *testing.T, c *controlplane.Cluster) {
	ui := browse(t, c.Kubeconfig, 120, 40, "-n", "metrics")
	ui.See("member-list-stale")
	ui.Press(":").Type("configmap/kube-root-ca.crt").See("metrics/kube-root-ca.crt", "show it") // it is in no pane
	ui.Press("enter", "m").See("YAML of ConfigMap metrics/kube-root-ca.crt", "apiVersion: v1")
	if err := shared.Client(t).CoreV1().ConfigMaps("metrics").Delete(t.Context(), "kube-root-ca.crt", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	// The controller manager creates it again at once.
	ui.See("It was deleted and created again since this was read.", "apiVersion: v1")
}

func yamlMasksSecrets(t *testing.T, c *controlplane.Cluster) {
	ui := browse(t, c.Kubeconfig, 80, 24, "-n", "keep")
	ui.Press("2").Filter("keep").See("keep/keep")
	ui.Press("enter").See("[History]", "Upgrade")
	ui.Press("right").See("[Diff]")
	ui.Press("right").See("[Values]", "backend.databasePassword: (masked)")
	ui.Quit()
	holdsNone(t, map[string]string{"the screen": ui.term.Raw()})
}

// hostileTextIsHarmless opens logs, events, YAML, notes and a time line that hold
// escape sequences, and looks at what reaches the terminal.
func hostileTextIsHarmless(t *testing.T, c *controlplane.Cluster) {
	ui := browse(t, c.Kubeconfig, 90, 40, "-n", "hostile")
	ui.See("hostile/shouter")
	ui.Filter("shouter")
	ui.Press("L").See("Log, ", "of shouter-")
	if ui.Shows("Log, last run") {
		ui.Press("p") // it was just started again
	}
	ui.See("the end")
	ui.Press("home", "esc", "m").See("YAML of Deployment hostile/shouter", "apiVersion")
	ui.Press("end", "esc", "e").See("Events of Deployment hostile/shouter")
	ui.Press("esc", "w").See("What changed recently around Deployment hostile/shouter")
	ui.Press("esc", "2").Filter("notes").Press("enter").See("[History]")
	ui.Press("left", "left").See("[Notes]")
	ui.Quit()
	ui.Never("\x1b]52", "owned", "b3duZWQ", "\u009b", "\u202e", "\u200b", "\x1bPother", "\x1b[2J sentence")
}

// onlyReadsWereSent looks in the server's audit log for anything but reads.
func onlyReadsWereSent(t *testing.T, c *controlplane.Cluster, began time.Time) {
	all, err := c.Requests(func(r controlplane.Request) bool { return careens(r) && r.ReceivedAt.After(began) })
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
