package tui

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/views"
	"github.com/careen-tui/careen/views/widget"
)

func TestBackAndForthLikeABrowser(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("[").sees("place before: there is no place before this one")
	s.press("2", "j", "enter", "j", "enter").sees("Deployment metrics/")
	s.press("g").sees("5 Graph around")
	at := s.here()
	s.press("4").sees("Volumes 4 ─")
	s.press("[")
	if s.here().spot != at.spot {
		t.Errorf("back at %+v, want %+v", s.here().spot, at.spot)
	}
	s.press("[").sees("Deployment metrics/") // walked to in the detail
	s.press("[").sees("Release metrics/vm ─")
	s.press("[", "[")
	if s.active != views.PaneFindings || s.right {
		t.Errorf("the first place is pane %s, right %v", s.active, s.right)
	}
	s.press("]", "]", "]", "]").press("]")
	if s.active != "volumes" {
		t.Errorf("forth ends in pane %s", s.active)
	}
	s.press("[", "1").press("]").sees("place after: there is no place to go forward to")
}

func TestEscGoesBackInTheHistory(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("2", "enter", "esc")
	if n := len(s.places.back); n != 1 {
		t.Errorf("%d places before, want the findings alone", n)
	}
	s.press("]").sees("Release devlake/devlake ─")
	if !s.right {
		t.Error("forth does not go into the detail")
	}
}

func TestPlacesAreBounded(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	for range 3 * maxPlaces {
		s.Update(keyPress("2"))
		s.Update(keyPress("3"))
		s.Update(keyPress("4"))
	}
	if n := len(s.places.back); n > maxPlaces {
		t.Errorf("%d places", n)
	}
}

func TestMarksInEveryPane(t *testing.T) {
	s := loadedShell(t, Options{}, 120, 40)
	s.press("2", "space", "space").sees("2 marked", "c copy 2 marked", "esc clear marks")
	s.take(keyPress("c"))
	s.send(nil)
	s.sees("copied devlake/devlake · metrics/vm (if your terminal allows OSC 52)")
	if s.press("esc"); strings.Contains(s.screen(), "marked") {
		t.Errorf("marks are left:\n%s", s.screen())
	}
}

func TestColumnsOfTheConfiguration(t *testing.T) {
	s := loadedShell(t, Options{Columns: map[string][]string{"releases": {"age", "release"}}}, 120, 40)
	s.press("2")
	if s.line(" age  release ") == 0 || strings.Contains(s.screen(), " rev ") {
		t.Errorf("the columns are not those chosen:\n%s", s.screen())
	}
	s.press("o", "o").sees("by age")
}

func TestThemeOfTheConfiguration(t *testing.T) {
	for theme, want := range map[string]widget.Colours{"": widget.Few, "auto": widget.Few, "full": widget.Many, "basic": widget.Few, "none": widget.NoColours} {
		if m := newModel(t.Context(), Options{Theme: theme}, terminal{colours: widget.Few}); m.terminal.colours != want {
			t.Errorf("%q: %v colours", theme, m.terminal.colours)
		}
	}
	if m := newModel(t.Context(), Options{Theme: "full", NoColor: true}, terminal{colours: widget.Few}); m.terminal.colours != widget.NoColours {
		t.Error("--no-color does not win over the file")
	}
}
