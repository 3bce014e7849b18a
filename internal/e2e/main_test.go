//go:build e2e

// Package e2e drives the built binary on a real control plane.
package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// binary is the careen that is tested; home is where it keeps its state.
var binary, home string

var (
	// shared is what the tests work on, each in namespaces of its own.
	shared = &world{Plane: planetest.Plane{Options: controlplane.Options{Audit: true, Users: []string{"harbourmaster"}}}}
	// brittle is for those that stop a component of it, or let a webhook refuse
	// everything; each leaves it whole.
	brittle = &world{Plane: planetest.Plane{Options: controlplane.Options{Audit: true}}}
)

func TestMain(m *testing.M) {
	os.Exit(planetest.Main(func() int {
		code, err := withBinary(m)
		if err != nil {
			fmt.Fprintln(os.Stderr, "setting up:", err)
			return 1
		}
		return code
	}, &shared.Plane, &brittle.Plane))
}

func withBinary(m *testing.M) (int, error) {
	dir, err := os.MkdirTemp("", "careen-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	home = filepath.Join(dir, "home")
	binary = filepath.Join(dir, "careen")
	build := exec.Command("go", "build", "-o", binary, "github.com/careen-tui/careen")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("building careen: %w\n%s", err, out)
	}
	return m.Run(), nil
}
