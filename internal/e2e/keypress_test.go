//go:build e2e

package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// TestMendedByKeypress mends each of the five incidents from the interface, and
// takes it back from there: f, y, u, enter, y.
func TestMendedByKeypress(t *testing.T) {
	c, cfg := start(t, controlplane.Options{})
	p := planter(t, cfg)
	for _, test := range []struct {
		incident, probe, title string
		again                  bool // whether the finding is there again after the undo
	}{
		{"vault", "service-account-missing", "Create service account vault-svc", false}, // its pods run on
		{"review", "release-stuck", "Mark revision 1 deployed", true},
		{"metrics", "member-list-stale", "Write the 3 members into the list", true},
		{"devlake", "claim-older-than-owner", "Start afresh on a new volume", false}, // the claim is made anew
		{"keep", "api-read-secret-missing", "Create the Secret as a copy of", true},
	} {
		t.Run(test.incident, func(t *testing.T) {
			incident, _ := demo.Find(test.incident)
			if err := incident.Plant(within(t, 2*time.Minute), p); err != nil {
				t.Fatal(err)
			}
			args := append([]string{"-n", incident.Namespaces[0], "--probe", test.probe}, quick...)
			id := incident.Findings[0]
			ctx := within(t, 4*time.Minute)
			for d, _ := document(t, c.Kubeconfig, args...); len(d.find(id)) == 0 && ctx.Err() == nil; {
				time.Sleep(500 * time.Millisecond)
				d, _ = document(t, c.Kubeconfig, args...)
			}
			term, err := screen.Start(command(c.Kubeconfig, args...), 160, 45)
			if err != nil {
				t.Fatal(err)
			}
			defer term.Close()
			press := func(keys, what string, words ...string) {
				t.Helper()
				if err := term.Send(keys); err != nil {
					t.Fatal(err)
				}
				text, err := term.Until(ctx, what, func(s string) bool {
					for _, w := range words {
						if !strings.Contains(s, w) {
							return false
						}
					}
					return true
				})
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
			}
			press("", "the finding", test.probe, "fix")
			press("f", "the plan", test.title, "dry run passed")
			press("y", "the proof of the fix", "proved    after")
			press(screen.Esc, "the findings", "Findings")
			press("u", "the journal", "confirmed", test.title)
			press(screen.Enter, "the plan of the undo", "Undo: "+test.title, "dry run passed")
			press("y", "the proof of the undo", "proved    after")
			quit(t, term)
			deadline := time.Now().Add(time.Minute)
			for test.again {
				d, _ := document(t, c.Kubeconfig, args...)
				if len(d.find(id)) > 0 {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("%s is not found again after the undo", id)
				}
				time.Sleep(time.Second)
			}
			for _, s := range demo.Sentinels {
				if strings.Contains(term.Raw(), s) {
					t.Errorf("%q was on the screen", s)
				}
			}
		})
	}
}
