//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/controlplane"
)

// theLookGoesOnAfterALogin reads a cluster as somebody whom a program on the
// terminal must let in, and loses the right to do so again.
func theLookGoesOnAfterALogin(t *testing.T, c *controlplane.Cluster, there []string) {
	config, err := clientcmd.LoadFromFile(c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	token := config.AuthInfos[config.Contexts[controlplane.DemoContext].AuthInfo].Token
	if token == "" {
		t.Fatal("the admin of the demo has no token")
	}
	// What it lets in is good for twenty seconds, after which it must ask again.
	script := `#!/bin/sh
case "$KUBERNETES_EXEC_INFO" in *'"interactive":true'*) ;; *) echo "nobody to ask" >&2; exit 1 ;; esac
printf 'Password of the harbour: ' >&2
read word
[ "$word" = aye ] || { echo "that is not the word" >&2; exit 3; }
until=$(date -u -d @$(( $(date +%s) + 20 )) +%Y-%m-%dT%H:%M:%SZ)
printf '%s' "$until" > "$KUBECONFIG.until"
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
			t.Parallel() // most of it is waiting
			config := config.DeepCopy()
			config.AuthInfos["harbour"] = &api.AuthInfo{Exec: &api.ExecConfig{
				APIVersion: "client.authentication.k8s.io/v1", Command: plugin, Args: []string{"--realm=secret"}, InteractiveMode: mode,
			}}
			config.Contexts["harbour"] = &api.Context{Cluster: config.Contexts[controlplane.DemoContext].Cluster, AuthInfo: "harbour"}
			path := filepath.Join(dir, name)
			if err := clientcmd.WriteToFile(*config, path); err != nil {
				t.Fatal(err)
			}
			ui := open(t, command(path, slices.Concat([]string{"--read-only", "--context=harbour"}, there, quick)...), 120, 40)
			ui.See("does not accept the credentials", "I runs harbour-login --realm=... at this terminal")
			asked := 0
			answer := func(word string) *driver {
				asked++ // what was asked before still stands on that screen
				ui.Press("I").Until("the question", func(string) bool { return strings.Count(ui.term.Raw(), "Password of the harbour: ") == asked })
				return ui.Type(word).Press("enter")
			}
			answer("no").See("not logged in")
			answer("aye").See("logged in", "release-stuck", "watches live")
			expired(t, path+".until")
			ui.Press("3", "m").See("Cannot read the YAML:", "getting credentials")
			answer("aye").See("logged in")
			ui.Press("r").See("apiVersion: v1")
			ui.Never(token).Quit()
		})
	}
}

// expired returns when the moment has passed that a file holds.
func expired(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	moment, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(time.Until(moment) + time.Second)
}
