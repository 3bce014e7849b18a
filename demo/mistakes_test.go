package demo

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/probes"
)

// Each mistake changes the application, says so in a line, and names a probe that there is.
func TestMistakesAreWellFormed(t *testing.T) {
	all, err := Mistakes()
	if err != nil || len(all) < 25 {
		t.Fatalf("%d mistakes: %v", len(all), err)
	}
	seen := map[string]bool{Unharmed: true}
	for _, m := range all {
		if seen[m.ID] || m.Title == "" || len(m.Finds) == 0 {
			t.Errorf("%s: twice, or without a title or a finding", m.ID)
		}
		seen[m.ID] = true
		for _, want := range m.Finds {
			probe, subject, _ := strings.Cut(want, ":")
			if probes.Find(finding.ProbeID(probe)) == nil {
				t.Errorf("%s: there is no probe %s", m.ID, probe)
			}
			if !strings.HasPrefix(subject, m.ID+"/") && !strings.HasPrefix(subject, "/") {
				t.Errorf("%s: %s is not in its namespace", m.ID, want)
			}
		}
		if len(m.Patches)+len(m.Before)+len(m.After) == 0 {
			t.Errorf("%s changes nothing", m.ID)
		}
		objects, err := m.application()
		if err != nil {
			t.Errorf("%s: %v", m.ID, err)
		}
		for _, patch := range m.Patches {
			there := false
			for _, o := range objects {
				there = there || patch.Object == o.GetKind()+"/"+o.GetName()
			}
			if there == patch.Drop {
				t.Errorf("%s: %s is not patched", m.ID, patch.Object)
			}
		}
	}
}
