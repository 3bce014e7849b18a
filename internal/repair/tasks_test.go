package repair

import (
	"fmt"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const webManifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: w1, resourceVersion: "1"}
spec: {replicas: 3, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: x}]}}}
`

func taskReport() *engine.Report {
	meta := func(kind model.Kind, name string) model.Meta {
		return model.Meta{Kind: kind, Namespace: "shop", Name: name}
	}
	owned := meta(model.KindPod, "web-x")
	owned.Owners = []model.Owner{{Kind: model.KindReplicaSet, Name: "web-1", Controller: true}}
	return &engine.Report{Snapshot: &model.Snapshot{Spaces: map[string]*model.Space{
		"shop": model.NewSpace("shop", 1, map[model.Kind]model.Table{
			model.KindDeployment:  {&model.Workload{Meta: meta(model.KindDeployment, "web"), Desired: 3}},
			model.KindStatefulSet: {&model.Workload{Meta: meta(model.KindStatefulSet, "db"), Desired: 1}},
			model.KindCronJob:     {&model.Workload{Meta: meta(model.KindCronJob, "nightly"), Paused: true}},
			model.KindPod:         {&model.Pod{Template: &model.Template{}, Meta: meta(model.KindPod, "bare")}, &model.Pod{Template: &model.Template{}, Meta: owned}},
			model.KindSecret:      {&model.Secret{Meta: meta(model.KindSecret, "s")}},
		}),
		"": model.NewSpace("", 1, map[model.Kind]model.Table{model.KindNode: {&model.Node{Meta: model.Meta{Kind: model.KindNode, Name: "n1"}}}}),
	}}}
}

func TestWhatCanBeAskedForAnObject(t *testing.T) {
	report := taskReport()
	for name, want := range map[string]string{
		"Deployment web": "restart scale pause", "StatefulSet db": "restart scale", "CronJob nightly": "resume",
		"Pod bare": "", "Pod web-x": "replace", "Secret s": "", "Deployment gone": "", "Node n1": "cordon",
	} {
		kind, object, _ := strings.Cut(name, " ")
		ref := model.Ref{Kind: model.Kind(kind), Namespace: "shop", Name: object}
		if kind == "Node" {
			ref.Namespace = ""
		}
		var got []string
		for _, task := range Tasks(report, ref) {
			got = append(got, task.ID)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %q, not %q", name, s, want)
		}
	}
	if Tasks(nil, model.Ref{}) != nil {
		t.Error("something can be asked before anything is read")
	}
}

// TestATaskIsPlannedAsAFixIs plans each task, and goes through what it would write.
func TestATaskIsPlannedAsAFixIs(t *testing.T) {
	m := unit(t, webManifest)
	m.readOnly = true
	web := model.Ref{Kind: model.KindDeployment, Namespace: "shop", Name: "web"}
	report := taskReport()
	plan := func(id, typed string) (*Plan, error) {
		for _, task := range Tasks(report, web) {
			if task.ID == id {
				return m.PlanTask(t.Context(), report, web, task, typed)
			}
		}
		return nil, fmt.Errorf("no task %s", id)
	}
	for id, want := range map[string]string{
		"restart": "spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt", "scale": "spec.replicas", "pause": "spec.paused",
	} {
		p, err := plan(id, "5")
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		var wrote []string
		for _, w := range p.Writes {
			for _, c := range w.changes() {
				wrote = append(wrote, strings.Join(c.path, "."))
			}
		}
		if got := strings.Join(wrote, " "); !strings.HasPrefix(got, want) && !strings.HasPrefix(want, got) || len(p.Proof.Checks) == 0 || p.Risk != finding.Disruptive || len(p.Undo) == 0 {
			t.Errorf("%s writes %q, risk %s, undo %q, proof %v", id, got, p.Risk, p.Undo, p.Proof.Checks)
		}
	}
	for typed, want := range map[string]string{"": "not a number", "-1": "not a number", "many": "not a number", "3": "already", "1000000": "more than", "99999999999": "not a number"} {
		if _, err := plan("scale", typed); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("replicas %q: %v", typed, err)
		}
	}
}

// TestAScaleThatDeletesDataIsRefused: what a retention policy deletes no undo brings back.
func TestAScaleThatDeletesDataIsRefused(t *testing.T) {
	db := model.Ref{Kind: model.KindStatefulSet, Namespace: "shop", Name: "db"}
	for policy, refused := range map[string]bool{"Delete": true, "Retain": false} {
		m := unit(t, `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop, uid: d1, resourceVersion: "1"}
spec: {serviceName: db, selector: {matchLabels: {app: db}}, persistentVolumeClaimRetentionPolicy: {whenScaled: `+policy+`}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: x}]}}}
`)
		m.readOnly = true
		for typed, down := range map[string]bool{"0": true, "3": false} {
			_, err := m.PlanTask(t.Context(), taskReport(), db, scaleTask(&model.Workload{Meta: model.Meta{Kind: db.Kind, Namespace: db.Namespace, Name: db.Name}, Desired: 1}), typed)
			if got := err != nil && strings.Contains(err.Error(), "whenScaled is Delete"); got != (refused && down) {
				t.Errorf("%s, to %s: %v", policy, typed, err)
			}
		}
	}
}
