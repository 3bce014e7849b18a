package preflight_test

import (
	"context"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight"
	"github.com/careen-tui/careen/internal/preflight/box"
	"github.com/careen-tui/careen/internal/preflight/source"
	"github.com/careen-tui/careen/probes/probetest"
	"github.com/careen-tui/careen/probes/scene"
)

// A chart that makes up a password each time is said to, and compared without it.
func TestAChartWithRandomPasswords(t *testing.T) {
	s, err := scene.Load("testdata/varying.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := &source.Chart{Ref: "web"}
	for name, data := range s.Plan.Files() {
		c.Files = append(c.Files, source.File{Name: name, Data: data})
	}
	chart, err := box.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer chart.Close()
	result, err := preflight.Run(t.Context(), preflight.Input{
		Snapshot: s.Snapshot, Conn: probetest.Connect(s), Release: "web", Namespace: "shop", Chart: chart, Values: s.Plan.Values,
		Driver: model.KindSecret, Settings: s.Settings, Now: s.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Changes) != 1 {
		t.Fatalf("%+v", result.Changes)
	}
	got := result.Changes[0]
	if !strings.Contains(got.Summary, "renders differently each time") || strings.Join(got.Lines, "\n") != "stringData.user: changed" {
		t.Errorf("%+v", got)
	}
}
