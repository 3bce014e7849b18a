//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// budget is how large the stripped binary may be, in bytes. ARCHITECTURE.md says what
// weighs.
const budget = 60_000_000

// byName is how the linker marks a function that calls a method by a name that is known
// only when it runs, as text/template does. One is enough for it to keep all methods of
// all types: a third more of a binary.
const byName = "<ReflectMethod>"

// TestTheBinaryKeepsToItsBudget links careen as a release does.
func TestTheBinaryKeepsToItsBudget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "careen")
	build := exec.Command("go", "build", "-ldflags", "-s -w -dumpdep", "-o", path, "github.com/careen-tui/careen")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput() // who needs whom, a line each
	if err != nil {
		t.Fatalf("building careen: %v\n%s", err, out[max(0, len(out)-10_000):])
	}
	lines := 0
	for line := range strings.Lines(string(out)) {
		lines++
		if strings.Contains(line, byName) {
			t.Errorf("a method is called by its name, so that the linker leaves out none: %s", line)
			break
		}
	}
	if lines < 10_000 {
		t.Errorf("the linker names %d dependencies only", lines)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if t.Logf("%.1f MB of %.1f", float64(info.Size())/1e6, budget/1e6); info.Size() > budget {
		t.Errorf("the binary has %d bytes, %d more than its budget: look at what was added with go tool nm -size -sort size", info.Size(), info.Size()-budget)
	}
}
