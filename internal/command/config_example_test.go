package command

import (
	"slices"
	"testing"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/tui"
)

// TestTheExampleConfiguration reads the file that the docs offer, and looks whether
// it still lists every column.
func TestTheExampleConfiguration(t *testing.T) {
	file, err := config.Load("../../docs/examples/config.yaml", catalogue.IDs())
	if err != nil {
		t.Fatal(err)
	}
	if err := tui.CheckColumns(columnsOf(file)); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Columns {
		if want := tui.ColumnNames(c.Pane); !slices.Equal(c.Names, want) {
			t.Errorf("%s: the columns of %s are %v", c.Where, c.Pane, want)
		}
	}
	if len(file.Columns) != 4 || len(file.Keys) == 0 || len(file.Thresholds) != len(probes.Thresholds) || len(file.Waivers) == 0 || file.Theme == "" {
		t.Errorf("it shows less than there is: %+v", file)
	}
}
