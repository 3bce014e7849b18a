package keymap

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryActionIsDeclared(t *testing.T) {
	for _, a := range Actions() {
		if a.String() == "" || a.Short() == "" || a.Long() == "" || a.Scope() == 0 {
			t.Errorf("action %d is not declared in full: %+v", a, a.declared())
		}
		if got, ok := Named(a.String()); !ok || got != a {
			t.Errorf("Named(%q) = %v, %v", a.String(), got, ok)
		}
		for _, k := range Default().Keys(a) {
			if norm, err := ParseKey(k); err != nil || norm != k {
				t.Errorf("%v: default key %q is not in its own form: %q, %v", a, k, norm, err)
			}
		}
	}
}

// TestEveryActionHasAGroup holds the groups of the help against the table of actions.
func TestEveryActionHasAGroup(t *testing.T) {
	in := map[Action]string{}
	for _, g := range Groups() {
		for _, a := range g.Actions {
			if in[a] != "" {
				t.Errorf("%s is in %s and in %s", a, in[a], g.Title)
			}
			in[a] = g.Title
		}
	}
	for _, a := range Actions() {
		if in[a] == "" {
			t.Errorf("%s is in no group of the help", a)
		}
	}
}

func TestDefaultsAreTheContract(t *testing.T) {
	contract := map[string]Action{
		"tab": NextPane, "shift+tab": PrevPane, "enter": Open, "esc": Back,
		"j": Down, "down": Down, "k": Up, "up": Up, "pgdn": PageDown, "pgup": PageUp, "home": Top, "end": Bottom,
		"/": Filter, ":": Palette, "n": Namespaces, "f": Fix, "u": Journal, "space": Mark, "g": Graph, "w": Changed,
		"r": Reveal, "c": Copy, "o": Sort, "s": Severity, "?": Help, "q": Quit, "ctrl+c": Quit,
	}
	m := Default()
	for text, want := range contract {
		key, err := ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Resolve(InList, key); got != want {
			t.Errorf("%s in a pane is %v, want %v", text, got, want)
		}
	}
	if got := m.Resolve(InPlan, "y"); got != Apply {
		t.Errorf("y in a plan is %v", got)
	}
	if got := m.Resolve(InList, "y"); got != None {
		t.Errorf("y in a pane is %v: it must do nothing there", got)
	}
	if c := m.Conflicts(); len(c) > 0 {
		t.Errorf("the defaults conflict: %v", c)
	}
}

func TestOverrides(t *testing.T) {
	m, err := Default().With([]Override{{Action: "fix", Keys: []string{"x", "Ctrl+X"}}, {Action: "reveal"}})
	if err != nil {
		t.Fatal(err)
	}
	if m.Resolve(InList, "x") != Fix || m.Resolve(InList, "ctrl+x") != Fix || m.Resolve(InList, "f") != None {
		t.Errorf("fix has keys %v", m.Keys(Fix))
	}
	if m.Resolve(InList, "r") != None || m.Key(Reveal) != "-" {
		t.Errorf("reveal has keys %v", m.Keys(Reveal))
	}
	if Default().Resolve(InList, "f") != Fix {
		t.Error("the defaults were changed")
	}
}

func TestBadOverrides(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []Override
		want string
	}{
		{"unknown action", []Override{{Action: "fixx", Keys: []string{"x"}, Where: "config.yaml:3:3"}}, "config.yaml:3:3: keys.fixx: there is no action"},
		{"unknown key", []Override{{Action: "fix", Keys: []string{"hyperx"}}}, `keys.fix: "hyperx" is not a key`},
		{"shifted letter", []Override{{Action: "fix", Keys: []string{"shift+x"}}}, "write the shifted character itself"},
		{"conflict", []Override{{Action: "fix", Keys: []string{"x"}, Where: "c:4:1"}, {Action: "sort", Keys: []string{"x"}, Where: "c:5:1"}}, ": key x means both sort and fix"},
		{"both with a default", []Override{{Action: "fix", Keys: []string{"j"}, Where: "c:4:1"}, {Action: "down", Keys: []string{"j"}, Where: "c:5:1"}}, "key j means both down and fix"},
		{"twice", []Override{{Action: "fix", Keys: []string{"x"}}, {Action: "fix", Keys: []string{"z"}}}, "given twice"},
		{"no way out", []Override{{Action: "quit", Where: "c:2:1"}}, "c:2:1: keys.quit: it would leave no key to quit with"},
		{"quit displaced", []Override{{Action: "fix", Keys: []string{"q", "ctrl+c"}, Where: "c:2:1"}}, "c:2:1: keys.fix: it would leave no key to quit with"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Default().With(c.in)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestAnOwnBindingWinsOverADefault: whoever bound a key before careen had an action for it
// keeps it, and is told what gave way.
func TestAnOwnBindingWinsOverADefault(t *testing.T) {
	m, err := Default().With([]Override{{Action: "fix", Keys: []string{"W", "j"}, Where: "c:4:1"}})
	if err != nil {
		t.Fatal(err)
	}
	if m.Resolve(InList, "W") != Fix || m.Resolve(InList, "j") != Fix {
		t.Errorf("fix has keys %v", m.Keys(Fix))
	}
	if m.Key(Waive) != "-" || m.Resolve(InList, "down") != Down || m.Resolve(InPlan, "j") != None {
		t.Errorf("accept has %v, down has %v", m.Keys(Waive), m.Keys(Down))
	}
	var told []string
	for _, d := range m.Displaced() {
		told = append(told, d.String())
	}
	want := []string{"j means fix, as the configuration says; down is left for down", "W means fix, as the configuration says; no key is left for waive"}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if got := m.Displaced()[1].Where; got != "c:4:1: keys.fix" {
		t.Errorf("it says no place: %q", got)
	}
	if len(m.Conflicts()) > 0 || len(Default().Displaced()) > 0 {
		t.Errorf("conflicts %v", m.Conflicts())
	}
}

func TestSameKeyInPlacesThatNeverMeet(t *testing.T) {
	if _, err := Default().With([]Override{{Action: "sort", Keys: []string{"y"}}}); err != nil {
		t.Errorf("y applies in plans only, and may sort in panes: %v", err)
	}
}

func TestParseKey(t *testing.T) {
	for in, want := range map[string]string{
		"PgDn": "pgdown", "Escape": "esc", "ctrl+C": "ctrl+c", "G": "G", "+": "+", "ctrl++": "ctrl++",
		"Shift+Tab": "shift+tab", " ": "space", "f12": "f12", "alt+enter": "alt+enter", "ü": "ü",
	} {
		if got, err := ParseKey(in); err != nil || got != want {
			t.Errorf("ParseKey(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "ctrl+", "f0", "f99", "foo", "\x1b", "ab"} {
		if got, err := ParseKey(bad); err == nil {
			t.Errorf("ParseKey(%q) = %q, want an error", bad, got)
		}
	}
}
