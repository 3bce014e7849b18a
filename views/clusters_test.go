package views

import (
	"context"
	"strings"
	"testing"
	"time"

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
			{Context: "prod-eu", Also: []string{"eu"}, Version: "v1.36.3", At: viewtest.Now, Reads: 40, Complete: 40, Stage: Reading, By: map[finding.Severity]int{finding.Medium: 12}},
			{Context: second, Version: "v1.35.0", At: viewtest.Now, Reads: 40, Complete: 31, Forbidden: 9, Down: 3, By: map[finding.Severity]int{finding.Critical: 2}, Unknown: 9},
			{Context: "lost", At: viewtest.Now, Why: "the cluster cannot be reached: connection refused"},
			{Context: "gone", Version: "v1.36.3", At: viewtest.Now.Add(-time.Hour), Live: true, Stale: viewtest.Now.Add(-12 * time.Minute), StaleWhy: "connection refused", Reads: 40, Complete: 0, Broken: 40, By: map[finding.Severity]int{finding.Low: 1}},
			{Context: "live", Version: "v1.36.3", At: viewtest.Now.Add(-time.Hour), Live: true, Reads: 40, Complete: 40, By: map[finding.Severity]int{finding.High: 1}},
			{Context: "ours", Version: "v1.36.3", At: viewtest.Now, Live: true, Reads: 40, Complete: 37, Forbidden: 2, Broken: 1, By: map[finding.Severity]int{finding.High: 1}},
			{Context: "shut", Version: "v1.36.3", At: viewtest.Now, Live: true, Reads: 40, Forbidden: 40, Unknown: 40},
			{Context: "next", Stage: Reading},
			{Context: "hang", Stage: Connecting},
			{Context: "then", Stage: Waiting},
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
	if got := strings.Join(order, " "); got != "lost gone 分析 live ours prod-eu hang last next shut then" {
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
