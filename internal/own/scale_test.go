package own

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// large is a cluster of 50,000 Deployments in one namespace.
func large() *model.Snapshot {
	names := make([]string, 50_000)
	for i := range names {
		names[i] = fmt.Sprintf("web-%05d", i)
	}
	return cluster(names, nil)
}

const wasteful = "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5].all(c, a + b + c > 0))) && false"

// TestARuleOverManyObjectsDoesNotStallTheEngine runs a rule that is cheap and one that
// wastes over 50,000 objects, beside a probe of careen's own.
func TestARuleOverManyObjectsDoesNotStallTheEngine(t *testing.T) {
	snap := large()
	other := &probes.Probe{
		ID: "other-one", Doc: "Another\nIt is.", Worst: finding.High, Needs: []model.Kind{model.KindDeployment},
		Run: func(p *probes.Pass) {
			p.Report(finding.Finding{Subject: model.Ref{Kind: model.KindDeployment, Namespace: "shop", Name: "web-00000"}, Severity: finding.High, Grade: finding.Proved, Summary: "It is."})
		},
	}
	cheap := mustCompile(t, rule("object.metadata.name == 'web-49999'"))
	heavy := mustCompile(t, rule(wasteful, func(r *Rule) { r.ID = piece("own-heavy") }))
	r := engine.Look(snap, []*probes.Probe{cheap, heavy, other}, probes.Defaults, start)
	got := map[finding.ProbeID]*finding.Finding{}
	for _, f := range r.Findings {
		if got[f.Probe] != nil {
			t.Errorf("more than one finding of %s", f.Probe)
		}
		got[f.Probe] = f
	}
	if f := got["own-rule"]; f == nil || f.Subject.Name != "web-49999" {
		t.Errorf("a rule that is cheap looks at the last of them: %+v", f)
	}
	if f := got["own-heavy"]; f == nil || f.Grade != finding.Unknown || !strings.Contains(f.Summary, "costs too much, and was stopped") {
		t.Errorf("a rule that wastes: %+v", f)
	}
	if got["other-one"] == nil {
		t.Error("the other probe was not run")
	}
}

// BenchmarkARuleOverManyObjects is what the two cost at each change of their namespace.
func BenchmarkARuleOverManyObjects(b *testing.B) {
	snap := large()
	for name, when := range map[string]string{"cheap": "object.metadata.name == 'web-49999'", "wasteful": wasteful} {
		p, err := Compile(rule(when))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				pass := &probes.Pass{Snapshot: snap, Space: snap.Space("shop"), Now: start, Report: func(finding.Finding) {}}
				p.Run(pass)
			}
		})
	}
}
