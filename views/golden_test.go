package views

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/graph"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
	"github.com/careen-tui/careen/probes"
	"github.com/careen-tui/careen/views/viewtest"
	"github.com/careen-tui/careen/views/widget"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, "testdata/*.golden")) }

func sampleEnv(t testing.TB) *Env {
	t.Helper()
	return &Env{
		Theme: widget.NewTheme(widget.Look{}), Context: "prod-eu",
		Now: func() time.Time { return viewtest.Now }, Zone: time.UTC,
	}
}

func sampleReport(snap *model.Snapshot, list []*finding.Finding) *engine.Report {
	var g *graph.Graph
	return &engine.Report{
		At: viewtest.Now, Snapshot: snap, Graph: g.Update(snap), Findings: list, Symptoms: viewtest.Symptoms(list),
	}
}

func loadedEnv(t testing.TB) *Env {
	env := sampleEnv(t)
	env.Report = sampleReport(viewtest.Snapshot(), viewtest.Findings())
	return env
}

// everyPane makes each pane and page over a loaded world, in a state worth seeing.
func everyPane(env *Env) map[string]Pane {
	find := func(probe finding.ProbeID) *finding.Finding {
		for _, f := range env.Report.Findings {
			if f.Probe == probe {
				return f
			}
		}
		panic(probe)
	}
	about := func(s Subject) Pane {
		d := NewDetail(env)
		d.Follow(s)
		return d
	}
	stuck := find(probes.ReleaseStuck.ID)
	g := paneOf[*Graph](env)
	g.Around(model.Ref{Kind: model.KindDeployment, Namespace: "metrics", Name: "vminsert"})
	findings := paneOf[*Findings](env)
	findings.Load()
	config := paneOf[*Secrets](env)
	config.toggle()
	places := []Context{
		{Name: "prod-eu", Cluster: "eu", Server: "https://eu.example:6443", User: "oncall@corp"},
		{Name: "分析-集群", Cluster: "analytics", User: "分析"},
	}
	if env.Theme.ASCII {
		places = places[:1] // names are drawn as they are
	}
	contexts := open(NewContextChoice(env, func(context.Context) ([]Context, error) { return places, nil }))
	rows := []JournalRow{
		{ID: "6e2b", State: "confirmed", Namespace: "review", Title: "Mark revision 1 deployed", By: "oncall@corp", At: viewtest.Now.Add(-time.Hour), Role: styled.Good, Usable: true},
		{ID: "7f3a", State: "interrupted", Namespace: "review", Title: "Create Secret " + places[len(places)-1].Name, By: "oncall@corp", At: viewtest.Now, Role: styled.Bad, Problem: "1 of 2 steps were done"},
	}
	journal := open(NewJournal(env, func(context.Context) (JournalList, error) {
		return JournalList{rows, []string{"Not read: namespace vault: forbidden"}}, nil
	}))
	panes := map[string]Pane{
		"findings":        findings,
		"releases":        paneOf[*Releases](env),
		"secrets":         paneOf[*Secrets](env),
		"configmaps":      config,
		"volumes":         paneOf[*Volumes](env),
		"graph":           g,
		"detail-finding":  about(Subject{stuck.ID(), stuck.Subject}),
		"detail-release":  about(Subject{Ref: stuck.Subject}),
		"detail-workload": about(Subject{Ref: model.Ref{Kind: model.KindDeployment, Namespace: "vault", Name: "common-vault"}}),
		"detail-secret":   about(Subject{Ref: model.Ref{Kind: model.KindSecret, Namespace: "数据平台", Name: "分析-凭证"}}),
		"detail-absent":   about(Subject{Ref: model.Ref{Kind: model.KindServiceAccount, Namespace: "vault", Name: "vault-svc"}}),
		"fix":             NewFixPage(env, []*finding.Finding{stuck}, "careen is in read-only mode"),
		"coverage":        NewCoverage(env),
		"namespaces":      NewNamespaceChoice(env),
		"contexts":        contexts,
		"clusters":        manyClusters(env),
		"palette":         NewPalette(env, keymap.Default(), findings.Offers(), nil, places),
		"journal":         journal,
		"help":            NewHelp(env, keymap.Default(), "Findings", keymap.InList, findings.Offers()),
	}
	for _, p := range panes {
		p.Load()
	}
	return panes
}

var sizes = [][2]int{{80, 24}, {120, 40}, {200, 50}}

func drawn(p Pane, w, h int) string {
	lines := p.Draw(w, h, true)
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
	}
	title, right := p.Title()
	return fmt.Sprintf("%dx%d  [%s] [%s]\n%s\n", w, h, title, right, strings.TrimRight(strings.Join(lines, "\n"), "\n"))
}

func TestPanesLookAsTheyDid(t *testing.T) {
	for name, p := range everyPane(loadedEnv(t)) {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, s := range sizes {
				b.WriteString(drawn(p, s[0], s[1]) + "\n")
			}
			golden.Equal(t, filepath.Join("testdata", name+".golden"), b.String())
		})
	}
}

func TestAnyPaneAtAnySizeIsExact(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		env := loadedEnv(t)
		env.Theme = widget.NewTheme(widget.Look{Colours: widget.Many, ASCII: ascii})
		for name, p := range everyPane(env) {
			for w := 0; w < 210; w = w*5/4 + 1 {
				for h := 0; h < 110; h = h*3/2 + 1 {
					p.Do(keymap.Down)
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

func TestASCIIIsASCII(t *testing.T) {
	env := loadedEnv(t)
	env.Theme = widget.NewTheme(widget.Look{ASCII: true})
	for name, p := range everyPane(env) {
		for _, l := range p.Draw(120, 40, true) {
			for _, r := range ansi.Strip(l) {
				if r > 0x7e && !strings.ContainsRune("数据平台分析凭证密码", r) {
					t.Fatalf("%s draws %q: %s", name, r, l)
				}
			}
		}
	}
}

func TestHeaderAndFooterAreExact(t *testing.T) {
	env := loadedEnv(t)
	f := paneOf[*Findings](env)
	f.Load()
	by, unknown, causes := f.Counts()
	for w := range 210 {
		for _, l := range []string{
			Header(env, Counts{by, unknown, causes}, w),
			Footer(env.Theme, keymap.Default(), f.Offers(), "", 1, 12345, w),
			Footer(env.Theme, keymap.Default(), f.Offers(), "copied 数据 (if your terminal allows OSC 52)", 1, 9, w),
		} {
			if got := ansi.StringWidth(l); got != w {
				t.Fatalf("%d cells instead of %d: %q", got, w, l)
			}
		}
	}
}
