//go:build e2e

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/e2e/screen"
)

// theLookGoesOnAfterALogin reads a cluster as somebody whom a program on the
// terminal must let in, and loses the right to do so again.
func theLookGoesOnAfterALogin(t *testing.T, ctx context.Context, c *controlplane.Cluster) {
	config, err := clientcmd.LoadFromFile(c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	token := config.AuthInfos[config.Contexts[controlplane.DemoContext].AuthInfo].Token
	if token == "" {
		t.Fatal("the admin of the demo has no token")
	}
	// What it lets in is good for six seconds, after which it must ask again.
	script := `#!/bin/sh
case "$KUBERNETES_EXEC_INFO" in *'"interactive":true'*) ;; *) echo "nobody to ask" >&2; exit 1 ;; esac
printf 'Password of the harbour: ' >&2
read word
[ "$word" = aye ] || { echo "that is not the word" >&2; exit 3; }
until=$(date -u -d @$(( $(date +%s) + 6 )) +%Y-%m-%dT%H:%M:%SZ)
printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s","expirationTimestamp":"%s"}}' '` + token + `' "$until"
`
	plugin := filepath.Join(dir, "harbour-login")
	if err := os.WriteFile(plugin, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]api.ExecInteractiveMode{
		"if-available": api.IfAvailableExecInteractiveMode, "always": api.AlwaysExecInteractiveMode,
	} {
		t.Run(name, func(t *testing.T) {
			config.AuthInfos["harbour"] = &api.AuthInfo{Exec: &api.ExecConfig{
				APIVersion: "client.authentication.k8s.io/v1", Command: plugin, Args: []string{"--realm=secret"}, InteractiveMode: mode,
			}}
			config.Contexts["harbour"] = &api.Context{Cluster: config.Contexts[controlplane.DemoContext].Cluster, AuthInfo: "harbour"}
			path := filepath.Join(dir, name)
			if err := clientcmd.WriteToFile(*config, path); err != nil {
				t.Fatal(err)
			}
			b := open(t, ctx, path, 120, 40, "--context=harbour")
			b.sees("does not accept the credentials", "I runs harbour-login --realm=... at this terminal")
			asked := 0
			answer := func(word string) *browsing { // what was asked before still stands on that screen
				asked++
				b.keys("I")
				if _, err := b.Until(ctx, "the question", func(string) bool { return strings.Count(b.Raw(), "Password of the harbour: ") == asked }); err != nil {
					t.Fatal(err)
				}
				return b.keys(word + screen.Enter)
			}
			answer("no").sees("not logged in")
			answer("aye").sees("logged in", "release-stuck", "watches live")
			stay(ctx, 7*time.Second)
			b.keys("3", "m").sees("Not read:", "getting credentials")
			answer("aye").sees("logged in")
			b.keys("r").sees("apiVersion: v1")
			if strings.Contains(b.Raw(), token) {
				t.Error("the token was sent to the terminal")
			}
			quit(t, b.Terminal)
		})
	}
}
