package command

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// on runs a command line on a server.
func (s *shell) on(a *apiServer, line string) int {
	s.t.Helper()
	return s.run(append(strings.Fields(line), "--server", a.URL, "--log-file", filepath.Join(s.home, "log"))...)
}

// unreadable is a release whose record cannot be decoded: a finding of severity high.
func unreadable() object {
	return object{
		"kind": "Secret", "apiVersion": "v1", "type": "helm.sh/release.v1", "data": object{"release": "eA=="},
		"metadata": object{
			"name": "sh.helm.release.v1.web.v1", "namespace": "default", "uid": "2", "resourceVersion": "6", "creationTimestamp": "2025-01-01T00:00:00Z",
			"labels": object{"owner": "helm", "name": "web", "version": "1", "status": "deployed"},
		},
	}
}

func (s *shell) chart() string {
	s.t.Helper()
	dir := filepath.Join(s.home, "chart")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.file("chart/Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n")
	return dir
}

func TestExitCodesOnACluster(t *testing.T) {
	s := newShell(t)
	chart := s.chart()
	out := filepath.Join(s.home, "out")
	kept := filepath.Join(s.home, "nowhere", "out")
	for _, c := range []struct {
		line    string
		denied  string
		failing string
		broken  bool // a release cannot be decoded
		want    int
		says    string
	}{
		{line: "audit", want: codeOK},
		{line: "audit", broken: true, want: codeFindings},
		{line: "audit --fail-on none", broken: true, want: codeOK},
		{line: "audit --fail-on critical", broken: true, want: codeOK},
		{line: "audit --skip-probe release-record-unreadable", broken: true, want: codeOK},
		{line: "audit", denied: "list pods", want: codePartial, says: "forbidden to viewer (list pods"},
		{line: "audit", denied: "list secrets", broken: true, want: codePartial, says: "list secrets"},
		{line: "audit -n nosuch", want: codeUsage, says: "-n nosuch"},
		{line: "graph", want: codeOK},
		{line: "graph", denied: "list pods", want: codePartial, says: "list pods"},
		{line: "graph deployment/nosuch", want: codeUsage, says: "Deployment nosuch"},
		{line: "snapshot -o " + out, want: codeOK},
		{line: "snapshot -o " + out, denied: "list pods", want: codePartial, says: "list pods"},
		{line: "snapshot -o " + kept, want: codeUsage, says: kept},
		{line: "snapshot -o /dev/full", want: codeInternal, says: "no space left"},
		{line: "preflight web " + chart + " -n default", want: codeOK},
		{line: "preflight web " + chart + " -n nosuch", want: codeUsage, says: "nosuch"},
		{line: "preflight web " + chart + " -n default", broken: true, want: codeFindings},
		{line: "preflight web " + chart + " -n default", denied: "list persistentvolumes", want: codePartial, says: "list persistentvolumes"},
		{line: "preflight web " + chart + " -n default --set-string a=b --skip-probe preflight-unread", denied: "list persistentvolumes", want: codePartial},
		{line: "forecast web -n default", want: codeUsage, says: "release web"},
		{line: "forecast web -n default", denied: "list secrets", want: codePartial, says: "list secrets"},
		{line: "forecast web -n default", broken: true, want: codePartial},
		{line: "versions secret/nosuch -n default", want: codeUsage, says: "nothing knows of an earlier one"},
		{line: "versions secret/nosuch -n default", denied: "get secrets", want: codePartial, says: "get secrets"},
		{line: "versions secret/nosuch -n default --to nosuch", want: codeUsage, says: "no version"},
		{line: "verify web -n default", want: codeUsage, says: "no release web in namespace default"},
		{line: "verify web -n default --timeout 0s", denied: "list secrets", want: codePartial, says: "list secrets"},
		{line: "verify web -n default --timeout 0s", broken: true, want: codeFindings, says: "cannot be read"},
		{line: "verify web -n default --timeout 0s --revision 2", want: codeFindings, says: "no release web"},
		{line: "verify deployment/web -n default --timeout 0s", want: codeFindings, says: "does not exist"},
		{line: "verify namespace/default -n default --timeout 0s", want: codeOK, says: "well"},
		{line: "fix nosuch", want: codeUsage, says: `no finding "nosuch"`},
		{line: "fix nosuch", denied: "list pods", want: codePartial, says: "list pods"},
		{line: "fix release-record-unreadable:default/Release/web --fix nosuch", broken: true, want: codeUsage, says: "nosuch"},
		{line: "fix release-record-unreadable:default/Release/web --read-only --yes", broken: true, want: codeRefused, says: "read-only"},
		{line: "note nosuch", want: codeUsage, says: `no finding "nosuch"`},
		{line: "note nosuch", denied: "list pods", want: codePartial, says: "list pods"},
		{line: "note nosuch", denied: "list secrets", want: codePartial, says: "whether it was fixed is not known"},
		{line: "note release-record-unreadable:default/Release/web", broken: true, want: codeOK},
		{line: "note release-record-unreadable:default/Release/web", broken: true, denied: "list events", want: codePartial, says: "list events"},
		{line: "note release-record-unreadable:default/Release/web --read-only", broken: true, failing: "create selfsubjectreviews", want: codeOK},
		{line: "undo nosuch", want: codeUsage, says: "nosuch"},
		{line: "undo", failing: "list secrets", want: codeRefused, says: "request timed out"},
		{line: "journal", want: codeOK},
		{line: "journal", denied: "list secrets", want: codePartial, says: "may not list secrets"},
		{line: "journal", failing: "list secrets", want: codePartial, says: "request timed out"},
		{line: "journal prune --older-than 1h --read-only", want: codeRefused, says: "read-only"},
	} {
		t.Run(c.line+" "+c.denied+c.failing, func(t *testing.T) {
			a := newAPIServer(t)
			if c.broken {
				a.objects["secrets"] = []any{unreadable()}
			}
			if c.denied != "" {
				a.denied = []string{c.denied, strings.Replace(c.denied, "list", "watch", 1)}
			}
			if c.failing != "" {
				a.failing = []string{c.failing}
			}
			if code := s.on(a, c.line); code != c.want || !strings.Contains(s.err.String(), c.says) {
				t.Errorf("exit code %d, want %d; stderr lacks %q:\n%s\n%s", code, c.want, c.says, s.err.String(), s.out.String())
			}
			if strings.Contains(s.err.String(), issues) {
				t.Errorf("it asks to report what is no fault of careen: %s", s.err.String())
			}
		})
	}
}

func TestAnInterruptedCommandEndsSo(t *testing.T) {
	s := newShell(t)
	a := newAPIServer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, line := range []string{"audit", "audit --watch", "graph", "snapshot -o " + filepath.Join(s.home, "out"), "fix x", "undo", "journal"} {
		null, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		s.err.Reset()
		args := append([]string{"careen"}, append(strings.Fields(line), "--server", a.URL, "--log-file", filepath.Join(s.home, "log"))...)
		if code := Execute(ctx, args, Streams{null, &s.out, &s.err}); code != codeInterrupted {
			t.Errorf("%s: exit code %d, want %d; stderr: %s", line, code, codeInterrupted, s.err.String())
		}
		null.Close()
	}
}

// TestAFaultOfCareenIsNoUsage lets a command crash, and one fail in a way that nobody
// expects.
func TestAFaultOfCareenIsNoUsage(t *testing.T) {
	s := newShell(t)
	log := filepath.Join(s.home, "log")
	for name, work := range map[string]func(*session, []string) error{
		"a panic":                              func(*session, []string) error { panic("a fault") },
		"an error that no command gave a code": func(*session, []string) error { return errors.New("the engine crashed: x") },
	} {
		s.err.Reset()
		streams := Streams{nil, &s.out, &s.err}
		o := newOptions()
		root := &cobra.Command{Use: "careen", SilenceErrors: true, SilenceUsage: true, RunE: o.within(streams, work)}
		o.bind(root)
		root.SetArgs([]string{"--log-file", log})
		if code := conclude(t.Context(), root, streams); code != codeInternal {
			t.Errorf("%s: exit code %d", name, code)
		}
		if !strings.Contains(s.err.String(), issues) {
			t.Errorf("%s: it does not ask to report it: %s", name, s.err.String())
		}
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "careen crashed") || !strings.Contains(string(text), "exit_test.go") {
		t.Errorf("the log has no stack:\n%s", text)
	}
}
