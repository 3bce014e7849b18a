package command

import (
	"path/filepath"
	"strings"
	"testing"
)

const unreadableID = "release-record-unreadable:default/Release/web"

func TestANoteOfAFileIsMadeWithoutTheCluster(t *testing.T) {
	s := newShell(t)
	a := newAPIServer(t)
	a.objects["secrets"] = []any{unreadable()}
	file := filepath.Join(s.home, "snapshot")
	if code := s.on(a, "snapshot -o "+file); code != codeOK {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	if code := s.on(a, "note "+unreadableID); code != codeOK || strings.Contains(s.out.String(), "SNAPSHOT") {
		t.Errorf("of the cluster: exit code %d\n%s%s", code, s.out.String(), s.err.String())
	}
	a.Close()
	if code := s.run("note", unreadableID, "--from", file); code != codeOK {
		t.Errorf("of the file: exit code %d: %s", code, s.err.String())
	}
	for _, want := range []string{"SNAPSHOT ", "`" + unreadableID + "`", "## Why", "## Evidence"} {
		if !strings.Contains(s.out.String(), want) {
			t.Errorf("the note lacks %q:\n%s", want, s.out.String())
		}
	}
	if code := s.run("note", "nosuch", "--from", file); code != codeUsage || s.out.Len() > 0 {
		t.Errorf("an unknown finding: exit code %d\n%s%s", code, s.out.String(), s.err.String())
	}
}

func TestContextsAndEntriesAreCompleted(t *testing.T) {
	s := newShell(t)
	world := secretWorld(t)
	t.Setenv("KUBECONFIG", world.Kubeconfig(t, "test"))
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	if s.run("__complete", "audit", "--context", "te"); !strings.HasPrefix(s.out.String(), "test\n") {
		t.Errorf("contexts: %s%s", s.out.String(), s.err.String())
	}
	if s.run("__complete", "audit", "--context", "x"); strings.Contains(s.out.String(), "test") {
		t.Errorf("a context that does not begin so: %s", s.out.String())
	}
	s.run("fix", "release-stuck:shop/Release/app", "--fix", "mark-failed", "--yes", "--stuck-after", "1s", "--log-file", filepath.Join(s.home, "log"))
	applied := s.out.String() + s.err.String()
	if code := s.run("journal", "--log-file", filepath.Join(s.home, "log")); code != codeOK {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	lines := strings.Split(s.out.String(), "\n")
	if len(lines) < 2 || !strings.HasPrefix(lines[0], "ENTRY") {
		t.Fatalf("no entry is listed: %s behind %s", s.out.String(), applied)
	}
	id, _, _ := strings.Cut(lines[1], " ")
	if s.run("__complete", "undo", id[:4]); !strings.HasPrefix(s.out.String(), id+"\t") {
		t.Errorf("entries: %s%s", s.out.String(), s.err.String())
	}
}

func TestIdsOfFindingsAreCompleted(t *testing.T) {
	s := newShell(t)
	a := newAPIServer(t)
	a.objects["secrets"] = []any{unreadable()}
	for _, command := range []string{"note", "fix"} {
		if code := s.run("__complete", command, "--server", a.URL, "release-rec"); code != codeOK || !strings.HasPrefix(s.out.String(), unreadableID+"\t") {
			t.Errorf("%s: exit code %d\n%s%s", command, code, s.out.String(), s.err.String())
		}
		if s.run("__complete", command, "--server", a.URL, "nosuch"); strings.Contains(s.out.String(), unreadableID) {
			t.Errorf("%s offers what does not begin so: %s", command, s.out.String())
		}
	}
}

func TestAReportCallsTheClusterByItsName(t *testing.T) {
	s := newShell(t)
	a := newAPIServer(t)
	host := strings.TrimPrefix(a.URL, "http://")
	for _, v := range []struct{ args, want string }{
		{"audit --cluster-name prod -o sarif", `"id": "careen/prod/"`},
		{"audit --cluster-name prod -o json", `"name": "prod"`},
		{"audit --cluster-name prod -o junit", `<property name="cluster" value="prod">`},
		{"audit --cluster-name prod", "careen  prod  "},
	} {
		if code := s.on(a, v.args+" --fail-on none"); code != codeOK && code != codePartial || !strings.Contains(s.out.String(), v.want) {
			t.Errorf("%s: exit code %d, without %s:\n%s%s", v.args, code, v.want, s.out.String(), s.err.String())
		}
	}
	t.Setenv("KUBECONFIG", filepath.Join(s.home, "none"))
	if code := s.run("audit", "--server", a.URL, "-o", "sarif", "--fail-on", "none"); code != codeOK && code != codePartial || !strings.Contains(s.out.String(), `"id": "careen/`+host+`/"`) {
		t.Errorf("with --server alone: exit code %d\n%.2000s%s", code, s.out.String(), s.err.String())
	}
	if code := s.run("audit", "--contexts", "*", "--cluster-name", "prod"); code != codeUsage || !strings.Contains(s.err.String(), "--cluster-name") {
		t.Errorf("with --contexts: exit code %d: %s", code, s.err.String())
	}
}
