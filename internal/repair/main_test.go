//go:build !e2e

package repair

import (
	"os"
	"testing"

	"github.com/careen-tui/careen/internal/golden"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, goldens)) }
