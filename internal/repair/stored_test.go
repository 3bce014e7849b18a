package repair

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/future"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

const shopService = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop, uid: u-svc, resourceVersion: "21"}
spec: {selector: {app: wbe}, ports: [{port: 80}]}
`

// unselecting is a probe that wants the Service web to select app=web.
var unselecting = &probes.Probe{ID: "made-up", Worst: finding.High, Needs: []model.Kind{model.KindService}, Run: func(p *probes.Pass) {
	svc, ok := p.Snapshot.Row(ref(model.KindService, "web")).(*model.Service)
	if !ok || svc.Selector["app"] == "web" {
		return
	}
	p.Report(finding.Finding{
		Subject: svc.Ref(), Severity: finding.High, Grade: finding.Proved, Summary: "it selects no pod",
		Fixes: []finding.Fix{{ID: "select", Title: "Select them", Steps: []finding.Step{{
			Ref: svc.Ref(), Verb: "patch", Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"spec", "selector", "app"}, Value: "web"}}},
		}}}},
	})
}}

// A plan is tried with what the server would store: an admission that puts the old value
// back, or that writes something else, is told before anything is applied.
func TestAPlanIsTriedWithWhatTheServerWouldStore(t *testing.T) {
	for name, v := range map[string]struct {
		stored string // what admission makes of the value; empty for what was sent
		want   string
	}{
		"as it was sent":        {"", ""},
		"put back by admission": {"wbe", "Tried with what the server would store: what is wrong would still be so afterwards."},
	} {
		t.Run(name, func(t *testing.T) {
			m := unit(t, shopService)
			if v.stored != "" {
				m.objects.(*dynamicfake.FakeDynamicClient).PrependReactor("patch", "services", func(clienttesting.Action) (bool, runtime.Object, error) {
					u, err := parseManifest([]byte(shopService))
					if err == nil {
						err = unstructured.SetNestedField(u.Object, v.stored, "spec", "selector", "app")
					}
					return true, u, err
				})
			}
			u, err := parseManifest([]byte(shopService))
			if err != nil {
				t.Fatal(err)
			}
			rows := future.Rows([]*unstructured.Unstructured{u})
			snap := &model.Snapshot{Spaces: map[string]*model.Space{"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{model.KindService: rows})}}
			snap.Coverage = model.Coverage{{Kind: model.KindService, Resource: "services", State: model.Live}}
			report := engine.Look(snap, []*probes.Probe{unselecting}, probes.Settings{}, moment)
			if len(report.Findings) != 1 || len(report.Findings[0].Fixes) != 1 {
				t.Fatalf("%+v", report.Findings)
			}
			p, err := m.Plan(t.Context(), report, report.Findings[0], "", Inputs{})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(p.Blocked(), " "); got != v.want {
				t.Errorf("blocked: %q, want %q", got, v.want)
			}
		})
	}
}
