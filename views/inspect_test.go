package views

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/widget"
)

// everyInspection makes each page of what is read on being asked, with content.
func everyInspection(env *Env, f *inspector) map[string]Pane {
	ref := func(kind model.Kind, ns, name string) model.Ref {
		return model.Ref{Kind: kind, Namespace: ns, Name: name}
	}
	credentials := ref(model.KindSecret, "shop", "worker-credentials")
	waiting := NewYAML(env, vminsert)
	waiting.(Starter).Start()
	gone := open(NewYAML(env, vminsert)).(*yamlPage)
	gone.ref.Name = "was-deleted"
	gone.seen = true
	gone.fail(inspect.ErrGone)
	log, _ := NewLog(env, ref(model.KindPod, "metrics", "vmstorage-0"))
	changes := NewTimeline(env, Subject{Finding: "member-list-stale:metrics/ConfigMap/vm-vmstorage-env#VMSTORAGE_ADDR", Ref: ref(model.KindConfigMap, "metrics", "vm-vmstorage-env")})
	shown := NewReveal(env, credentials).(*revealPage)
	do(shown.ask("password"))
	panes := map[string]Pane{
		"yaml": open(NewYAML(env, vminsert)), "yaml-waiting": waiting, "yaml-gone": gone, "events": open(NewEvents(env, vminsert)), "log": open(log),
		"timeline": open(changes), "reveal": NewReveal(env, credentials), "reveal-shown": shown,
		"compare":     open(NewCompare(env, credentials, ref(model.KindSecret, "keep", "worker-credentials"))),
		"counterpart": NewCounterpart(env, credentials),
	}
	for part := range parts {
		p := open(newHistory(env, vaultRelease)).(*historyPage)
		for p.part != part {
			do(p.Do(keymap.NextPart))
		}
		panes["release-"+strings.ToLower(partNames[part])] = p
	}
	for _, p := range panes {
		p.Load()
	}
	return panes
}

func TestInspectionsLookAsTheyDid(t *testing.T) {
	for name, p := range everyInspection(inspected(t)) {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, s := range sizes {
				b.WriteString(drawn(p, s[0], s[1]) + "\n")
			}
			golden.Equal(t, filepath.Join("testdata", "inspect-"+name+".golden"), b.String())
		})
	}
}

func TestAnyInspectionAtAnySizeIsExact(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		env, f := inspected(t)
		env.Theme = widget.NewTheme(widget.Look{Colours: widget.Many, ASCII: ascii})
		for name, p := range everyInspection(env, f) {
			for w := 0; w < 210; w = w*5/4 + 1 {
				for h := 0; h < 110; h = h*3/2 + 1 {
					p.Do([]keymap.Action{keymap.Down, keymap.Up, keymap.PageDown, keymap.Bottom, keymap.Top}[(w+h)%5])
					lines := p.Draw(w, h, h%2 == 0)
					if len(lines) != h {
						t.Fatalf("%s at %dx%d: %d lines", name, w, h, len(lines))
					}
					for i, l := range lines {
						if got := ansi.StringWidth(l); got != w {
							t.Fatalf("%s at %dx%d: line %d has %d cells: %q", name, w, h, i, got, l)
						}
					}
				}
			}
		}
	}
}

func TestInspectionsInASCIIAreASCII(t *testing.T) {
	env, f := inspected(t)
	env.Theme = widget.NewTheme(widget.Look{ASCII: true})
	for name, p := range everyInspection(env, f) {
		for _, l := range p.Draw(120, 40, true) {
			for _, r := range ansi.Strip(l) {
				if r > 0x7e && !strings.ContainsRune("数据平台分析凭证密码团队", r) {
					t.Fatalf("%s draws %q: %s", name, r, l)
				}
			}
		}
	}
}

func seen(p Pane) string {
	return strings.Join(strings.Fields(ansi.Strip(strings.Join(p.Draw(100, 40, true), "\n"))), " ")
}

func TestWhatHappenedSinceIsSaid(t *testing.T) {
	env, f := inspected(t)
	p := open(NewYAML(env, vminsert))
	if s := seen(p); strings.Contains(s, "since this was read") || strings.Contains(s, "deleted") {
		t.Error(s)
	}
	row, _ := model.Get[*model.Workload](env.Report.Snapshot, vminsert)
	row.ResourceVersion = "48214"
	if s := seen(p); !strings.Contains(s, "It has changed since this was read.") {
		t.Error(s)
	}
	row.UID = "another"
	if s := seen(p); !strings.Contains(s, "It was deleted and created again since this was read.") {
		t.Error(s)
	}
	delete(env.Report.Snapshot.Spaces["metrics"].Tables, model.KindDeployment)
	if s := seen(p); !strings.Contains(s, "Deployment metrics/vminsert was deleted while this was open. What follows is as it was read; esc goes back.") || !strings.Contains(s, "apiVersion") {
		t.Error(s)
	}
	f.err = errors.New("reading it: forbidden")
	do(p.Do(keymap.Reload))
	if s := seen(p); !strings.Contains(s, "Cannot read the YAML: reading it: forbidden.") || !strings.Contains(s, "apiVersion") {
		t.Error(s)
	}
	never := model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "never"}
	f.err = inspect.ErrGone
	if s := seen(open(NewEvents(env, never))); !strings.Contains(s, "Deployment metrics/never does not exist; esc goes back.") {
		t.Error(s)
	}
}

// TestTheStatesOfAPage holds what a page says while it loads, when that fails, when it
// is stale, when it is empty, and when it is shown.
func TestTheStatesOfAPage(t *testing.T) {
	env, f := inspected(t)
	p := NewYAML(env, vminsert)
	request := p.(Starter).Start()
	if s := seen(p); s != "Reading the YAML ..." {
		t.Errorf("loading: %s", s)
	}
	f.err = errors.New("forbidden to oncall (get deployments)")
	do(request)
	if s := seen(p); s != "Cannot read the YAML: forbidden to oncall (get deployments)." {
		t.Errorf("failed: %s", s)
	}
	f.err = nil
	do(p.Do(keymap.Reload))
	if s := seen(p); !strings.HasPrefix(s, "2 values masked apiVersion: apps/v1") {
		t.Errorf("shown: %s", s)
	}
	p.Do(keymap.Reload)
	if s := seen(p); !strings.HasPrefix(s, "Reading the YAML again ...") || !strings.Contains(s, "apiVersion") {
		t.Errorf("stale: %s", s)
	}
	p.(*yamlPage).set(&inspect.Document{}, nil)
	p.(*yamlPage).then()
	if s := seen(p); s != "The server returned nothing." {
		t.Errorf("empty: %s", s)
	}
}

func TestSearchingText(t *testing.T) {
	env, _ := inspected(t)
	p := open(NewYAML(env, vminsert)).(*yamlPage)
	p.Filter("PASSWORD")
	p.Do(keymap.OnlyMatches)
	if s := seen(p); !strings.Contains(s, "DB_PASSWORD") || strings.Contains(s, "apiVersion") {
		t.Error(s)
	}
	p.Filter("nothing of the kind")
	if s := seen(p); !strings.Contains(s, "No line contains nothing of the kind.") {
		t.Error(s)
	}
	if p.Do(keymap.Back) != nil || p.Filtered() != "" {
		t.Error("back does not clear the filter first")
	}
	if _, ok := p.Do(keymap.Back).(Close); !ok {
		t.Error("back does not close")
	}
}

func TestTheTimelineNamesTheSuspect(t *testing.T) {
	p := everyInspection(inspected(t))["timeline"]
	if s := seen(p); !strings.Contains(s, "Suspect: Deployment vminsert: spec.replicas 2 -> 3, by kubectl (scale), 6 s before the onset") || strings.Count(s, "the suspect") != 1 {
		t.Error(s)
	}
}
