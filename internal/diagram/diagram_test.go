package diagram

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/probes"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, "testdata/*")) }

func meta(kind model.Kind, name string, refs ...model.Reference) model.Meta {
	return model.Meta{Kind: kind, Namespace: "metrics", Name: name, UID: "uid-" + name, Refs: refs}
}

func to(typ model.EdgeType, kind model.Kind, name string) model.Reference {
	return model.Reference{Type: typ, To: model.Ref{Kind: kind, Namespace: "metrics", Name: name}, Path: "spec.x"}
}

// world is a Deployment with a ReplicaSet, a ConfigMap, an account that does not
// exist, and a name that tries to be markup.
func world(t *testing.T) *engine.Report {
	t.Helper()
	deploy := &model.Workload{Meta: meta(model.KindDeployment, "vminsert",
		to(model.EdgeEnvFrom, model.KindConfigMap, "env"), to(model.EdgeAccount, model.KindServiceAccount, "gone")), Ready: 1, Desired: 2}
	set := &model.Workload{Meta: meta(model.KindReplicaSet, "vminsert-1", to(model.EdgeEnvFrom, model.KindConfigMap, "env")), Ready: 1, Desired: 2}
	set.Owners = []model.Owner{{Kind: model.KindDeployment, Name: "vminsert", UID: "uid-vminsert", Controller: true}}
	other := &model.Workload{Meta: meta(model.KindDeployment, `evil"]; x["<b>`, to(model.EdgeEnvFrom, model.KindConfigMap, "env")), Desired: 1}
	tables := map[model.Kind]model.Table{
		model.KindDeployment: {other, deploy},
		model.KindReplicaSet: {set},
		model.KindConfigMap:  {&model.ConfigMap{Meta: meta(model.KindConfigMap, "env")}},
	}
	snap := &model.Snapshot{
		Spaces:   map[string]*model.Space{"metrics": model.NewSpace("metrics", 1, tables)},
		Coverage: model.Coverage{{Kind: model.KindServiceAccount, Resource: "serviceaccounts", State: model.Live}},
	}
	r := engine.Look(snap, nil, probes.Defaults, time.Now())
	r.Findings = []*finding.Finding{{Probe: probes.ServiceAccountMissing.ID, Subject: deploy.Ref(), Severity: finding.Critical, Grade: finding.Proved}}
	return r
}

func TestDrawings(t *testing.T) {
	r := world(t)
	centre := model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"}
	for name, d := range map[string]*Diagram{
		"around": Around(r, centre, 2, 100),
		"whole":  Whole(r, []string{"metrics"}, 100),
		"cut":    Around(r, centre, 2, 2),
	} {
		for _, format := range Formats.Names() {
			var b bytes.Buffer
			if err := Formats.Write(&b, format, d, report.Options{}); err != nil {
				t.Fatal(err)
			}
			golden.Equal(t, filepath.Join("testdata", name+"."+format), b.String())
		}
	}
	if err := Formats.Write(&bytes.Buffer{}, "png", &Diagram{}, report.Options{}); err == nil || !strings.Contains(err.Error(), "tree, dot, mermaid, json") {
		t.Error(err)
	}
}

func TestNamesCannotBecomeMarkup(t *testing.T) {
	d := Whole(world(t), []string{"metrics"}, 100)
	var dot, mermaid, ascii, raw bytes.Buffer
	for format, b := range map[string]*bytes.Buffer{"dot": &dot, "mermaid": &mermaid, "tree": &ascii, "json": &raw} {
		if err := Formats.Write(b, format, d, report.Options{ASCII: true}); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(dot.String()) {
		bare := regexp.MustCompile(`\\.`).ReplaceAllString(line, "")
		if strings.Count(bare, `"`)%2 != 0 || strings.Count(bare, `"`) > 2 && !strings.Contains(bare, "fontname") {
			t.Errorf("a label ends early: %s", line)
		}
	}
	for line := range strings.Lines(mermaid.String()) {
		if strings.Contains(line, `["`) && (strings.Count(line, `"`) != 2 || strings.Contains(line, "<b>")) {
			t.Errorf("a label ends early: %s", line)
		}
	}
	for _, r := range ascii.String() {
		if r > 0x7e {
			t.Errorf("%q in an ASCII tree", r)
		}
	}
	var back Diagram
	if err := json.Unmarshal(raw.Bytes(), &back); err != nil || len(back.Nodes) != len(d.Nodes) || len(back.Edges) != len(d.Edges) {
		t.Errorf("%v: %d nodes, %d edges", err, len(back.Nodes), len(back.Edges))
	}
}

func TestFind(t *testing.T) {
	snap := world(t).Snapshot
	for text, want := range map[string]string{
		"deployment/vminsert":   "Deployment metrics/vminsert",
		"Deploy/vminsert":       "Deployment metrics/vminsert",
		"deployments/vminsert":  "Deployment metrics/vminsert",
		"cm/env":                "ConfigMap metrics/env",
		"configmap/none":        "no ConfigMap none",
		"rocket/x":              "is not a kind",
		"deploymnt/x":           `did you mean "deployment"?`,
		"deployment/vminsrt":    `there is no Deployment vminsrt in what was read; did you mean "vminsert"?`,
		"deployment":            "not of the form KIND/NAME",
		"/x":                    "not of the form KIND/NAME",
		"release/x":             "no Release x",
		"serviceaccount/gone":   "no ServiceAccount gone",
		"replicaset/vminsert-1": "ReplicaSet metrics/vminsert-1",
	} {
		ref, err := Find(snap, text)
		if got := ref.String(); err != nil && !strings.Contains(err.Error(), want) || err == nil && got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	snap.Spaces["two"] = model.NewSpace("two", 1, map[model.Kind]model.Table{model.KindConfigMap: {&model.ConfigMap{Meta: model.Meta{Kind: model.KindConfigMap, Namespace: "two", Name: "env"}}}})
	if _, err := Find(snap, "cm/env"); err == nil || !strings.Contains(err.Error(), "metrics, two") {
		t.Error(err)
	}
}
