//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/careen-tui/careen/internal/connect"
	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// withSecret makes a Deployment that reads a Secret which is there.
func withSecret(t *testing.T, namespace string) {
	t.Helper()
	client, one, labels := shared.Client(t), int32(1), map[string]string{"app": "web"}
	if _, err := client.CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "app-db"}, StringData: map[string]string{"url": "postgres://db"},
	}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := client.AppsV1().Deployments(namespace).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &one, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "web", Image: "web:1", EnvFrom: []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "app-db"}}}},
				}}},
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatAProxyHidesIsUnknown has a proxy answer 404 for a kind that every server has,
// then for everything: neither is known to be empty.
func TestWhatAProxyHidesIsUnknown(t *testing.T) {
	t.Parallel()
	const ns = "hidden-secrets"
	shared.Namespace(t, ns)
	withSecret(t, ns)
	m := between(t, &shared.Plane, "")
	if d, r := document(t, m.kubeconfig, "-n", ns); r.code != 0 || len(d.Findings) > 0 {
		t.Fatalf("exit code %d before anything is hidden: %s%s", r.code, r.stdout, r.stderr)
	}
	m.does(func(w http.ResponseWriter, target connect.Target) bool {
		if target.Resource == "secrets" {
			http.NotFound(w, nil)
		}
		return target.Resource == "secrets"
	}, nil)
	d, r := document(t, m.kubeconfig, "-n", ns)
	if r.code != 4 {
		t.Errorf("exit code %d, want 4: %s", r.code, r.stderr)
	}
	for _, f := range d.Findings {
		if f.Grade != "unknown" || len(f.Fixes) > 0 {
			t.Errorf("%s is %s: %s", f.ID, f.Grade, f.Summary)
		}
	}
	for _, w := range d.Coverage {
		if w.Kind == "Secret" && (w.State == "live" || w.State == "absent") {
			t.Errorf("Secrets are %s: %s", w.State, w.Message)
		}
	}
	m.does(func(w http.ResponseWriter, _ connect.Target) bool { http.NotFound(w, nil); return true }, nil)
	if r := run(t, command(m.kubeconfig, "audit", "-n", ns)); r.code != 3 || !strings.Contains(r.stderr, m.URL+"/api as ") {
		t.Errorf("nothing is served: exit code %d: %s%s", r.code, r.stdout, r.stderr)
	}
}

// TestALoginToolNeverGetsTheTerminal has a plugin let in for ten seconds, and then ask on
// the terminal, as login tools do, while the interface has it.
func TestALoginToolNeverGetsTheTerminal(t *testing.T) {
	t.Parallel()
	const ns = "greedy-login"
	shared.Namespace(t, ns)
	withSecret(t, ns)
	config, err := clientcmd.LoadFromFile(shared.Cluster(t).Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	token := config.AuthInfos[config.Contexts[controlplane.DemoContext].AuthInfo].Token
	plugin := filepath.Join(dir, "greedy-login")
	script := `#!/bin/sh
echo $$ >> ` + dir + `/pids
if [ ! -f ` + dir + `/first ]; then
  touch ` + dir + `/first
  printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s","expirationTimestamp":"%s"}}' '` + token + `' "$(date -u -d @$(( $(date +%s) + 10 )) +%Y-%m-%dT%H:%M:%SZ)"
  exit
fi
( printf '\033[31mExpired.\033[0m Word of the harbour: ' > /dev/tty ) 2>/dev/null
( read -r word < /dev/tty && echo "$word" > ` + dir + `/got ) 2>/dev/null
sleep 300
`
	if err := os.WriteFile(plugin, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	config.AuthInfos["greedy"] = &api.AuthInfo{Exec: &api.ExecConfig{
		APIVersion: "client.authentication.k8s.io/v1", Command: plugin, InteractiveMode: api.IfAvailableExecInteractiveMode,
	}}
	config.Contexts["greedy"] = &api.Context{Cluster: config.Contexts[controlplane.DemoContext].Cluster, AuthInfo: "greedy"}
	path := filepath.Join(dir, "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	ui := open(t, command(path, "--read-only", "--context=greedy", "-n", ns), 120, 40).See(" live")
	<-time.After(12 * time.Second) // until what it let in is over
	ui.Press("3", "m").See("Cannot read the YAML:", "I ")
	ui.Type("jjkk").Never("Word of the harbour").Quit()
	if got, err := os.ReadFile(filepath.Join(dir, "got")); err == nil {
		t.Errorf("the plugin read %q", got)
	}
	planetest.Eventually(t, "the end of the plugin", ended(filepath.Join(dir, "pids")))
}

// ended fails while one of the processes whose ids stand in a file runs.
func ended(file string) func(context.Context) error {
	return func(context.Context) error {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, pid := range strings.Fields(string(text)) {
			state, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
			if err == nil && !strings.Contains(string(state), ") Z ") {
				return fmt.Errorf("process %s runs", pid)
			}
		}
		return nil
	}
}
