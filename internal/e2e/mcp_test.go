//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/careen-tui/careen/internal/controlplane"
)

// TestMCPIsDrivenByTheSDK drives the binary by the SDK's client, then by hand with what no
// client should send, and goes away; the audit log knows of reads alone.
func TestMCPIsDrivenByTheSDK(t *testing.T) {
	const who = "a-program"
	c := shared.with(t, "vault")
	args := append([]string{"mcp", "-n", "vault", "--as", who, "--as-group", "system:masters"}, quick...)
	client, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), &sdk.CommandTransport{Command: command(c.Kubeconfig, args...)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	call := func(tool string, arguments map[string]any) (text string, failed bool) {
		t.Helper()
		r, err := client.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
		if err != nil {
			t.Fatalf("%s: %v", tool, err)
		}
		for _, part := range r.Content {
			text += part.(*sdk.TextContent).Text
		}
		said[tool] += text
		return text, r.IsError
	}
	var found struct {
		Total    int
		Findings []struct {
			ID    string
			Fixes []string
		}
	}
	text, failed := call("findings", map[string]any{"limit": 5})
	if err := json.Unmarshal([]byte(text), &found); err != nil || failed || found.Total == 0 {
		t.Fatalf("findings: %v: %s", err, text)
	}
	d, _ := document(t, c.Kubeconfig, append([]string{"-n", "vault"}, quick...)...)
	plans := 0
	for _, f := range found.Findings {
		if len(d.find(f.ID)) == 0 {
			t.Errorf("an audit does not find %s", f.ID)
		}
		if text, failed := call("finding", map[string]any{"id": f.ID}); failed {
			t.Errorf("%s: %s", f.ID, text)
		}
		for _, fix := range f.Fixes {
			if text, failed := call("plan", map[string]any{"finding": f.ID, "fix": fix}); failed || !strings.Contains(text, "careen fix ") {
				t.Errorf("%s: %s", f.ID, text)
			}
			plans++
		}
	}
	if plans == 0 {
		t.Error("no plan was asked for")
	}
	for tool, arguments := range map[string]map[string]any{
		"object": {"object": "statefulset/vault-raft"}, "graph": {"object": "statefulset/vault-raft"}, "changes": {"object": "statefulset/vault-raft", "namespace": "vault"},
		"preflight": {"release": "vault-raft", "namespace": "vault", "chart": chart("vault-raft")},
	} {
		if text, failed := call(tool, arguments); failed {
			t.Errorf("%s: %s", tool, text)
		}
	}
	for tool, arguments := range map[string]map[string]any{
		"findings": {"limit": "many"}, "finding": {"id": 7}, "graph": {"object": []string{"x"}}, "plan": {"finding": "nosuch"}, "preflight": {"chart": true},
	} {
		if text, failed := call(tool, arguments); !failed {
			t.Errorf("%s %v: %s", tool, arguments, text)
		}
	}
	if _, err := client.CallTool(t.Context(), &sdk.CallToolParams{Name: "apply"}); err == nil || !strings.Contains(err.Error(), "unknown tool") {
		t.Errorf("an unknown tool: %v", err)
	}
	if err := client.Close(); err != nil { // it ends by itself when its input does
		t.Error(err)
	}
	holdsNone(t, said)
	byHand(t, command(c.Kubeconfig, args...))

	list, err := c.Requests(func(r controlplane.Request) bool { return r.As != nil && r.As.Name == who })
	if err != nil || len(list) == 0 {
		t.Fatalf("%d requests: %v", len(list), err)
	}
	for _, r := range list {
		review := r.Verb == "create" && strings.HasSuffix(r.Object.Resource, "reviews")
		if r.Verb != "get" && r.Verb != "list" && r.Verb != "watch" && !review {
			t.Errorf("it sent %s %s", r.Verb, r.URI)
		}
	}
}

// byHand sends what is no message, and then closes both ends in the middle of a call.
func byHand(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 4<<20)
	for _, x := range []struct{ send, want string }{
		{"no JSON\x1b[31m", `"code":-32700`},
		{`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}`, `"careen"`},
		{`{"jsonrpc":"2.0","id":2,"method":"nosuch"}`, `"code":-32601`},
		{`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"nosuch"}}`, `"code":-32602`},
		{strings.Repeat("[", 100_000), `"code":-32`},
	} {
		if _, err := io.WriteString(in, x.send+"\n"); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || !strings.Contains(lines.Text(), x.want) || !json.Valid(lines.Bytes()) {
			t.Errorf("%.80q: %q, want %s; %v", x.send, lines.Text(), x.want, lines.Err())
		}
	}
	_, _ = io.WriteString(in, `{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"findings","arguments":{}}}`+"\n")
	_ = out.Close()
	_ = in.Close()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil || stderr.Len() > 0 {
			t.Errorf("its client went away: %v: %s", err, stderr.String())
		}
	case <-time.After(patience):
		t.Fatal("it does not end when its client went away")
	}
}
