package views

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/inspect"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/timeline"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/views/viewtest"
	"github.com/careen-tui/careen/views/widget"
)

const hiddenValue = "S3ntin3l-Zq81"

func sampleDocument(ref model.Ref) *inspect.Document {
	d := &inspect.Document{Ref: ref, UID: "uid-" + ref.Name, ResourceVersion: "48213", Read: viewtest.Now, Masked: 2}
	for _, l := range []string{
		"apiVersion: apps/v1", "kind: Deployment", "metadata:", "  annotations:", "    团队: 数据平台", "  name: " + ref.Name, "spec:", "  template:", "    spec:",
		"      containers:", "      - image: registry.example/" + strings.Repeat("very-long-", 20) + "name:1.4.0", "        env:", "        - name: DB_PASSWORD",
		"          value: (masked)", "        command: ['sh', '-c', 'echo: yes']",
	} {
		d.Lines = append(d.Lines, inspect.Line{Text: l})
	}
	return d
}

// everyInspection makes each page of what is read on being asked, with content.
func everyInspection(env *Env) map[string]Pane {
	ref := func(kind model.Kind, ns, name string) model.Ref {
		return model.Ref{Kind: kind, Namespace: ns, Name: name}
	}
	ago := func(d time.Duration) time.Time { return viewtest.Now.Add(-d) }
	deploy := ref(model.KindDeployment, "metrics", "vminsert")

	yaml := NewYAML(env, deploy)
	yaml.SetDocument(sampleDocument(deploy))
	waiting := NewYAML(env, deploy)
	gone := NewYAML(env, ref(model.KindDeployment, "metrics", "was-deleted"))
	gone.SetDocument(sampleDocument(gone.Ref()))
	gone.Fail(inspect.ErrGone)

	events := NewEvents(env, deploy)
	events.Set(&inspect.Events{List: []inspect.Event{
		{Warning: true, Reason: "BackOff", Message: "Back-off restarting failed container 数据 in pod " + strings.Repeat("long-", 20), Count: 41, First: ago(time.Hour), Last: ago(time.Minute), Source: "kubelet", Field: "spec.containers{app}"},
		{Reason: "Scheduled", Message: "Successfully assigned", Count: 1, First: ago(2 * time.Hour), Last: ago(2 * time.Hour), Source: "default-scheduler"},
	}, Left: true})

	log, _ := NewLog(env, ref(model.KindPod, "metrics", "vmstorage-0"))
	if log == nil {
		panic("no log")
	}
	log.Begin()
	log.Add([]string{"starting", "数据平台 connected", "password=**** " + strings.Repeat("x", 300), "listening"})
	log.End(nil)

	changes := NewTimeline(env, Subject{Finding: "member-list-stale:metrics/ConfigMap/vm-vmstorage-env#VMSTORAGE_ADDR", Ref: ref(model.KindConfigMap, "metrics", "vm-vmstorage-env")},
		func() []timeline.Entry {
			return []timeline.Entry{{At: ago(62*time.Minute + 6*time.Second), Ref: deploy, What: "spec.replicas 2 -> 3", By: "kubectl (scale)", Source: timeline.Seen, Change: true}}
		}, false)

	reveal := NewReveal(env, ref(model.KindSecret, "shop", "worker-credentials"))
	shown := NewReveal(env, ref(model.KindSecret, "shop", "worker-credentials"))
	shown.Ask("password")
	shown.Set(inspect.NewValue([]byte("not-a-real-one\n数据\n")))

	compare := NewCompare(env, ref(model.KindSecret, "shop", "worker-credentials"), ref(model.KindSecret, "keep", "worker-credentials"))
	compare.Set(inspect.Compare(compare.Ref(), compare.Other(),
		map[string][]byte{"a": []byte("1"), "密码": []byte("2"), "pw": []byte("x")}, map[string][]byte{"a": []byte("1"), "密码": []byte("3"), "pw": []byte("x\n"), "new": nil}))

	panes := map[string]Pane{
		"yaml": yaml, "yaml-waiting": waiting, "yaml-gone": gone, "events": events, "log": log, "timeline": changes, "reveal": reveal, "reveal-shown": shown,
		"compare": compare, "counterpart": NewCounterpart(env, ref(model.KindSecret, "shop", "worker-credentials")),
	}
	for part := range parts {
		p := sampleHistory(env)
		for p.part != part {
			p.Turn(keymap.NextPart)
			p.Needs()
		}
		fill(p)
		panes["release-"+strings.ToLower(partNames[part])] = p
	}
	for _, p := range panes {
		p.Load()
	}
	return panes
}

func sampleHistory(env *Env) *History {
	ref := model.Ref{Kind: model.KindRelease, Namespace: "vault", Name: "common-vault"}
	account := model.Ref{Kind: model.KindServiceAccount, Namespace: "vault", Name: "vault-svc"}
	p := NewHistory(env, ref, "")
	p.SetHistory(&inspect.History{Release: ref, Revisions: []inspect.Revision{
		{
			Number: 3, Label: "deployed", Status: "deployed", Description: "Upgrade complete", Chart: "vault", Version: "5.1.0", App: "1.18", Updated: viewtest.Now.Add(-4 * time.Minute), Read: true,
			Hooks: []model.Hook{{Ref: model.Ref{Kind: model.KindJob, Namespace: "vault", Name: "migrate-数据"}, Events: []string{"pre-upgrade"}, Phase: "Failed", Started: viewtest.Now.Add(-5 * time.Minute), Done: viewtest.Now.Add(-4 * time.Minute)}},
			Notes: []string{"Thank you for installing 数据平台.", "", "  kubectl -n vault get pods"}, Objects: []model.Declared{{Ref: account}},
			Values: []inspect.Setting{{Path: "image.tag", Text: inspect.Hidden}, {Path: "ui.enabled", Text: "true"}},
		},
		{Number: 2, Label: "superseded", Status: "deployed", Description: "Upgrade complete", Chart: "vault", Version: "5.0.0", Updated: viewtest.Now.Add(-90 * time.Hour), Read: true},
		{Number: 1, Label: "superseded", Problem: "the record's gzip data is cut short", Updated: viewtest.Now.Add(-900 * time.Hour), Read: true},
	}}, nil)
	return p
}

func fill(p *History) {
	deploy := model.Ref{Kind: model.KindDeployment, Namespace: "vault", Name: "common-vault"}
	account := model.Ref{Kind: model.KindServiceAccount, Namespace: "vault", Name: "vault-svc"}
	d := &inspect.Difference{From: "revision 2", To: "revision 3", Same: 4, Unread: []string{"revision 3: document 4 is not valid YAML"}, Parts: []inspect.Part{
		{Ref: deploy, What: "changed", Lines: []inspect.Line{{Tone: inspect.Hunk, Text: "@@ -12,3 +12,3 @@"}, {Text: "       - name: vault"}, {Tone: inspect.Removed, Text: "-        image: vault:1.17 数据"}, {Tone: inspect.Added, Text: "+        image: vault:1.18"}}},
		{Ref: account, What: "not there"},
	}}
	p.SetDiff(d, []inspect.Line{{Tone: inspect.Removed, Text: "- image.tag: (masked, before)"}, {Tone: inspect.Added, Text: "+ image.tag: (masked, after)"}}, nil)
	p.SetLive(&inspect.Live{Revision: 3, Read: viewtest.Now, Drift: *d, States: []inspect.State{
		{Ref: deploy, Status: "InProgress", Message: "Available: 0/2"},
		{Ref: account, Status: "NotFound"},
		{Ref: model.Ref{Kind: model.KindConfigMap, Namespace: "vault", Name: "数据"}, Status: "Current", Keep: true},
	}}, nil)
	p.SetLeaving([]inspect.Leaving{
		{Ref: deploy, Verb: "medium", Text: "Claim data-0 stays, with 50Gi.", Serious: true},
		{Ref: account, Verb: "delete"},
		{Ref: deploy, Verb: "leave", Text: "50Gi"},
	}, nil)
}

// inspected is a world in which the pods have containers, and the stale list was
// written after it went stale.
func inspected(t testing.TB) *Env {
	env := loaded(t)
	list, _ := model.Get[*model.ConfigMap](env.World.Snapshot, model.Ref{Kind: model.KindConfigMap, Namespace: "metrics", Name: "vm-vmstorage-env"})
	list.Changed = viewtest.Now.Add(-61 * time.Minute)
	for _, row := range env.World.Snapshot.Space("metrics").Tables[model.KindPod] {
		pod := row.(*model.Pod)
		pod.Template.Containers = []model.Container{{Name: "vmstorage"}, {Name: "backup"}}
		pod.Containers = []model.ContainerStatus{
			{Name: "vmstorage", Ready: true, Running: viewtest.Now.Add(-time.Hour)},
			{Name: "backup", Restarts: 4, Waiting: &model.Waiting{Reason: "CrashLoopBackOff"}, LastExit: &model.Exit{Code: 1, Finished: viewtest.Now.Add(-time.Minute)}},
		}
	}
	return env
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
		env := inspected(t)
		env.Theme = widget.NewTheme(widget.Look{Colours: widget.Many, ASCII: ascii})
		for name, p := range everyInspection(env) {
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
	env := inspected(t)
	env.Theme = widget.NewTheme(widget.Look{ASCII: true})
	for name, p := range everyInspection(env) {
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

func TestAValueIsMaskedAgain(t *testing.T) {
	for name, leave := range map[string]func(*Env, *Reveal){
		"left":     func(_ *Env, p *Reveal) { p.Do(keymap.Back) },
		"covered":  func(_ *Env, p *Reveal) { p.Cover() },
		"replaced": func(_ *Env, p *Reveal) { p.Ask("user") },
		"deleted": func(env *Env, p *Reveal) {
			delete(env.World.Snapshot.Spaces["shop"].Tables, model.KindSecret)
			p.Load()
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := loaded(t)
			p := NewReveal(env, model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "worker-credentials"})
			if p.Choose() != "password" {
				t.Fatalf("chosen is %q", p.Choose())
			}
			value := []byte(hiddenValue)
			p.Ask("password")
			p.Set(inspect.NewValue(value))
			if !strings.Contains(seen(p), hiddenValue) {
				t.Fatal("not shown", seen(p))
			}
			leave(env, p)
			if s := seen(p); strings.Contains(s, hiddenValue) || strings.Contains(fmt.Sprintf("%+v", *p), hiddenValue) {
				t.Error("still shown", s)
			}
			if strings.Contains(string(value), "S3ntin3l") {
				t.Error("still in memory")
			}
		})
	}
}

func TestAValueIsCopiedOnlyWhenAskedForTwice(t *testing.T) {
	env := loaded(t)
	p := NewReveal(env, model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "worker-credentials"})
	if c, ok := p.Do(keymap.Copy).(Copy); !ok || !strings.HasPrefix(c.Text, "kubectl -n shop get secret worker-credentials") {
		t.Errorf("%+v", c)
	}
	p.Ask("password")
	p.Set(inspect.NewValue([]byte(hiddenValue)))
	if r, ok := p.Do(keymap.Copy).(Say); !ok || strings.Contains(r.Text, hiddenValue) {
		t.Errorf("the first time: %+v", r)
	}
	p.Do(keymap.Down)
	if _, ok := p.Do(keymap.Copy).(Say); !ok {
		t.Error("another key in between counts as asked twice")
	}
	if r, ok := p.Do(keymap.Copy).(CopyHidden); !ok || r.Text != hiddenValue || strings.Contains(r.What, hiddenValue) {
		t.Errorf("the second time: %T", r)
	}
}

func TestWhatHappenedSinceIsSaid(t *testing.T) {
	env := loaded(t)
	ref := model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"}
	p := NewYAML(env, ref)
	p.SetDocument(sampleDocument(ref))
	if s := seen(p); strings.Contains(s, "since this was read") || strings.Contains(s, "deleted") {
		t.Error(s)
	}
	row, _ := model.Get[*model.Workload](env.World.Snapshot, ref)
	row.ResourceVersion = "48214"
	if s := seen(p); !strings.Contains(s, "It was changed since this was read.") {
		t.Error(s)
	}
	row.UID = "another"
	if s := seen(p); !strings.Contains(s, "It was deleted and made anew since this was read.") {
		t.Error(s)
	}
	delete(env.World.Snapshot.Spaces["metrics"].Tables, model.KindDeployment)
	if s := seen(p); !strings.Contains(s, "Deployment metrics/vminsert was deleted while this was open. What follows is as it was read; esc goes back.") || !strings.Contains(s, "apiVersion") {
		t.Error(s)
	}
	p.Fail(errors.New("reading it: forbidden"))
	if s := seen(p); !strings.Contains(s, "Not read: reading it: forbidden.") {
		t.Error(s)
	}
}

func TestTheDetailSaysThatItsObjectWasDeleted(t *testing.T) {
	env := loaded(t)
	ref := model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"}
	d := NewDetail(env)
	d.Follow(Subject{Ref: model.Ref{Kind: model.KindConfigMap, Namespace: "metrics", Name: "vm-vmstorage-env"}})
	d.Walk(Subject{Ref: ref})
	if s := seen(d); strings.Contains(s, "deleted") {
		t.Error(s)
	}
	delete(env.World.Snapshot.Spaces["metrics"].Tables, model.KindDeployment)
	if s := seen(d); !strings.Contains(s, "It was deleted while this was open; esc goes back.") {
		t.Error(s)
	}
	// What was never there was not deleted.
	d.Walk(Subject{Ref: model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "never"}})
	if s := seen(d); strings.Contains(s, "deleted") || !strings.Contains(s, "is not there") {
		t.Error(s)
	}
}

func TestFilteringText(t *testing.T) {
	env := loaded(t)
	ref := model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"}
	p := NewYAML(env, ref)
	p.SetDocument(sampleDocument(ref))
	p.Filter("PASSWORD")
	if s := seen(p); !strings.Contains(s, "DB_PASSWORD") || strings.Contains(s, "apiVersion") {
		t.Error(s)
	}
	p.Filter("nothing of the kind")
	if s := seen(p); !strings.Contains(s, "No line holds nothing of the kind.") {
		t.Error(s)
	}
	if p.Do(keymap.Back) != nil || p.Filtered() != "" {
		t.Error("back does not clear the filter first")
	}
	if _, ok := p.Do(keymap.Back).(Close); !ok {
		t.Error("back does not close")
	}
}

func TestALogTurnsToOtherContainersAndRuns(t *testing.T) {
	env := inspected(t)
	p, why := NewLog(env, model.Ref{Kind: model.KindPod, Namespace: "metrics", Name: "vmstorage-0"})
	if p == nil {
		t.Fatal(why)
	}
	if a := p.Ask(); a.Container != "backup" || !a.Previous || a.Follow {
		t.Errorf("what fails comes first, and its run before: %+v", a)
	}
	if !p.Turn(keymap.NextPart) {
		t.Error("does not turn")
	}
	if a := p.Ask(); a.Container != "vmstorage" || a.Previous {
		t.Errorf("%+v", a)
	}
	p.Turn(keymap.Follow)
	if !p.Ask().Follow {
		t.Error("does not follow")
	}
	if o, _ := keymap.Find(p.Offers(), keymap.Previous); o.Disabled == "" {
		t.Error("a container that never restarted has no run before")
	}
	if p.Turn(keymap.Down) {
		t.Error("down is no other log")
	}
	if q, why := NewLog(env, model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"}); q != nil || why == "" {
		t.Error("a workload without pods has logs")
	}
}

func TestALongLogKeepsItsPlace(t *testing.T) {
	env := inspected(t)
	p, _ := NewLog(env, model.Ref{Kind: model.KindPod, Namespace: "metrics", Name: "vmstorage-0"})
	p.Begin()
	batch := func(from, n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("line %d.", from+i))
		}
		return out
	}
	p.Add(batch(0, 3000))
	if s := seen(p); !strings.Contains(s, "line 2999.") {
		t.Error("does not stand at the end", s)
	}
	p.Do(keymap.PageUp)
	p.Draw(100, 40, true)
	first := strings.TrimSpace(ansi.Strip(p.Draw(100, 40, true)[0]))
	p.Add(batch(3000, 4000))
	if got := strings.TrimSpace(ansi.Strip(p.Draw(100, 40, true)[0])); got != first {
		t.Errorf("moved from %q to %q", first, got)
	}
	if n := len(p.log.Lines); n != inspect.MaxLogLines {
		t.Errorf("keeps %d lines", n)
	}
	p.Do(keymap.Bottom)
	if s := seen(p); !strings.Contains(s, "line 6999.") {
		t.Error(s)
	}
}

func TestRevisionsAreComparedWithTheOneBeforeOrTheMarked(t *testing.T) {
	env := loaded(t)
	p := sampleHistory(env)
	if from, to, ok := p.Pair(); from != 2 || to != 3 || !ok {
		t.Errorf("%d %d %t", from, to, ok)
	}
	p.Draw(100, 30, true)
	p.Do(keymap.Down)
	p.Do(keymap.Down)
	if p.Chosen() != 1 {
		t.Fatalf("chosen is %d", p.Chosen())
	}
	if _, _, ok := p.Pair(); ok {
		t.Error("the first revision has none before it")
	}
	p.Do(keymap.Mark)
	p.Do(keymap.Up)
	p.Do(keymap.Up)
	if from, to, _ := p.Pair(); from != 1 || to != 3 {
		t.Errorf("%d %d", from, to)
	}
	if !p.Turn(keymap.Open) || p.Needs() != NeedDiff || p.Needs() != NeedNothing {
		t.Error("the difference is not read once")
	}
	p.Turn(keymap.NextPart)
	if p.Needs() != NeedNothing {
		t.Error("the values need another reading")
	}
	p.Turn(keymap.NextPart)
	if p.Needs() != NeedLive {
		t.Error("the drift is not read")
	}
	p.Turn(keymap.NextPart)
	if p.Needs() != NeedNothing {
		t.Error("the objects need another reading")
	}
}

func TestTheTimelineNamesTheSuspect(t *testing.T) {
	p := everyInspection(inspected(t))["timeline"]
	if s := seen(p); !strings.Contains(s, "Suspect: Deployment vminsert: spec.replicas 2 -> 3, by kubectl (scale), 6 s before the onset") || strings.Count(s, "the suspect") != 1 {
		t.Error(s)
	}
}
