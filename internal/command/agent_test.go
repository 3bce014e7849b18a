package command

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/model"
)

// lines is what a process writes while others read it.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lines) await(t *testing.T, text string) {
	t.Helper()
	apitest.Await(t, "the line "+text, func() (bool, string) { return strings.Contains(l.String(), text), l.String() })
}

// TestTheAgent runs the command itself, on a cluster whose every Secret holds a
// sentinel: neither reports nor metrics nor its lines have it.
func TestTheAgent(t *testing.T) {
	w := secretWorld(t)
	for _, k := range []model.KindInfo{
		{Kind: "Report.openreports.io", Group: "openreports.io", Version: "v1alpha1", Resource: "reports", Namespaced: true},
		{Kind: "ClusterReport.openreports.io", Group: "openreports.io", Version: "v1alpha1", Resource: "clusterreports"},
	} {
		w.Serve(k)
		w.Put(t, "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "+k.Resource+".openreports.io}\n"+
			"spec: {group: openreports.io, names: {plural: "+k.Resource+", kind: Report}, scope: Namespaced, versions: [{name: v1alpha1, served: true, storage: true}]}")
	}
	s := newShell(t)
	t.Setenv("KUBECONFIG", w.Kubeconfig(t, "test"))
	state := t.TempDir()
	t.Setenv("XDG_STATE_HOME", state)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	var out, log lines
	code := make(chan int, 1)
	go func() {
		code <- Execute(ctx, []string{s.command, "agent", "--listen", "127.0.0.1:0"}, Streams{null, &out, &log})
	}()
	log.await(t, "report objects are written to openreports.io/v1alpha1")
	apitest.Await(t, "a report", func() (bool, string) {
		return w.Objects("reports", "openreports.io")["shop/careen"] != nil, log.String()
	})
	_, after, _ := strings.Cut(log.String(), "listen=")
	address, _, _ := strings.Cut(after, " ")
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	var metrics strings.Builder
	if err := resp.Write(&metrics); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	raw, err := yaml.Marshal(w.Objects("reports", "openreports.io"))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"a report": string(raw), "metrics": metrics.String(), "its lines": log.String()} {
		if strings.Contains(text, sentinel) || strings.Contains(text, b64(sentinel)) {
			t.Errorf("%s holds the sentinel:\n%s", what, text)
		}
	}
	if !strings.Contains(metrics.String(), `careen_findings{grade="`) {
		t.Errorf("metrics:\n%s", metrics.String())
	}
	cancel()
	if got := <-code; got != codeInterrupted {
		t.Errorf("exit code %d:\n%s", got, log.String())
	}
	if out.String() != "" {
		t.Errorf("standard output: %s", out.String())
	}
	if list, _ := filepath.Glob(filepath.Join(state, "careen", "*")); len(list) > 0 {
		t.Errorf("it keeps %v", list)
	}
}

func TestAgentsThatCannotBeMeant(t *testing.T) {
	s := newShell(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	t.Setenv("KUBECONFIG", s.file("kubeconfig", "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: a, user: a}}]\n"+
		"clusters: [{name: a, cluster: {server: "+gone()+"}}]\nusers: [{name: a, user: {}}]\n"))
	for line, want := range map[string]struct {
		code int
		says string
	}{
		"agent --publish openreport":               {codeUsage, `--publish: "openreport": unknown; did you mean "openreports"?`},
		"agent --listen 8080":                      {codeUsage, "--listen 8080: want HOST:PORT or :PORT"},
		"agent x":                                  {codeUsage, `agent takes no arguments, but was given "x"`},
		"agent --context nosuch":                   {codeUsage, "nosuch"},
		"agent --contexts *":                       {codeUsage, "unknown flag: --contexts"},
		"agent --listen " + taken.Addr().String():  {codeInternal, "address already in use"},
		"probes --agent":                           {codeUsage, "--agent goes with --rbac"},
		"probes --rbac --agent -n a -n b":          {codeUsage, "--agent: name the one namespace"},
		"agent --log-file " + s.home + " --listen": {codeUsage, "flag needs an argument"},
	} {
		if code := s.run(strings.Fields(line)...); code != want.code || !strings.Contains(s.err.String(), want.says) {
			t.Errorf("%s: exit code %d: %s", line, code, s.err.String())
		}
	}
}

func TestTheRoleOfAnAgent(t *testing.T) {
	s := newShell(t)
	if code := s.run("probes", "--rbac", "--agent", "--custom=false", "-n", "careen"); code != codeOK {
		t.Fatalf("exit code %d: %s", code, s.err.String())
	}
	first, second, _ := strings.Cut(s.out.String(), "---\n")
	var wide rbacv1.ClusterRole
	var narrow rbacv1.Role
	if err := yaml.UnmarshalStrict([]byte(first), &wide); err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict([]byte(second), &narrow); err != nil {
		t.Fatal(err)
	}
	writes := map[string]bool{}
	for _, r := range wide.Rules {
		for _, verb := range r.Verbs {
			switch verb {
			case "get", "list", "watch":
			case "create":
				writes[r.APIGroups[0]] = true
			default:
				writes[r.APIGroups[0]] = true
				if len(r.ResourceNames) != 1 {
					t.Errorf("it may %s any of %v", verb, r.Resources)
				}
			}
		}
	}
	if len(writes) != 2 || !writes["openreports.io"] || !writes["wgpolicyk8s.io"] || narrow.Namespace != "careen" || len(narrow.Rules) != 2 {
		t.Errorf("it may write in %v, and has %+v", writes, narrow)
	}
	s.run("probes", "--rbac", "--custom=false")
	if plain := s.out.String(); strings.Contains(plain, "openreports") || strings.Contains(plain, "create") {
		t.Error("the role without --agent writes")
	}
}
