//go:build !race

// Every command one after another: the race detector would take a minute, and find nothing.

package command

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"github.com/careen-tui/careen/internal/diagram"
	"github.com/careen-tui/careen/internal/report"
)

// spoken are the command lines by which each command is driven through all its exits.
// %F stands for each format of reports, %G for each of graphs, %S for a file that the
// snapshot before has written, %C for a chart. A command that is not among them fails
// the test: its output has to be looked at as well.
var spoken = map[string][]string{
	"audit": {"audit -o %F", "audit -o %F --from %S", "audit --contexts test -o %L"}, "graph": {"graph -o %G", "graph deployment/web -n shop -o %G"},
	"snapshot":  {"snapshot -o %S", "snapshot -o %S --redact names"},
	"preflight": {"preflight app %C -n shop -o %F", "preflight new %C -n shop -o %F"}, "forecast": {"forecast app -n shop -o %F"},
	"versions": {"versions secret/db -n shop", "versions secret/db -n shop -o json", "versions secret/db -n shop --to app.v1", "versions configmap/app -n shop --to app.v1 --commands"},
	"verify":   {"verify app -n shop --timeout 0s -o %F", "verify deployment/web -n shop --timeout 0s -o %F"},
	"fix":      nil, "note": nil, "journal": nil, "undo": nil, // by what audit finds, below
	"mcp":    nil, // see TestToolsOfMCP
	"agent":  nil, // TestTheAgent
	"probes": {"probes", "probes --rbac", "probes release-stuck"}, "version": {"version"}, "help": {"help"}, "completion": {"completion bash"},
	"docs": nil, "demo": nil, // write documentation, and start a control plane: neither reads this cluster
}

func visible(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

func TestNoCommandShowsASecret(t *testing.T) {
	world := secretWorld(t)
	s := newShell(t)
	t.Setenv("KUBECONFIG", world.Kubeconfig(t, "test"))
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	log, snapshot := filepath.Join(s.home, "careen.log"), filepath.Join(s.home, "snapshot")
	always := []string{"--stuck-after", "1s", "--stale-after", "1s", "--orphan-after", "1s", "--log-file", log, "-v"}
	run := func(args ...string) int {
		t.Helper()
		code := s.run(append(args, always...)...)
		told(t, strings.Join(args, " "), s.out.String()+s.err.String())
		return code
	}
	chart := chartOf(t, map[string]string{"all.yaml": strings.NewReplacer("SENT", sentinel, "B64", b64(sentinel), "REV", "3").Replace(recordManifest)})
	if code := run("snapshot", "-o", snapshot); code != codeOK && code != codePartial {
		t.Fatalf("no snapshot: %s", s.err.String())
	}
	for _, name := range visible(newRoot(Streams{}, "careen")) {
		lines, ok := spoken[name]
		if !ok {
			t.Errorf("%s: no command line is known that drives its output", name)
		}
		for _, line := range lines {
			formats := []string{""}
			if strings.Contains(line, "%F") {
				formats = report.Documents.Names()
			} else if strings.Contains(line, "%L") {
				formats = report.Lists.Names()
			} else if strings.Contains(line, "%G") {
				formats = diagram.Formats.Names()
			}
			for _, format := range formats {
				code := run(strings.Fields(strings.NewReplacer("%F", format, "%L", format, "%G", format, "%S", snapshot, "%C", chart).Replace(line))...)
				if code == codeUsage || code == codeUnreachable || code == codeInternal || s.out.Len()+s.err.Len() == 0 && format != "jsonl" {
					t.Errorf("%s %s: exit code %d; stderr: %s", line, format, code, s.err.String())
				}
				if strings.Contains(line, "%S") {
					raw, err := os.ReadFile(snapshot)
					if err != nil {
						t.Fatal(err)
					}
					told(t, line+", the file", unpacked(t, raw))
				}
			}
		}
	}
	mended(t, s, run)
	raw, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	told(t, "the log file", string(raw))
	if state, err := os.ReadFile(filepath.Join(os.Getenv("XDG_STATE_HOME"), "careen", "log.jsonl")); err == nil {
		told(t, "the operator's log", string(state))
	}
}

// mended plans every fix of every finding, as a plan and as commands, applies one, and
// looks at the journal and at its undo.
func mended(t *testing.T, s *shell, run func(args ...string) int) {
	t.Helper()
	run("audit", "-o", "json")
	var doc report.Document
	if err := json.Unmarshal(s.out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	plans, notes := 0, 0
	for _, f := range doc.Findings {
		if code := run("note", string(f.ID)); code == codeOK && strings.HasPrefix(s.out.String(), "# ") {
			notes++
		}
		for _, fix := range f.Fixes {
			if run("fix", string(f.ID), "--fix", fix.ID) == codeOK {
				plans++
			}
			run("fix", string(f.ID), "--fix", fix.ID, "--commands")
		}
	}
	if len(doc.Findings) < 5 || plans < 2 || notes < 5 {
		t.Errorf("%d findings, %d plans, %d notes: too little is looked at", len(doc.Findings), plans, notes)
	}
	run("fix", "release-stuck:shop/Release/app", "--fix", "mark-failed", "--yes")
	applied := s.out.String() + s.err.String()
	if run("journal"); s.out.Len() == 0 {
		t.Errorf("the journal is empty behind %s", applied)
	}
	if run("note", "release-stuck:shop/Release/app"); !strings.Contains(s.out.String(), "## What was applied") {
		t.Errorf("the note does not tell what was applied: %s", s.out.String()+s.err.String())
	}
	for _, args := range [][]string{{"undo"}, {"undo", "--commands"}, {"undo", "--finish"}, {"journal", "--verify"}, {"journal", "-o", "json"}} {
		run(args...)
	}
}

// unpacked is the text of a snapshot file.
func unpacked(t *testing.T, raw []byte) string {
	t.Helper()
	z, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := z.DecodeAll(raw, nil)
	if err != nil || len(text) == 0 {
		t.Fatalf("%d bytes: %v", len(text), err)
	}
	return string(text)
}
