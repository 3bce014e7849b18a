package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/finding"
)

var day = time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)

// TestAcceptingLeavesTheRestAlone adds a waiver to files as people write them.
func TestAcceptingLeavesTheRestAlone(t *testing.T) {
	const item = "- probe: claim-orphan\n%subject: shop/PersistentVolumeClaim/data\n%context: prod\n%reason: 'kept: until \"June\"'\n%until: \"2026-06-30\"\n"
	at := func(indent string) string {
		return indent + strings.ReplaceAll(item, "%", indent+"  ")
	}
	for name, c := range map[string]struct{ before, after string }{
		"no file":            {"", "waivers:\n" + at("  ")},
		"no section":         {"theme: full # mine\n", "theme: full # mine\n\nwaivers:\n" + at("  ")},
		"no end of line":     {"theme: full", "theme: full\n\nwaivers:\n" + at("  ")},
		"comments alone":     {"# nothing yet\n", "# nothing yet\n\nwaivers:\n" + at("  ")},
		"an empty section":   {"waivers: # none\ntheme: full\n", "waivers: # none\n" + at("  ") + "theme: full\n"},
		"an empty list":      {"waivers: []\ntheme: full\n", "waivers:\n" + at("  ") + "theme: full\n"},
		"behind others":      {"waivers:\n  # why\n  - {probe: release-stuck, subject: '*', reason: x}\n\n# the theme\ntheme: full\n", "waivers:\n  # why\n  - {probe: release-stuck, subject: '*', reason: x}\n" + at("  ") + "\n# the theme\ntheme: full\n"},
		"not indented":       {"waivers:\n- probe: release-stuck\n  subject: '*'\n  reason: |\n    one\n\n    two\ntheme: full\n", "waivers:\n- probe: release-stuck\n  subject: '*'\n  reason: |\n    one\n\n    two\n" + at("") + "theme: full\n"},
		"a dash on its own":  {"waivers:\n   -\n     probe: release-stuck\n     subject: '*'\n     reason: x", "waivers:\n   -\n     probe: release-stuck\n     subject: '*'\n     reason: x\n" + at("   ")},
		"windows ends lines": {"theme: full\r\n", "theme: full\r\n\r\nwaivers:\r\n" + strings.ReplaceAll(at("  "), "\n", "\r\n")},
	} {
		t.Run(name, func(t *testing.T) {
			f := fileOf(t, c.before)
			e, err := f.Accept([]Waiver{Accepting(found("claim-orphan", "shop", "PersistentVolumeClaim", "data", ""), "prod", `kept: until "June"`, day)})
			if err != nil {
				t.Fatal(err)
			}
			if e.After != c.after || e.Before != c.before {
				t.Errorf("got\n%q, want\n%q", e.After, c.after)
			}
			if err := e.Write(); err != nil {
				t.Fatal(err)
			}
			last := e.File.Waivers[len(e.File.Waivers)-1]
			if last.Last() != "2026-06-30" || last.Context != "prod" || !last.In("prod") || last.In("staging") {
				t.Errorf("%+v", last)
			}
			gone, err := e.File.Recall(func(w Waiver) bool { return w.Reason == `kept: until "June"` })
			if err != nil {
				t.Fatal(err)
			}
			if n := len(gone.File.Waivers); n != len(e.File.Waivers)-1 {
				t.Errorf("%d waivers are left: %q", n, gone.After)
			}
			if err := gone.Write(); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(f.source.path)
			if err != nil || string(raw) != gone.After || strings.Contains(gone.After, "June") {
				t.Errorf("%q, %v", raw, err)
			}
		})
	}
}

// TestTheLastWaiverTakesItsSectionAlong: what is left when no waiver is, is the file as the
// operator wrote the rest of it.
func TestTheLastWaiverTakesItsSectionAlong(t *testing.T) {
	const item = "  - probe: claim-orphan\n    subject: '*'\n    reason: x\n"
	for name, c := range map[string]struct{ before, after string }{
		"alone":               {"waivers:\n" + item, ""},
		"last":                {"# mine\ntheme: full # yes\n\nwaivers:\n" + item, "# mine\ntheme: full # yes\n"},
		"first":               {"waivers:\n" + item + "\n# the theme\ntheme: full\n", "\n# the theme\ntheme: full\n"},
		"commented":           {"waivers: # of the team\n  # because\n" + item + "theme: full\n", "# of the team\n  # because\ntheme: full\n"},
		"blank lines between": {"theme: full\nwaivers:\n\n" + item, "theme: full\n"},
		"not indented":        {"waivers:\n- probe: claim-orphan\n  subject: '*'\n  reason: x\ntheme: full\n", "theme: full\n"},
		"a dash on its own":   {"theme: full\nwaivers:\n  -\n    probe: claim-orphan\n    subject: '*'\n    reason: x\n", "theme: full\n"},
		"windows ends lines":  {"theme: full\r\n\r\nwaivers:\r\n" + strings.ReplaceAll(item, "\n", "\r\n"), "theme: full\r\n"},
		"two":                 {"waivers:\n" + item + item, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := fileOf(t, c.before).Recall(func(Waiver) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			if e.After != c.after || len(e.File.Waivers) > 0 {
				t.Errorf("got\n%q, want\n%q", e.After, c.after)
			}
		})
	}
	kept := "waivers:\n" + item + strings.Replace(item, "subject: '*'", "subject: shop/*", 1)
	e, err := fileOf(t, kept).Recall(func(w Waiver) bool { return w.Subject != "*" })
	if err != nil || e.After != "waivers:\n"+item {
		t.Errorf("%+v, %v", e, err)
	}
}

func fileOf(t *testing.T, text string) *File {
	t.Helper()
	f := &File{source: source{filepath.Join(t.TempDir(), "careen", "config.yaml"), catalogue, columns}}
	if text != "" {
		write(t, f, text)
	}
	return f
}

func write(t *testing.T, f *File, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.source.path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.source.path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCannotBeEditedIsLeftAlone(t *testing.T) {
	w := []Waiver{{Probe: string(catalogue[1]), Subject: "*", Reason: "x"}}
	for text, want := range map[string]string{
		"waivers: [{probe: release-stuck, subject: '*', reason: x}]\n": "write each on lines of its own",
		"{theme: full}\n":           "a way that careen cannot edit",
		"theme: full\n...\n":        "a way that careen cannot edit",
		"waivers: null\n":           "a way that careen cannot edit",
		"theme: pink\n":             `"pink" is not a theme`,
		"waivers: all\n":            "a list of waivers is wanted",
		"theme: full\n---\nkeys:\n": "more than one document",
	} {
		f := fileOf(t, text)
		if e, err := f.Accept(w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s (%+v)", text, err, want, e)
		}
	}
	f := fileOf(t, "waivers: [{probe: release-stuck, subject: '*', reason: x}]\n")
	if _, err := f.Recall(func(Waiver) bool { return true }); err == nil || !strings.Contains(err.Error(), "lines of its own") {
		t.Error(err)
	}
	if _, err := fileOf(t, "").Recall(func(Waiver) bool { return true }); err == nil || !strings.Contains(err.Error(), "no such waiver") {
		t.Error(err)
	}
}

func TestAnEditOfAnotherFileIsNotWritten(t *testing.T) {
	f := fileOf(t, "theme: full\n")
	e, err := f.Accept([]Waiver{{Probe: string(catalogue[1]), Subject: "*", Reason: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, f, "theme: basic\n")
	if err := e.Write(); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
	if raw, _ := os.ReadFile(f.source.path); string(raw) != "theme: basic\n" {
		t.Errorf("%q", raw)
	}
}

func TestALinkStaysALinkAndAModeTheSame(t *testing.T) {
	f := fileOf(t, "theme: full\n")
	target := filepath.Join(t.TempDir(), "dotfiles.yaml")
	if err := os.Rename(f.source.path, target); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, f.source.path); err != nil {
		t.Skip("no symbolic links here")
	}
	e, err := f.Accept([]Waiver{{Probe: string(catalogue[1]), Subject: "*", Reason: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Write(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(f.source.path)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("%v, %v", info, err)
	}
	raw, err := os.ReadFile(target)
	if err != nil || string(raw) != e.After {
		t.Errorf("%q, %v", raw, err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestEndsAsPeopleTypeThem(t *testing.T) {
	now := time.Date(2026, 1, 30, 23, 0, 0, 0, time.UTC)
	for text, last := range map[string]string{
		"": "", " ": "", "2026-01-30": "2026-01-30", "2026-12-31": "2026-12-31", "1d": "2026-01-31", "30d": "2026-03-01", "2w": "2026-02-13",
	} {
		until, err := ParseUntil(text, now)
		if got := (Waiver{Until: until}).Last(); err != nil || got != last {
			t.Errorf("%q: %q, %v; want %q", text, got, err, last)
		}
	}
	for _, text := range []string{"2026-01-29", "d", "0d", "-1d", "99999d", "soon", "2026-02-30", "1.5d", "7 d"} {
		if until, err := ParseUntil(text, now); err == nil {
			t.Errorf("%q is %s", text, until)
		}
	}
}

func TestWaiversThatCoverNothing(t *testing.T) {
	w := func(probe, subject string) Waiver {
		return Waiver{Probe: probe, Subject: subject, Reason: "r", Where: "c:" + subject}
	}
	orphan := found("claim-orphan", "shop", "PersistentVolumeClaim", "data", "")
	blind := found("release-stuck", "", "Release", "*", "")
	blind.Grade = finding.Unknown
	all := []finding.ProbeID{"claim-orphan", "release-stuck"}
	for name, c := range map[string]struct {
		waiver Waiver
		look   Look
		idle   bool
	}{
		"it covers one":           {w(string(catalogue[1]), "shop/*"), Look{Findings: []*finding.Finding{orphan}, Ran: all}, false},
		"it covers none":          {w(string(catalogue[1]), "shop/PersistentVolumeClaim/gone"), Look{Findings: []*finding.Finding{orphan}, Ran: all}, true},
		"its probe did not run":   {w(string(catalogue[1]), "shop/x/gone"), Look{Ran: all[1:]}, false},
		"one of its did not":      {w("*", "shop/x/gone"), Look{Ran: all[1:]}, false},
		"its probe could not see": {w("release-stuck", "shop/x/gone"), Look{Findings: []*finding.Finding{blind}, Ran: all}, false},
		"another namespace":       {w(string(catalogue[1]), "shop/x/gone"), Look{Ran: all, Namespaces: []string{"keep"}}, false},
		"this namespace":          {w(string(catalogue[1]), "shop/x/gone"), Look{Ran: all, Namespaces: []string{"shop"}}, true},
		"any namespace":           {w(string(catalogue[1]), "*/x/gone"), Look{Ran: all, Namespaces: []string{"shop"}}, false},
		"it is over":              {Waiver{Probe: string(catalogue[1]), Subject: "a", Until: day.AddDate(-1, 0, 0)}, Look{Ran: all}, false},
	} {
		c.look.Known = all
		notes := NewKnown([]Waiver{c.waiver}, nil, day).Idle(c.look)
		if (len(notes) == 1) != c.idle {
			t.Errorf("%s: %q", name, notes)
		}
		if c.idle && (!strings.Contains(notes[0], c.waiver.Where) || !strings.Contains(notes[0], "in this cluster any more")) {
			t.Errorf("%s: %q", name, notes)
		}
	}
}

func TestWaiversHoldInTheirContexts(t *testing.T) {
	orphan := found("claim-orphan", "shop", "PersistentVolumeClaim", "data", "")
	k := NewKnown([]Waiver{{Probe: string(catalogue[1]), Subject: "*", Context: "*-eu", Reason: "r"}}, nil, day)
	if k.Alone("prod-eu").Why(orphan) == "" || k.In("prod-eu").Why(orphan) == "" || k.Alone("prod-us").Why(orphan) != "" || k.In("").Why(orphan) != "" {
		t.Error("it holds elsewhere")
	}
}
