//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// TestMistakesAreNamed plants what demo --all does, and looks whether each mistake is named
// by the probe that it is for; nothing may be found of the application without any.
func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	mistakes, err := demo.Mistakes()
	if err != nil {
		t.Fatal(err)
	}
	plane := &planetest.Plane{Options: controlplane.Options{Nodes: 3}}
	c := plane.Cluster(t)
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	p, err := demo.NewPlanter(plane.Config(t, ""), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.PlantMistakes(within(t, plantedWithin)); err != nil {
		t.Fatal(err)
	}
	flags := append([]string{"--terminating-after=1s"}, quick...)
	for _, m := range mistakes {
		flags = append(flags, m.Asks...)
	}
	var d paper
	planetest.Eventually(t, "what time makes true", func(context.Context) error {
		d, _ = document(t, c.Kubeconfig, flags...)
		var missing []string
		for _, m := range mistakes {
			for _, want := range m.Finds {
				if len(d.find(want)) == 0 && !m.Late {
					missing = append(missing, want)
				}
			}
		}
		if len(missing) > 0 {
			return fmt.Errorf("not found: %v", missing)
		}
		return nil
	})
	for _, f := range d.Findings {
		if f.Subject.Namespace == demo.Unharmed {
			t.Errorf("found, though nothing is wrong: %s: %s", f.ID, f.Summary)
		}
	}
}
