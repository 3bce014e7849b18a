package probes_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/careen-tui/careen/probes"
)

// TestEveryThresholdHasAFieldOfItsOwn sets one after another and looks which field of
// the settings moved.
func TestEveryThresholdHasAFieldOfItsOwn(t *testing.T) {
	moved := map[int]string{}
	for _, th := range probes.Thresholds {
		var s probes.Settings
		*th.Of(&s) = time.Nanosecond
		v := reflect.ValueOf(s)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				continue
			}
			if moved[i] != "" {
				t.Errorf("%s and %s set the same field", moved[i], th.Name)
			}
			moved[i] = th.Name
		}
		if th.Default <= 0 || th.Demo <= 0 || th.Help == "" {
			t.Errorf("%s has no default, no value for the demo or no help", th.Name)
		}
	}
	settings := reflect.TypeFor[probes.Settings]()
	for i := range settings.NumField() {
		if moved[i] == "" {
			t.Errorf("no threshold sets %s", settings.Field(i).Name)
		}
	}
	if d := probes.Defaults; d.StuckAfter != 15*time.Minute || d.TerminatingAfter != 10*time.Minute || d.StaleAfter != time.Minute || d.OrphanAfter != 168*time.Hour {
		t.Errorf("the defaults of the contract are not %+v", d)
	}
}
