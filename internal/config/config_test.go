package config

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/careen-tui/careen/internal/engine"
	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/report"
	"github.com/careen-tui/careen/keymap"
)

var catalogue = []finding.ProbeID{"release-stuck", "claim-orphan"}

var columns = map[string][]string{"findings": {"severity", "probe", "subject", "age"}, "secrets": {"name", "age"}}

const whole = `
keys:
  fix: [F, alt+f]
  quit: q
theme: basic
columns:
  findings: [severity, probe, subject]
thresholds:
  stuck-after: 30m
  orphan-after: 24h
filters:
  mine: review/
  down: "0/"
waivers:
  - probe: claim-orphan
    subject: shop/*
    reason: kept until the migration
    until: 2026-06-30
  - probe: "release-*"
    subject: "*/Release/legacy-??"
    reason: &why nobody upgrades these
  - {probe: release-stuck, subject: a/Release/b#c, reason: *why}
`

func TestAWholeFile(t *testing.T) {
	f, err := parse("config.yaml", []byte(whole), catalogue, columns)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := f.Keymap()
	if err != nil {
		t.Fatal(err)
	}
	if got := keys.Resolve(keymap.InList, "F"); got.String() != "fix" {
		t.Errorf("F is %s", got)
	}
	if f.Theme != "basic" || len(f.Columns) != 1 || len(f.Columns["findings"]) != 3 {
		t.Errorf("%+v", f)
	}
	if len(f.Thresholds) != 2 || f.Thresholds[0].Value != 30*time.Minute || f.Thresholds[1].Name != "orphan-after" {
		t.Errorf("%+v", f.Thresholds)
	}
	if len(f.Filters) != 2 || f.Filters[1] != (Filter{"down", "0/"}) {
		t.Errorf("%+v", f.Filters)
	}
	if len(f.Waivers) != 3 || f.Waivers[2].Reason != "nobody upgrades these" || f.Waivers[0].Last() != "2026-06-30" {
		t.Errorf("%+v", f.Waivers)
	}
}

func TestNoFileAndAnEmptyOne(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	if f, err := Load("", catalogue, columns); err != nil || f.Path != "" {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml"), catalogue, columns); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that was named may not be absent: %v", err)
	}
	for _, text := range []string{"", "# nothing\n", "waivers:\nkeys:\n"} {
		if _, err := parse("c", []byte(text), catalogue, columns); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheDefaultFileIsRead(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	if err := os.MkdirAll(filepath.Join(home, "careen"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(DefaultPath(), []byte("theme: none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := Load("", catalogue, columns); err != nil || f.Theme != "none" {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	waiver := "waivers:\n  - probe: claim-orphan\n    subject: '*'\n"
	cases := []struct{ text, want string }{
		{"colour: red", `c:1:1: unknown field "colour"; known are columns, filters, keys, probes, theme, thresholds, waivers`},
		{"theme: pink", `c:1:8: "pink" is not a theme`},
		{"theme:\n", "c:1:7: a text is wanted here, not nothing"},
		{"keys: [a]", "c:1:7: a mapping is wanted here, not a list"},
		{"keys:\n  fly: x", "c:2:3: keys.fly: there is no action of that name"},
		{"keys:\n  fix: nonsense+q", "c:2:3: keys.fix"},
		{"keys:\n  fix: [q, ctrl+c]", "c:2:3: keys.fix: it would leave no key to quit with"},
		{"keys:\n  fix: x\n  sort: x", "key x means both sort and fix"},
		{"keys:\n  fix: {a: b}", "c:2:8: a text is wanted here, not a mapping"},
		{"theme: full\ntheme: full", "c:2:1: theme is set twice"},
		{"columns:\n  pods: [a]", `c:2:3: "pods" is not a pane with columns; use one of findings, secrets`},
		{"columns:\n  secrets: []", "c:2:12: secrets would have no column"},
		{"columns:\n  secrets: [age, age]", "c:2:12: column age is listed twice"},
		{"columns:\n  secrets: [age, colour]", `c:2:12: "colour" is not a column of secrets; use one of name, age`},
		{"thresholds:\n  stuck: 1m", `c:2:3: "stuck" is not a threshold`},
		{"thresholds:\n  stuck-after: soon", `c:2:16: "soon" is not a duration`},
		{"thresholds:\n  stuck-after: -1m", `c:2:16: "-1m" is not a duration`},
		{"waivers: all", `c:1:10: a list of waivers is wanted here, not "all"`},
		{waiver, "c:2:5: the waiver has no reason"},
		{waiver + "    reason:", "c:4:12: a text is wanted here"},
		{waiver + "    reason: x\n    untlil: 2026-01-01", `c:5:5: unknown field "untlil"`},
		{waiver + "    reason: x\n    until: June", `c:5:12: "June" is not a date`},
		{"waivers:\n  - subject: '*'\n    reason: x", "c:2:5: the waiver has no probe"},
		{"waivers:\n  - {probe: no-such, subject: '*', reason: x}", `c:2:5: there is no probe "no-such"`},
		{"a: [", "c: line 1"},
		{"theme: full\n---\ntheme: full", "c: it holds more than one document"},
		{"- a", "c:1:1: a mapping is wanted here, not a list"},
	}
	for _, c := range cases {
		_, err := parse("c", []byte(c.text), catalogue, columns)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
}

func TestATooLargeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, bytes.Repeat([]byte("#"), limit+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, catalogue, columns); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Error(err)
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "shop/Deployment/web", true},
		{"*", "", true},
		{"shop/*", "shop/Deployment/web", true},
		{"shop/*", "shopping/Deployment/web", false},
		{"*/Deployment/*", "shop/Deployment/web", true},
		{"*/web", "shop/Deployment/web", true},
		{"*/web", "shop/Deployment/web-2", false},
		{"shop/Deployment/we?", "shop/Deployment/web", true},
		{"shop/Deployment/we?", "shop/Deployment/we", false},
		{"", "x", false},
		{"*a*b", "xaxbxb", true},
		{"x[a]", "xa", false},
	} {
		if got := Match(c.pattern, c.text); got != c.want {
			t.Errorf("%s, %s: %t", c.pattern, c.text, got)
		}
	}
}

func found(probe finding.ProbeID, ns, kind, name, slot string) *finding.Finding {
	return &finding.Finding{
		Probe: probe, Subject: model.Ref{Kind: model.Kind(kind), Namespace: ns, Name: name}, Slot: slot,
		Severity: finding.High, Grade: finding.Proved, Summary: "It is broken.",
	}
}

func TestWaiversHoldUntilTheirDayIsOver(t *testing.T) {
	f, err := parse("c", []byte(whole), catalogue, columns)
	if err != nil {
		t.Fatal(err)
	}
	orphan := found("claim-orphan", "shop", "PersistentVolumeClaim", "data", "")
	at := func(text string) *Known {
		now, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return NewKnown(f.Waivers, nil, now)
	}
	last := at("2026-06-30T23:59:59Z")
	if why := last.Why(orphan); why != "waived until 2026-06-30: kept until the migration" || len(last.Expired()) != 0 {
		t.Errorf("on the last day: %q", why)
	}
	after := at("2026-07-01T00:00:00Z")
	if why := after.Why(orphan); why != "" {
		t.Errorf("it should count again: %q", why)
	}
	after.Why(orphan)
	if notes := after.Expired(); len(notes) != 1 || !strings.Contains(notes[0], "c:15:5: the waiver ended with 2026-06-30") {
		t.Errorf("%q", notes)
	}
	for id, want := range map[*finding.Finding]bool{
		found("release-stuck", "x", "Release", "legacy-01", ""):             true,
		found("release-stuck", "x", "Release", "legacy-01", "any"):          true,
		found("release-stuck", "x", "Release", "legacy-001", ""):            false,
		found("release-stuck", "a", "Release", "b", "c"):                    true,
		found("release-stuck", "a", "Release", "b", "d"):                    false,
		found("claim-orphan", "other", "PersistentVolumeClaim", "data", ""): false,
	} {
		if got := last.Why(id) != ""; got != want {
			t.Errorf("%s: waived %t", id.ID(), got)
		}
	}
}

func writeReport(t *testing.T, findings ...*finding.Finding) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "baseline.json")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := &engine.Report{Snapshot: &model.Snapshot{}, Findings: findings}
	if err := report.Documents.Write(file, "json", report.New(r, time.Now(), time.Now(), 0, nil), report.Options{}); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestABaselineIsAReport(t *testing.T) {
	old := found("release-stuck", "review", "Release", "app", "")
	old.Since = time.Now()
	old.Evidence = []finding.Evidence{{Path: "a", Value: "b"}}
	old.Fixes = []finding.Fix{{ID: "x", Risk: finding.Destructive, Steps: []finding.Step{{Verb: "delete"}}}}
	b, err := LoadBaseline(writeReport(t, old))
	if err != nil {
		t.Fatal(err)
	}
	k := NewKnown(nil, b, time.Now())
	if k.Why(old) == "" || k.Why(found("release-stuck", "review", "Release", "other", "")) != "" {
		t.Error("the baseline knows the wrong findings")
	}
}

func TestWhatIsNoBaseline(t *testing.T) {
	raw, err := os.ReadFile(writeReport(t, found("release-stuck", "review", "Release", "app", "")))
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	for name, c := range map[string]struct{ text, want string }{
		"empty":          {"", "not a report"},
		"no json":        {"{\n  nonsense", ":2:3: not a report"},
		"cut":            {good[:len(good)/2], "not a report"},
		"another kind":   {strings.Replace(good, `"Report"`, `"List"`, 1), `it is "careen/v1alpha1" "List"`},
		"another":        {strings.Replace(good, "v1alpha1", "v9", 1), `it is "careen/v9"`},
		"unknown field":  {strings.Replace(good, `"slot"`, `"slots"`, 1), `unknown field "slots"`},
		"wrong type":     {strings.Replace(good, `"release-stuck",`, `7,`, 1), "cannot unmarshal number"},
		"unknown level":  {strings.Replace(good, `"high"`, `"grave"`, 2), `unknown severity "grave"`},
		"unknown grade":  {strings.Replace(good, `"proved"`, `"sure"`, 1), `unknown grade "sure"`},
		"edited id":      {strings.Replace(good, `"id": "release-stuck:review/Release/app"`, `"id": "x"`, 1), `findings[0]: its id is "x"`},
		"something more": {good + "{}", "not a report"},
	} {
		path := filepath.Join(t.TempDir(), "baseline.json")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadBaseline(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := LoadBaseline(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
