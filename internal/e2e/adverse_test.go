//go:build e2e

package e2e

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

// TestTwoWhoFixTheSame has two of careen's apply the same fix at once: one of them does,
// and the other is told.
func TestTwoWhoFixTheSame(t *testing.T) {
	c := shared.lent(t, "vault")
	var done [2]ran
	var both sync.WaitGroup
	for i := range done {
		cmd := command(c.Kubeconfig, append([]string{"fix", noAccount, "--yes"}, quick...)...)
		both.Go(func() { done[i] = output(cmd) })
	}
	both.Wait()
	well := 0
	for _, r := range done {
		switch {
		case r.code == 0:
			well++
		case r.code != 5 && r.code != 2:
			t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
		case !contains(r.stdout+r.stderr, "vault-svc", "another careen", "there is no finding", "exists"):
			t.Errorf("it does not say why it did nothing: %s%s", r.stdout, r.stderr)
		}
	}
	if well == 0 {
		t.Errorf("nobody fixed it: %+v", done)
	}
	if _, err := shared.Client(t).CoreV1().ServiceAccounts("vault").Get(t.Context(), "vault-svc", metav1.GetOptions{}); err != nil {
		t.Error(err)
	}
}

func output(cmd *exec.Cmd) ran {
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// TestADiskThatIsFull lets careen write no byte to any file: it looks, says what it
// cannot keep, and fixes nothing without a journal of its own.
func TestADiskThatIsFull(t *testing.T) {
	c := shared.lent(t, "review")
	full := func(args ...string) *exec.Cmd {
		cmd := command(c.Kubeconfig, args...)
		cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", `ulimit -f 0; exec "$0" "$@"`, binary}, args...)
		cmd.Env = append(cmd.Env, "XDG_STATE_HOME="+t.TempDir())
		return cmd
	}
	planetest.Eventually(t, "the record to count as left", func(context.Context) error {
		if d, _ := document(t, c.Kubeconfig, quick...); len(d.find(stuck)) == 0 {
			return errors.New("it was written a moment ago")
		}
		return nil
	})
	if r := run(t, full(append([]string{"audit", "-n", "review"}, quick...)...)); r.code != 1 || !strings.Contains(r.stdout, "review-app") {
		t.Errorf("audit: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	r := run(t, full(append([]string{"fix", stuck, "--yes"}, quick...)...))
	if r.code != 5 || !strings.Contains(r.stderr, "nothing was") || !strings.Contains(r.stderr, "file too large") {
		t.Errorf("fix: exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if d, _ := document(t, c.Kubeconfig, quick...); len(d.find(stuck)) == 0 {
		t.Error("it was fixed without a journal")
	}
	r = run(t, full("snapshot", "-o", t.TempDir()+"/snapshot"))
	if r.code == 0 || strings.Contains(r.stderr, "goroutine") || !strings.Contains(r.stderr, "file too large") {
		t.Errorf("snapshot: exit code %d\n%s", r.code, r.stderr)
	}
	ui := open(t, full(append([]string{"--read-only", "-n", "review"}, quick...)...), 160, 45)
	ui.See("release-stuck", "live").Quit()
}

// TestADefinitionIsRemovedAndAdded has a kind of custom resources come, go and come.
func TestADefinitionIsRemovedAndAdded(t *testing.T) {
	shared.Namespace(t, "harbour")
	c := shared.Cluster(t)
	ui := open(t, command(c.Kubeconfig, append([]string{"--read-only", "-n", "harbour"}, quick...)...), 160, 45).See(" live")
	for range 2 {
		remove := defineShips(t, &shared.Plane, "harbour")
		ui.See("condition-failing")
		remove()
		ui.Lose("condition-failing")
	}
	ui.Quit()
}

// defineShips defines a kind of custom resources, with one that is not ready in a
// namespace. What it returns takes the definition away.
func defineShips(t *testing.T, p *planetest.Plane, namespace string) (remove func()) {
	t.Helper()
	client, err := dynamic.NewForConfig(p.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	definitions := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	const name = "ships.harbour.example"
	_, err = definitions.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"group": "harbour.example", "scope": "Namespaced",
			"names": map[string]any{"kind": "Ship", "listKind": "ShipList", "plural": "ships", "singular": "ship"},
			"versions": []any{map[string]any{"name": "v1", "served": true, "storage": true, "schema": map[string]any{
				"openAPIV3Schema": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true},
			}}},
		},
	}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	ships := client.Resource(schema.GroupVersionResource{Group: "harbour.example", Version: "v1", Resource: "ships"}).Namespace(namespace)
	ship := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "harbour.example/v1", "kind": "Ship", "metadata": map[string]any{"name": "argo"},
		"status": map[string]any{"conditions": []any{map[string]any{
			"type": "Ready", "status": "False", "reason": "Aground", "message": "she lies on the sand", "lastTransitionTime": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339),
		}}},
	}}
	await(t, within(t, time.Minute), "the kind to be served", func() bool {
		_, err := ships.Create(t.Context(), ship, metav1.CreateOptions{})
		return err == nil
	})
	return func() {
		t.Helper()
		if err := definitions.Delete(t.Context(), name, metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		await(t, within(t, time.Minute), "the definition to be gone", func() bool {
			_, err := definitions.Get(t.Context(), name, metav1.GetOptions{})
			return err != nil
		})
	}
}
