package views

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/viewtest"
)

// TestThePanesAreTheContract holds the keys of the panes, with those of the other
// actions.
func TestThePanesAreTheContract(t *testing.T) {
	keys := keymap.Default()
	for key, want := range map[string]string{"1": "focus-findings", "2": "focus-releases", "3": "focus-secrets", "4": "focus-volumes", "5": "focus-graph"} {
		for _, place := range []keymap.Scope{keymap.InList, keymap.InDetail, keymap.InPage} {
			if got := keys.Resolve(place, key); got.String() != want {
				t.Errorf("%s is %q, want %q", key, got, want)
			}
		}
		if got := keys.Resolve(keymap.InPlan, key); got != keymap.None {
			t.Errorf("%s in a plan is %q", key, got)
		}
	}
	if c := keys.Conflicts(); len(c) > 0 {
		t.Errorf("the defaults conflict: %v", c)
	}
	if got, _ := keymap.Named("focus-graph"); got != Panes[len(Panes)-1].Focus || keymap.Actions()[0] != Panes[0].Focus {
		t.Error("an action of a pane is not found by its name, or does not come first in the help")
	}
}

// TestEveryPaneOfTheTableIsWhole opens each.
func TestEveryPaneOfTheTableIsWhole(t *testing.T) {
	seen := map[PaneID]bool{}
	for _, p := range Panes {
		if p.ID == "" || p.Title == "" || p.Doc == "" || p.Noun == "" || p.Key == "" || p.Focus == keymap.None || seen[p.ID] {
			t.Errorf("a row is not whole, or stands twice: %+v", p)
		}
		seen[p.ID] = true
		pane := p.Open(loadedEnv(t))
		pane.Load()
		if title, _ := pane.Title(); len(title) == 0 || title[0] != styled.T(styled.Strong, p.Title) {
			t.Errorf("%s has the title %v", p.ID, title)
		}
		if pane.Scope() != keymap.InList {
			t.Errorf("%s answers in another scope than the panes", p.ID)
		}
	}
}

func TestActionsOfPanesNeedNoPlaceInTheFooter(t *testing.T) {
	if !focuses(Panes[0].Focus) || focuses(keymap.Open) {
		t.Error("actions that focus a pane are not told from the others")
	}
}

// paneOf opens the pane of a type.
func paneOf[T Browser](env *Env) (pane T) {
	for _, p := range Panes {
		if b, ok := p.Open(env).(T); ok {
			return b
		}
	}
	panic("there is no such pane")
}

// TestWhatEveryNamespaceHasIsLeftOut keeps kube-root-ca.crt out of the pane, and out of the
// graph around what mounts it.
func TestWhatEveryNamespaceHasIsLeftOut(t *testing.T) {
	ca := model.Ref{Kind: model.KindConfigMap, Namespace: "ns", Name: "kube-root-ca.crt"}
	config := func(name string) *model.ConfigMap {
		return &model.ConfigMap{Meta: model.Meta{Kind: model.KindConfigMap, Namespace: "ns", Name: name}}
	}
	pod := &model.Pod{Template: &model.Template{}, Meta: model.Meta{
		Kind: model.KindPod, Namespace: "ns", Name: "web",
		Refs: []model.Reference{{To: ca, Type: model.EdgeMounts}, {To: config("settings").Ref(), Type: model.EdgeMounts}},
	}}
	space := model.NewSpace("ns", 1, map[model.Kind]model.Table{model.KindConfigMap: {config(ca.Name), config("settings")}, model.KindPod: {pod}})
	env := newEnv()
	env.Report = sampleReport(&model.Snapshot{Spaces: map[string]*model.Space{"ns": space}, Coverage: viewtest.Live()}, nil)
	p := paneOf[*Secrets](env)
	p.Load()
	p.Do(keymap.Toggle)
	if got := shown(p); strings.Contains(got, "kube-root-ca") || !strings.Contains(got, "ns/settings") {
		t.Error(got)
	}
	if title, _ := p.Title(); title.String() != "ConfigMaps 1" {
		t.Errorf("%q", title.String())
	}
	nodes, _ := env.graphTree(pod.Ref())
	var drawn []string
	for _, n := range nodes {
		drawn = append(drawn, n.Left.String())
	}
	if all := strings.Join(drawn, "; "); strings.Contains(all, "kube-root-ca") || !strings.Contains(all, "settings") {
		t.Error(all)
	}
	if nodes, _ := env.graphTree(ca); len(nodes) < 2 {
		t.Errorf("around itself it is drawn with what mounts it: %v", nodes)
	}
}
