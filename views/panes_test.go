package views

import (
	"testing"

	"github.com/careen-tui/careen/internal/styled"
	"github.com/careen-tui/careen/keymap"
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
