package command

import (
	"reflect"
	"testing"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/config"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views"
)

// TestTheExampleConfiguration reads the file that the docs offer, and looks whether
// it still lists every column.
func TestTheExampleConfiguration(t *testing.T) {
	file, err := config.Load("../../docs/examples/config.yaml", catalogue.IDs(), views.PaneColumns())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(file.Columns, views.PaneColumns()) {
		t.Errorf("its columns are %v, those of the panes %v", file.Columns, views.PaneColumns())
	}
	if len(file.Keys) == 0 || len(file.Thresholds) != len(probes.Thresholds) || len(file.Waivers) == 0 || len(file.Probes) == 0 || file.Theme == "" {
		t.Errorf("it shows less than there is: %+v", file)
	}
}
