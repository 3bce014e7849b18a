package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	cluster "github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/views"
)

// line is the line of the screen that holds text.
func (s *shell) line(text string) int {
	s.t.Helper()
	for y, l := range strings.Split(s.screen(), "\n") {
		if strings.Contains(l, text) {
			return y
		}
	}
	s.t.Fatalf("%q is not on the screen:\n%s", text, s.screen())
	return 0
}

func (s *shell) click(x, y int) {
	s.t.Helper()
	s.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
}

func TestAClickSelectsTheRow(t *testing.T) {
	s := loadedShell(t, Options{Mouse: true}, 120, 40)
	s.click(10, s.line("container-failing"))
	if got := s.findings.Selected().Finding; !strings.HasPrefix(string(got), "container-failing:") {
		t.Errorf("%s is selected", got)
	}
	s.click(10, s.line("metrics/vm "))
	if got := s.browser(s.active).Selected().Ref; got != (cluster.Ref{Kind: "Release", Namespace: "metrics", Name: "vm"}) {
		t.Errorf("%v is selected", got)
	}
	s.sees("Release metrics/vm ─")
	s.click(80, s.line("what changed  "))
	if lines := strings.Split(s.screen(), "\n"); !s.right || !strings.Contains(lines[s.line("what changed  ")], "▌") {
		t.Errorf("nothing is selected in the detail:\n%s", s.screen())
	}
	before := s.screen()
	s.click(80, 39)
	s.click(200, 300)
	if s.screen() != before {
		t.Error("a click beside everything did something")
	}
	s.send(tea.MouseWheelMsg{X: 5, Y: 4, Button: tea.MouseWheelDown})
	if s.active != views.PaneFindings || s.right {
		t.Error("the wheel does not focus what is under it")
	}
}

func TestAClickInTheOneRegionOfANarrowTerminal(t *testing.T) {
	s := loadedShell(t, Options{Mouse: true}, 80, 24)
	s.click(10, s.line("secret-orphan"))
	if got := s.findings.Selected().Finding; !strings.HasPrefix(string(got), "secret-orphan:") {
		t.Errorf("%s is selected", got)
	}
	s.press("enter")
	if s.click(5, s.line("what changed")); !s.right {
		t.Error("a click in the detail leaves it")
	}
}

func TestWithoutTheFlagTheMouseIsTheTerminals(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	before := s.screen()
	s.click(10, 8)
	if s.screen() != before || s.View().MouseMode != tea.MouseModeNone {
		t.Error("the mouse is taken without --mouse")
	}
}
