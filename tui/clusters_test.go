package tui

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/viewtest"
	"github.com/careen-tui/careen/views/widget"
)

// many are clusters of a test.
type many struct {
	looked []bool // what was asked to be read again
	shown  views.Fleet
}

func (m *many) Len() int { return len(m.shown.Clusters) }

func (m *many) Look(_ context.Context, again bool, show func(views.Fleet)) {
	m.looked = append(m.looked, again)
	show(m.shown)
}

func (m *many) Follow(ctx context.Context, again bool, show func(views.Fleet)) {
	m.Look(ctx, again, show)
}

func sampleFleet() views.Fleet {
	at := viewtest.Now.Add(-1)
	return views.Fleet{
		Clusters: []views.ClusterLook{
			{Context: "a-prod", Version: "v1.36.3", At: at, Reads: 43, Complete: 43, By: map[finding.Severity]int{finding.Low: 2}},
			{Context: "edge", At: at, Why: "the cluster cannot be reached: GET https://edge.example:6443/version: connection refused"},
			{Context: "prod", Version: "v1.35.1", At: at, Reads: 43, Complete: 41, Down: 2, By: map[finding.Severity]int{finding.Critical: 1, finding.High: 3}, Unknown: 4},
			{Context: "prod-eu", Stage: views.Reading},
			{Context: "stage"},
		},
		Causes: []views.SharedCause{
			{ID: "release-stuck:*/Release/shop", Probe: probes.ReleaseStuck.ID, Severity: finding.Critical, Subject: "Release shop", Summary: "It is stuck.", Clusters: []string{"prod", "a-prod"}},
			{ID: "node-unwell:/Node/*", Probe: probes.NodeUnwell.ID, Severity: finding.High, Unknown: true, Subject: "Node *", Summary: "Unknown.", Clusters: []string{"prod"}},
		},
	}
}

// withClusters starts on many clusters, none of which is entered.
func withClusters(t *testing.T, w, h int) (*shell, *kubeconfig, *many) {
	k, c := &kubeconfig{names: []string{"a-prod", "edge", "prod", "prod-eu", "stage"}}, &many{shown: sampleFleet()}
	o := Options{Contexts: k, Clusters: c}
	m := newModel(t.Context(), o, terminal{colours: widget.NoColours})
	m.env.Now, m.env.Zone = func() time.Time { return viewtest.Now }, time.UTC
	s := &shell{m, t}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.pump(s.Init())
	s.send(nil)
	return s, k, c
}

func TestManyClustersSideBySide(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s, _, _ := withClusters(t, size[0], size[1])
		name := "clusters-80x24.golden"
		if size[0] == 120 {
			name = "clusters-120x40.golden"
		}
		golden.Equal(t, filepath.Join("testdata", name), s.screen()+"\n")
	}
	s, _, _ := withClusters(t, 120, 40)
	s.do("right").sees("release-stuck", "2: prod, a-prod", "? UNKN")
	golden.Equal(t, filepath.Join("testdata", "clusters-shared.golden"), s.screen()+"\n")
}

func TestOneOfManyClustersIsEnteredAndLeft(t *testing.T) {
	s, k, c := withClusters(t, 120, 40)
	s.sees("careen 5 clusters", "Clusters 5")
	s.press("esc").sees("back: no cluster was entered yet", "Clusters 5")
	s.press("1").sees("enter a cluster first", "Clusters 5")
	s.do("down", "enter").sees("this is prod", "careen prod all namespaces")
	if strings.Join(k.opened, " ") != "prod" || s.onClusters() || s.env.Clusters != 0 {
		t.Fatalf("opened %v", k.opened)
	}
	s.send(fedMsg{s.opts.Feed, reportMsg{sampleReport()}})
	s.sees("8 of 11")
	s.do("[").sees("Clusters 5", "go back in")
	if len(k.ended) != 0 {
		t.Errorf("ended %v", k.ended)
	}
	s.press("esc").sees("8 of 11")
	s.do("K", "enter").sees("8 of 11") // the one that is entered is still selected
	s.do("K", "end", "enter").sees("this is stage")
	if strings.Join(k.opened, " ") != "prod stage" || strings.Join(k.ended, " ") != "prod" {
		t.Errorf("opened %v, ended %v", k.opened, k.ended)
	}
	if len(c.looked) != 4 || c.looked[3] {
		t.Errorf("looked %v", c.looked)
	}
	s.do("[", "r")
	if n := len(c.looked); n != 6 || !c.looked[5] {
		t.Errorf("looked %v", c.looked)
	}
}

func TestAClusterThatCannotBeEnteredLeavesTheList(t *testing.T) {
	s, k, _ := withClusters(t, 120, 40)
	k.gone = "edge"
	s.do("home", "enter").sees(`context "edge" does not exist`, "Clusters 5")
	s.press(":").sees("clusters")
	s.press("esc").sees("Clusters 5")
	s.press("?").sees("Keys in this page")
}

func TestWithoutContextsThereIsNoListOfClusters(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("K").sees("clusters: this session is of one cluster")
	s.press("[").sees("there is no place before this one")
}

func TestManyClustersInLines(t *testing.T) {
	k, c := &kubeconfig{names: []string{"a-prod"}}, &many{shown: sampleFleet()}
	in, err := os.CreateTemp(t.TempDir(), "in")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.WriteString("a\n9\n\n2\nb\nq\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := RunPlain(t.Context(), Options{Contexts: k, Clusters: c, Input: in, Output: &out}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1. edge: the cluster cannot be reached", "2. prod, v1.35.1: 2 workloads down, 1 critical, 3 high, 4 unknown, 41 of 43 reads complete", "3. a-prod, v1.36.3: 2 low",
		"4. prod-eu: not read yet", "critical, release-stuck, Release shop, in prod and a-prod: It is stuck.", `"9" is not one of the choices.`, "Looking at prod.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	if strings.Join(k.opened, " ") != "prod" || strings.Join(k.ended, " ") != "prod" {
		t.Errorf("opened %v, ended %v", k.opened, k.ended)
	}
	if len(c.looked) < 3 || !c.looked[3] {
		t.Errorf("looked %v", c.looked)
	}
}
