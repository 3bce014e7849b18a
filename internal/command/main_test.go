package command

import (
	"os"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
)

// Charts are rendered by this program, started once more.
func TestMain(m *testing.M) {
	if code, ok := Sandboxed(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(golden.Main(m, "testdata/*.golden"))
}
