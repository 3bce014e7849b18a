//go:build e2e

package e2e

import (
	"testing"
	"time"
)

// TestTheServerMayGoAndComeBack kills the API server under the interface.
func TestTheServerMayGoAndComeBack(t *testing.T) {
	c := brittle.with(t, "vault")
	ctx := within(t, 3*time.Minute)
	ui := open(t, command(c.Kubeconfig, append([]string{"-n", "vault"}, quick...)...), 120, 40).See("service-account-missing")
	if err := c.StopAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	ui.See("stale")
	if !ui.Shows("service-account-missing") {
		t.Errorf("the finding vanished with the server:\n%s", ui.term.Text())
	}
	if err := c.StartAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	ui.Until("the server's return", func(s string) bool { return contains(s, "live") && !contains(s, "stale") })
	if !ui.Shows("service-account-missing") {
		t.Errorf("the finding vanished with the server's return:\n%s", ui.term.Text())
	}
	ui.Quit()
}

// TestTheFirstFrameNeedsNoServer starts the interface on a server that never
// answers, and hangs up.
func TestTheFirstFrameNeedsNoServer(t *testing.T) {
	c := brittle.Cluster(t)
	ctx := within(t, 3*time.Minute)
	if err := c.StopAPIServer(ctx); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.StartAPIServer(ctx); err != nil {
			t.Error(err)
		}
	}()
	ui := open(t, command(c.Kubeconfig), 80, 24).See("careen")
	if ui.Shows("no findings") {
		t.Errorf("it says that nothing was found before it knows:\n%s", ui.term.Text())
	}
	ui.Until("the reason", func(s string) bool { return contains(s, "refused", "cannot be reached") })
	for _, size := range [][2]int{{1, 1}, {39, 9}, {200, 60}, {3, 50}, {80, 24}} {
		ui.must(ui.term.Resize(size[0], size[1]))
	}
	ui.See("careen")
	ui.term.Close()
}
