package command

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/careen-tui/careen/internal/apitest"
	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/mcp"
)

// piped is careen mcp with the two ends of its pipes.
type piped struct {
	t    *testing.T
	in   *os.File // to its standard input
	out  *os.File // from its standard output
	err  strings.Builder
	log  string
	code chan int
}

// serveOn starts careen mcp with those flags.
func serveOn(t *testing.T, ctx context.Context, flags ...string) *piped {
	t.Helper()
	t.Setenv("CAREEN_READ_ONLY", "")
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	in, toIn, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromOut, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &piped{t: t, in: toIn, out: fromOut, log: filepath.Join(t.TempDir(), "log"), code: make(chan int, 1)}
	go func() {
		code := Execute(ctx, append([]string{"careen", "mcp", "-v", "--log-file", s.log}, flags...), Streams{in, out, &s.err})
		out.Close()
		in.Close()
		s.code <- code
	}()
	t.Cleanup(func() {
		toIn.Close()
		fromOut.Close()
	})
	return s
}

// client is a client of the SDK on it.
func (s *piped) client() *sdk.ClientSession {
	s.t.Helper()
	c, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(s.t.Context(), &sdk.IOTransport{Reader: s.out, Writer: s.in}, nil)
	if err != nil {
		s.t.Fatalf("%v; stderr: %s", err, s.err.String())
	}
	return c
}

// call calls a tool and returns its text; into takes what it is made of.
func call(t *testing.T, c *sdk.ClientSession, name string, arguments map[string]any, into any) (text string, failed bool) {
	t.Helper()
	r, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, content := range r.Content {
		text += content.(*sdk.TextContent).Text
	}
	if into != nil && !r.IsError {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("%s: %v: %s", name, err, text)
		}
	}
	return text, r.IsError
}

func TestToolsOfMCP(t *testing.T) {
	world := secretWorld(t)
	var mu sync.Mutex
	var sent []string
	world.Refuse = func(_ http.ResponseWriter, target connect.Target) bool {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, target.Verb+" "+target.What())
		return false
	}
	t.Setenv("KUBECONFIG", world.Kubeconfig(t, "test"))
	s := serveOn(t, t.Context(), "--stuck-after", "1s", "--stale-after", "1s", "--orphan-after", "1s")
	c := s.client()
	tools, err := c.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tool := range tools.Tools {
		names = append(names, tool.Name)
		if !tool.Annotations.ReadOnlyHint || tool.InputSchema == nil || tool.OutputSchema == nil || tool.Description == "" {
			t.Errorf("%s: %+v", tool.Name, tool)
		}
	}
	slices.Sort(names)
	if want := []string{"changes", "finding", "findings", "graph", "object", "plan", "preflight"}; !slices.Equal(names, want) {
		t.Errorf("tools %q", names)
	}
	var answers strings.Builder
	use := func(name string, arguments map[string]any, into any) {
		t.Helper()
		text, failed := call(t, c, name, arguments, into)
		if answers.WriteString(text); failed {
			t.Errorf("%s: %s", name, text)
		}
	}

	var all mcp.FindingsOut
	use("findings", nil, &all)
	if all.Total < 5 || len(all.Findings) != all.Total || !all.Complete || all.Cluster.Context != "test" || all.Pages != 1 {
		t.Fatalf("%+v", all)
	}
	var page mcp.FindingsOut
	use("object", map[string]any{"object": "pod/web-0", "namespace": "shop"}, nil)
	use("findings", map[string]any{"limit": 2, "page": 2, "severity": "medium", "namespace": "shop"}, &page)
	if len(page.Findings) != 2 || page.Page != 2 || page.Total > all.Total || page.Findings[0].ID == all.Findings[0].ID {
		t.Errorf("%+v", page)
	}
	for _, f := range page.Findings {
		if f.Severity.String() == "low" || !strings.Contains(string(f.ID), ":shop/") {
			t.Errorf("not asked for: %+v", f)
		}
	}
	use("findings", map[string]any{"probe": "release-stuck", "page": 9}, &page)
	if page.Total != 1 || len(page.Findings) != 0 {
		t.Errorf("beyond the last page: %+v", page)
	}

	plans := 0
	for _, f := range all.Findings {
		var one mcp.FindingOut
		use("finding", map[string]any{"id": f.ID}, &one)
		if one.Finding.ID != f.ID || len(one.Finding.Evidence) == 0 || one.Page == "" {
			t.Errorf("%+v", one)
		}
		for _, fix := range f.Fixes {
			var plan mcp.PlanOut
			text, failed := call(t, c, "plan", map[string]any{"finding": f.ID, "fix": fix}, &plan)
			if answers.WriteString(text); failed { // a fix that cannot be planned says why
				continue
			}
			plans++
			if plan.Fix != fix || plan.Plan == "" || !slices.ContainsFunc(plan.Blocked, func(s string) bool { return strings.Contains(s, "read-only") }) || !strings.HasPrefix(plan.Command, "careen fix ") {
				t.Errorf("%+v", plan)
			}
		}
	}
	if plans < 2 {
		t.Errorf("%d plans: too little is looked at", plans)
	}

	var graph mcp.GraphOut
	use("graph", map[string]any{"object": "deployment/web", "depth": 1}, &graph)
	if len(graph.Nodes) < 2 || len(graph.Edges) == 0 {
		t.Errorf("%+v", graph)
	}
	var changes mcp.ChangesOut
	use("changes", map[string]any{"object": "release/app", "namespace": "shop", "finding": "release-stuck:shop/Release/app"}, &changes)
	if len(changes.Entries) == 0 || changes.Onset == nil || changes.About.Name != "app" {
		t.Errorf("%+v", changes)
	}
	chart := chartOf(t, map[string]string{"all.yaml": strings.NewReplacer("SENT", sentinel, "B64", b64(sentinel), "REV", "3").Replace(recordManifest)})
	var before mcp.PreflightOut
	use("preflight", map[string]any{"release": "app", "namespace": "shop", "chart": chart}, &before)
	if before.Release != "app" || len(before.Findings)+len(before.Changes) == 0 {
		t.Errorf("%+v", before)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if code := <-s.code; code != codeOK || s.err.Len() > 0 {
		t.Errorf("exit code %d; stderr: %s", code, s.err.String())
	}
	told(t, "an answer", answers.String())
	log, err := os.ReadFile(s.log)
	if err != nil {
		t.Fatal(err)
	}
	told(t, "the log", string(log))
	mu.Lock()
	defer mu.Unlock()
	for _, request := range sent {
		verb, resource, _ := strings.Cut(request, " ")
		if verb != "get" && verb != "list" && verb != "watch" && (verb != "create" || !strings.HasSuffix(resource, "reviews")) {
			t.Errorf("it sent %s", request)
		}
	}
}

func TestToolsThatAreAskedWhatCannotBeMeant(t *testing.T) {
	world := apitest.New(t)
	world.Put(t, "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\nstatus: {phase: Active}")
	t.Setenv("KUBECONFIG", world.Kubeconfig(t, "test"))
	s := serveOn(t, t.Context())
	c := s.client()
	secret := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(secret, []byte("password: "+sentinel+"\n\tbroken"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, ask := range []struct {
		tool      string
		arguments map[string]any
		want      string
	}{
		{"findings", map[string]any{"limit": "many"}, "limit"},
		{"findings", map[string]any{"severity": "terrible"}, "severity"},
		{"findings", map[string]any{"namespaces": "x"}, "namespaces"},
		{"findings", map[string]any{"limit": -1}, "limit -1: it cannot be negative"},
		{"findings", map[string]any{"page": -1}, "pages are counted from 1"},
		{"findings", map[string]any{"probe": "nosuch"}, `there is no probe "nosuch"`},
		{"finding", nil, "id"},
		{"finding", map[string]any{"id": "nosuch"}, `there is no finding "nosuch" at present`},
		{"finding", map[string]any{"id": []string{"a"}}, "id"},
		{"graph", map[string]any{"object": "deployment/nosuch"}, "there is no Deployment nosuch"},
		{"graph", map[string]any{"object": "x"}, "not of the form KIND/NAME"},
		{"graph", map[string]any{"object": "deployment/web", "namespace": "nosuch"}, `nothing is known of a namespace "nosuch"`},
		{"graph", map[string]any{"object": "deployment/web", "depth": 1.5}, "depth"},
		{"changes", map[string]any{"object": "namespace/shop", "finding": "nosuch"}, "there is no finding"},
		{"plan", map[string]any{"finding": "nosuch"}, "there is no finding"},
		{"plan", map[string]any{"finding": "nosuch", "apply": true}, "apply"},
		{"preflight", map[string]any{"release": "Bad_Name", "chart": "x"}, "not a valid release name"},
		{"preflight", map[string]any{"release": "web", "namespace": "../x", "chart": "x"}, "not a valid namespace name"},
		{"preflight", map[string]any{"release": "web", "chart": "/nonexistent"}, "no such file"},
		{"preflight", map[string]any{"release": "web", "chart": "oci://evil.example/x"}, "paths of this machine only"},
		{"preflight", map[string]any{"release": "web", "chart": "x", "values": []string{"https://evil.example/x"}}, "paths of this machine only"},
		{"preflight", map[string]any{"release": "web", "chart": "x", "values": []string{"-"}}, "paths of this machine only"},
		{"preflight", map[string]any{"release": "web", "chart": "x", "values": []string{secret}}, "reading the values"},
	} {
		text, failed := call(t, c, ask.tool, ask.arguments, nil)
		if !failed || !strings.Contains(text, ask.want) {
			t.Errorf("%s %v: failed %v, %s", ask.tool, ask.arguments, failed, text)
		}
		told(t, ask.tool, text)
	}
	if _, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: "apply"}); err == nil || !strings.Contains(err.Error(), `unknown tool "apply"`) {
		t.Errorf("an unknown tool: %v", err)
	}
	var still mcp.FindingsOut
	if text, failed := call(t, c, "findings", nil, &still); failed {
		t.Errorf("after all that: %s", text)
	}
}

// line sends a line and reads the next one.
func (s *piped) line(lines *bufio.Scanner, text string) map[string]any {
	s.t.Helper()
	if _, err := io.WriteString(s.in, text+"\n"); err != nil {
		s.t.Fatal(err)
	}
	var out map[string]any
	if !lines.Scan() {
		s.t.Fatalf("%.80s: no answer: %v", text, lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), &out); err != nil {
		s.t.Fatalf("%.80s: standard output carries %q", text, lines.Text())
	}
	return out
}

const hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}`

func TestStandardOutputCarriesTheProtocolAlone(t *testing.T) {
	t.Setenv("KUBECONFIG", apitest.New(t).Kubeconfig(t, "test"))
	s := serveOn(t, t.Context())
	lines := bufio.NewScanner(s.out)
	lines.Buffer(nil, 4<<20)
	for _, c := range []struct{ line, id, code string }{
		{`{"jsonrpc":`, "null", "-32700"},
		{`{"jsonrpc":"2.0","id":9,"method":"tools/list"}`, "9", "0"}, // before it was introduced
		{hello, "1", ""},
		{"not json at all", "null", "-32700"},
		{`[1]`, "null", "-32600"},
		{`{"jsonrpc":"2.0","id":2,"method":"nosuch/method"}`, "2", "-32601"},
		{`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"nosuch"}}`, "3", "-32602"},
		{`{"jsonrpc":"2.0","id":4,"method":"tools/call","params":"x"}`, "4", "-32602"},
		{`{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"findings","arguments":{}}}`, "5", ""},
	} {
		out := s.line(lines, c.line)
		id, _ := json.Marshal(out["id"])
		failure, _ := out["error"].(map[string]any)
		code, _ := json.Marshal(failure["code"])
		if string(id) != c.id || (failure != nil) != (c.code != "") || c.code != "" && string(code) != c.code {
			t.Errorf("%s: %v", c.line, out)
		}
	}
	s.in.Close()
	if code := <-s.code; code != codeOK || s.err.Len() > 0 {
		t.Errorf("exit code %d; stderr: %s", code, s.err.String())
	}
}

// TestAClientThatGoesAway closes both ends: nothing hangs, and nobody is told of a failure.
func TestAClientThatGoesAway(t *testing.T) {
	t.Setenv("KUBECONFIG", apitest.New(t).Kubeconfig(t, "test"))
	s := serveOn(t, t.Context())
	s.line(bufio.NewScanner(s.out), hello)
	s.out.Close()
	if _, err := io.WriteString(s.in, `{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"findings","arguments":{}}}`+"\n"); err != nil {
		t.Fatal(err)
	}
	s.in.Close()
	if code := <-s.code; code != codeOK || s.err.Len() > 0 {
		t.Errorf("exit code %d; stderr: %s", code, s.err.String())
	}
}

func TestMCPThatIsInterruptedOrHasNoCluster(t *testing.T) {
	t.Setenv("KUBECONFIG", apitest.New(t).Kubeconfig(t, "test"))
	ctx, cancel := context.WithCancel(t.Context())
	s := serveOn(t, ctx)
	s.line(bufio.NewScanner(s.out), hello)
	cancel()
	if code := <-s.code; code != codeInterrupted {
		t.Errorf("interrupted: exit code %d; %s", code, s.err.String())
	}
	s = serveOn(t, t.Context(), "--server", gone())
	c := s.client()
	text, failed := call(t, c, "findings", nil, nil)
	if !failed || !strings.Contains(text, "the cluster cannot be reached") {
		t.Errorf("%v: %s", failed, text)
	}
	s = serveOn(t, t.Context(), "--context", "nosuch")
	select {
	case code := <-s.code:
		if code != codeUsage || !strings.Contains(s.err.String(), "nosuch") {
			t.Errorf("no such context: exit code %d; %s", code, s.err.String())
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}
