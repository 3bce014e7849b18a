package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/graph"
	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views/viewtest"
	"github.com/careen-tui/careen/views/widget"
)

func TestMain(m *testing.M) { os.Exit(golden.Main(m, "testdata/*.golden", "../docs/pictures/*.svg")) }

// mailbox is a feed that a test fills.
type mailbox chan *engine.Report

func (m mailbox) Reports() <-chan *engine.Report { return m }
func (m mailbox) Done() <-chan struct{}          { return nil }
func (m mailbox) Err() error                     { return nil }

func reportOf(snap *cluster.Snapshot, list []*finding.Finding) *engine.Report {
	var g *graph.Graph
	return &engine.Report{
		At: viewtest.Now, Snapshot: snap, Graph: g.Update(snap), Findings: list, Symptoms: viewtest.Symptoms(list),
	}
}

func sampleReport() *engine.Report { return reportOf(viewtest.Snapshot(), viewtest.Findings()) }

// shell is the root model, driven through Update alone.
type shell struct {
	*model
	t testing.TB
}

func newShell(t testing.TB, o Options, w, h int) *shell {
	t.Helper()
	o.Context = "prod-eu"
	m := newModel(t.Context(), o, terminal{colours: widget.NoColours})
	m.env.Now = func() time.Time { return viewtest.Now }
	m.env.Zone = time.UTC
	s := &shell{m, t}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	return s
}

// loadedShell has the first report.
func loadedShell(t testing.TB, o Options, w, h int) *shell {
	s := newShell(t, o, w, h)
	s.send(reportMsg{sampleReport()})
	return s
}

func (s *shell) send(msg tea.Msg) {
	s.t.Helper()
	s.Update(msg)
	if s.w == 0 || s.h == 0 {
		return
	}
	lines := strings.Split(s.View().Content, "\n")
	if len(lines) != s.h {
		s.t.Fatalf("the frame has %d lines instead of %d", len(lines), s.h)
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != s.w {
			s.t.Fatalf("line %d of the frame has %d cells instead of %d: %q", i, got, s.w, l)
		}
	}
}

var specialKeys = map[string]rune{
	"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "down": tea.KeyDown, "up": tea.KeyUp, "home": tea.KeyHome,
	"end": tea.KeyEnd, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "left": tea.KeyLeft, "right": tea.KeyRight, "backspace": tea.KeyBackspace,
}

func keyPress(name string) tea.KeyPressMsg {
	switch {
	case name == "space":
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	case name == "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case strings.HasPrefix(name, "ctrl+"):
		return tea.KeyPressMsg{Code: rune(name[5]), Mod: tea.ModCtrl}
	}
	if code, ok := specialKeys[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

func (s *shell) press(keys ...string) *shell {
	s.t.Helper()
	for _, k := range keys {
		s.send(keyPress(k))
	}
	return s
}

// screen is what is seen, without styles and trailing blanks.
func (s *shell) screen() string {
	lines := strings.Split(ansi.Strip(s.View().Content), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func (s *shell) sees(want ...string) {
	s.t.Helper()
	flat := strings.Join(strings.Fields(s.screen()), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			s.t.Fatalf("%q is not on the screen:\n%s", w, s.screen())
		}
	}
}

// looksAs compares what is seen with a golden file.
func (s *shell) looksAs(name string) {
	s.t.Helper()
	golden.Equal(s.t, filepath.Join("testdata", name+".golden"), s.screen()+"\n")
}
