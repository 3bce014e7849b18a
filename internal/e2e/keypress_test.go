//go:build e2e

package e2e

import (
	"context"
	"errors"
	"testing"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// TestMendedByKeypress mends each of the five incidents from the interface, and
// takes it back from there.
func TestMendedByKeypress(t *testing.T) {
	for _, test := range []struct {
		incident, probe, title string
		again                  bool // whether the finding is there again after the undo
	}{
		{"vault", "service-account-missing", "Create service account vault-svc", false}, // its pods run on
		{"review", "release-stuck", "Mark revision 1 deployed", true},
		{"metrics", "member-list-stale", "Write vm-vmstorage-2 into the", true},
		{"devlake", "claim-older-than-owner", "Start with an EMPTY volume", false}, // the claim is made again
		{"keep", "api-read-secret-missing", "Create the Secret as a copy of", true},
	} {
		t.Run(test.incident, func(t *testing.T) {
			c := shared.lent(t, test.incident)
			incident := incident(t, test.incident)
			args := append([]string{"-n", incident.Namespaces[0], "--probe", test.probe}, quick...)
			isFound := func(context.Context) error {
				if d, _ := document(t, c.Kubeconfig, args...); len(d.find(incident.Findings[0])) == 0 {
					return errors.New("it is not found")
				}
				return nil
			}
			planetest.Eventually(t, incident.Findings[0], isFound)
			ui := open(t, command(c.Kubeconfig, args...), 160, 45)
			ui.See(test.probe, "fix").
				Press("f").See(test.title, "dry run passed").
				Press("y").See("proved a").
				Press("esc").See("Findings").
				Press("u").See("confirmed", test.title).
				Press("enter").See("Undo: "+test.title, "dry run passed").
				Press("y").See("proved a").
				Quit()
			ui.Never(demo.Sentinels...)
			if test.again {
				planetest.Eventually(t, incident.Findings[0]+" after the undo", isFound)
			}
		})
	}
}
