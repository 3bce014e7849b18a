//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// budget is how large the stripped binary may be, in bytes. ARCHITECTURE.md says what
// weighs. It is what was reached, with two per cent of room.
const budget = 86_000_000

// TestTheBinaryKeepsToItsBudget links careen as a release does.
func TestTheBinaryKeepsToItsBudget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "careen")
	build := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "github.com/careen-tui/careen")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building careen: %v\n%s", err, out)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("%.1f MB of %.1f", float64(info.Size())/1e6, budget/1e6); info.Size() > budget {
		t.Errorf("the binary has %d bytes, %d more than its budget: look at what was added with go tool nm -size -sort size", info.Size(), info.Size()-budget)
	}
}
