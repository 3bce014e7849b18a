//go:build e2e

package repair

import (
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/demo"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// TestEveryFixOfTheOtherProbes does what TestEveryFixOfTheIncidents does, for what
// the probes find besides.
func TestEveryFixOfTheOtherProbes(t *testing.T) {
	look := watchAll(t)
	for _, id := range []string{"shop", "attic", "operated", "archive"} {
		t.Run(id, func(t *testing.T) {
			b := planted(t, id)
			incident, _ := demo.Find(id)
			for _, want := range slices.Concat(incident.Findings, incident.Settled) {
				if strings.HasPrefix(want, "container-failing:") {
					continue // a symptom, after a minute
				}
				first := look.mendable(t, want)
				if first == nil {
					continue
				}
				for _, fix := range first.Fixes {
					if fix.Risk == probes.Destructive {
						continue
					}
					t.Run(string(first.ID())+"/"+fix.ID, func(t *testing.T) {
						b.t = t
						b.mendAndUndo(look, want, fix.ID, model.KindClaim)
					})
				}
			}
		})
	}
}

// mendable waits for a finding; nil where it has no fix of its own.
func (o *onlooker) mendable(t *testing.T, id string) *probes.Finding {
	t.Helper()
	var f *probes.Finding
	eventually(t, "finding "+id, func() bool {
		r := o.latest.Load()
		i := slices.IndexFunc(r.Findings, func(f *probes.Finding) bool { return demo.Matches(id, string(f.ID())) })
		if i >= 0 {
			f = r.Findings[i]
		}
		return f != nil
	})
	if len(f.Fixes) == 0 {
		return nil
	}
	return f
}
