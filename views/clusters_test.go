package views

import (
	"context"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
)

// manyClusters is the page of a few clusters in every state.
func manyClusters(env *Env) *Clusters {
	p := NewClusters(env, func(context.Context, bool, func(Fleet)) {})
	second := "分析"
	if env.Theme.ASCII {
		second = "analytics" // names are drawn as they are
	}
	p.Set(Fleet{
		Clusters: []ClusterLook{
			{Context: "prod-eu", Also: []string{"eu"}, Version: "v1.36.3", At: viewtest.Now, Reads: 40, Complete: 40, Reading: true, By: map[finding.Severity]int{finding.Medium: 12}},
			{Context: second, Version: "v1.35.0", At: viewtest.Now, Reads: 40, Complete: 31, Down: 3, By: map[finding.Severity]int{finding.Critical: 2}, Unknown: 9},
			{Context: "lost", At: viewtest.Now, Why: "the cluster cannot be reached: connection refused"},
			{Context: "next", Reading: true},
			{Context: "last"},
		},
		Causes: []SharedCause{{
			ID: "release-stuck:shop/Release/shop", Probe: probes.ReleaseStuck.ID, Severity: finding.Critical, Subject: "Release shop/shop",
			Summary: "Revision 1 has been pending-install for 22m.", Clusters: []string{second, "prod-eu"},
		}},
	})
	return p
}

func TestClustersAreSortedByImpact(t *testing.T) {
	env := loadedEnv(t)
	p := manyClusters(env)
	var order []string
	for _, c := range p.fleet.Clusters {
		order = append(order, c.Context)
	}
	if got := strings.Join(order, " "); got != "lost 分析 prod-eu last next" {
		t.Errorf("the order is %s", got)
	}
	if r := p.Do(keymap.Open); r != (Switch{"lost"}) {
		t.Errorf("enter asks for %v", r)
	}
	p.Filter("prod")
	if r := p.Do(keymap.Open); r != (Close{}) { // it is the one that is entered
		t.Errorf("enter asks for %v", r)
	}
	p.Filter("")
	p.Do(keymap.NextPart)
	if r := p.Do(keymap.Open); r != (Switch{"分析"}) {
		t.Errorf("enter on a finding asks for %v", r)
	}
	p.Set(Fleet{Clusters: []ClusterLook{{Context: "a"}}})
	if text := strings.Join(p.Draw(80, 5, true), "\n"); !strings.Contains(text, "Nothing was found yet; 1 cluster still to be read.") {
		t.Errorf("it says\n%s", text)
	}
}
