//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/careen-tui/careen/internal/controlplane"
)

// reads are the requests that read-only mode may send, as the audit log has them.
func reads(r controlplane.Request) bool {
	switch r.Verb {
	case "get", "list", "watch":
		return r.Object.Subresource == "" || r.Object.Subresource == "log" || r.Object.Subresource == "status"
	case "create":
		return strings.HasSuffix(r.Object.Resource, "reviews") &&
			(r.Object.Group == "authorization.k8s.io" || r.Object.Group == "authentication.k8s.io")
	}
	return false
}

// readOnlyOnlyReads presses every key in every pane.
func readOnlyOnlyReads(t *testing.T, c *controlplane.Cluster, began time.Time) {
	ui := open(t, command(c.Kubeconfig, append([]string{"--read-only"}, quick...)...), 160, 45).See(" live", "read-only", "Findings")
	for _, pane := range []string{"1", "2", "3", "4", "5"} {
		for range 2 {
			ui.Press(pane).Press(strings.Split("jkfyugwcors n", "")...).
				Press("enter", "esc", "esc", "f", "y", "esc", "?", "esc", ":", "esc")
		}
	}
	ui.See("5 ").Quit()
	all, err := c.Requests(func(r controlplane.Request) bool { return careens(r) && r.ReceivedAt.After(began) })
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Errorf("the audit log holds only %d requests of careen's", len(all))
	}
	for _, r := range all {
		if !reads(r) {
			t.Errorf("a request that is no read: %s %s by %s", r.Verb, r.URI, r.UserAgent)
		}
	}
}

// rightsForHalf looks as somebody who may read everything but secrets.
func rightsForHalf(t *testing.T, c *controlplane.Cluster) {
	d, r := document(t, c.Kubeconfig, "--context="+controlplane.ViewerContext, "--probe=secret-orphan", "--probe=service-account-missing")
	if r.code != 1 && r.code != 4 {
		t.Errorf("exit code %d, want 1 or 4", r.code)
	}
	unknown := 0
	for _, f := range d.Findings {
		if f.Grade == "unknown" {
			unknown++
		}
	}
	if unknown == 0 || d.Summary.Unknown != unknown {
		t.Errorf("%d unknown findings, the summary says %d", unknown, d.Summary.Unknown)
	}
	forbidden := ""
	for _, w := range d.Coverage {
		if w.State == "forbidden" && w.Kind == "secrets" {
			forbidden = w.Message
		}
	}
	if !strings.Contains(forbidden, "viewer") || !strings.Contains(forbidden, "list") {
		t.Errorf("the coverage of secrets does not say who lacks which right: %q", forbidden)
	}
	_, r = document(t, c.Kubeconfig, "--context="+controlplane.ViewerContext, "--probe=secret-orphan")
	if r.code != 4 || !strings.Contains(r.stderr, "secrets") || !strings.Contains(r.stderr, "viewer") {
		t.Errorf("exit code %d, want 4; stderr: %s", r.code, r.stderr)
	}
}

// badInput gives careen what it must refuse in a clear sentence.
func badInput(t *testing.T, c *controlplane.Cluster) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, err := os.ReadFile(c.Kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no kubeconfig", []string{"--kubeconfig=" + filepath.Join(dir, "absent")}, 2, "absent"},
		{"malformed kubeconfig", []string{"--kubeconfig=" + write("bad", "clusters: [")}, 2, "bad"},
		{"unknown context", []string{"--context=nowhere"}, 2, "nowhere"},
		{"unreachable server", []string{"--server=https://127.0.0.1:1"}, 3, "127.0.0.1:1"},
		{"refused certificate", []string{"--kubeconfig=" + write("ca", withoutCA(string(good)))}, 3, "certificate"},
		{"refused token", []string{"--token=expired"}, 3, "credentials"},
		{"unknown probe", []string{"--probe=nothing-like-it"}, 2, "nothing-like-it"},
		{"unknown format", []string{"-o", "xml"}, 2, "xml"},
		{"unknown level", []string{"--fail-on=awful"}, 2, "awful"},
		{"unknown severity", []string{"--severity=awful"}, 2, "awful"},
		{"unknown flag", []string{"--no-such-flag"}, 2, "no-such-flag"},
		{"bad duration", []string{"--stuck-after=soon"}, 2, "soon"},
		{"negative duration", []string{"--stuck-after=-1s"}, 2, "negative"},
		{"-A with -n", []string{"-A", "-n", "default"}, 2, "-n"},
		{"a word too many", []string{"everything"}, 2, "everything"},
		{"absent namespace", []string{"-n", "atlantis"}, 2, "atlantis"},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			r := run(t, command(c.Kubeconfig, append([]string{"audit"}, x.args...)...))
			if r.code != x.code {
				t.Errorf("exit code %d, want %d\n%s", r.code, x.code, r.stderr)
			}
			if !strings.Contains(r.stderr, x.says) {
				t.Errorf("stderr does not say %q: %s", x.says, r.stderr)
			}
			if r.stdout != "" {
				t.Errorf("stdout is not empty: %s", r.stdout)
			}
		})
	}
}

// withoutCA lets a kubeconfig trust the system's certificates only.
func withoutCA(kubeconfig string) string {
	var kept []string
	for _, line := range strings.Split(kubeconfig, "\n") {
		if !strings.Contains(line, "certificate-authority") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// TestNamespacedRights looks as somebody who may read two namespaces only.
func TestNamespacedRights(t *testing.T) {
	c, client := shared.Cluster(t), shared.Client(t)
	ctx := within(t, time.Minute)
	for _, ns := range []string{"default", "kube-public"} {
		binding := &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: "harbourmaster"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "admin"},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "harbourmaster"}},
		}
		if _, err := client.RbacV1().RoleBindings(ns).Create(ctx, binding, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	d, r := document(t, c.Kubeconfig, "--context=demo-harbourmaster", "-n", "default", "-n", "kube-public")
	if r.code != 4 {
		t.Errorf("exit code %d, want 4 (nodes and volumes are out of sight)\n%s", r.code, r.stderr)
	}
	live := map[string]bool{}
	for _, w := range d.Coverage {
		if w.State == "live" {
			live[w.Kind+" "+w.Namespace] = true
		}
		if w.Namespace != "" && w.Namespace != "default" && w.Namespace != "kube-public" {
			t.Errorf("looked at namespace %s", w.Namespace)
		}
	}
	for _, want := range []string{"pods default", "secrets default", "pods kube-public", "secrets kube-public"} {
		if !live[want] {
			t.Errorf("%s is not live: %v", want, live)
		}
	}
	requests, err := c.Requests(func(r controlplane.Request) bool { return careens(r) && r.ReceivedAt.After(began) })
	if err != nil {
		t.Fatal(err)
	}
	perKind := map[string]int{}
	for _, r := range requests {
		if r.Response.Code == 403 {
			perKind[fmt.Sprintf("%s %s %s", r.Verb, r.Object.Resource, r.Object.Namespace)]++
		}
	}
	for what, n := range perKind {
		if n > 4 {
			t.Errorf("%s was refused %d times: a storm of retries", what, n)
		}
	}
	if _, err := clientcmd.LoadFromFile(c.Kubeconfig); err != nil {
		t.Error(err)
	}
}
