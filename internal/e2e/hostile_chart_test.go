//go:build e2e

package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/internal/controlplane"
)

// hostilePassword is in a Secret that charts of this test look up.
const hostilePassword = "Zq7wKtRv9LmXs2Bd"

// TestHostileCharts has careen look at charts that do what they can.
func TestHostileCharts(t *testing.T) {
	c := shared.Cluster(t)
	kube, err := kubernetes.NewForConfig(shared.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	ctx := within(t, 5*time.Minute)
	if _, err := kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "charts"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	defer shared.Remove(t, "charts")
	_, err = kube.CoreV1().Secrets("charts").Create(ctx, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "db"}, StringData: map[string]string{"password": hostilePassword},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("ASecretIsNotShown", func(t *testing.T) { secretIsNotShown(t, c) })
	t.Run("SchemasReachNothing", func(t *testing.T) { schemasReachNothing(t, c) })
	t.Run("Bombs", func(t *testing.T) { bombsEnd(t, c) })
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run("A loop ends with "+s.String(), func(t *testing.T) { loopEnds(t, ctx, c, s) })
	}
}

// aChart writes a chart with one template.
func aChart(t *testing.T, template string, more map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"Chart.yaml": "apiVersion: v2\nname: hostile\nversion: 1.0.0\n", "templates/a.yaml": template}
	for name, text := range more {
		files[name] = text
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func secretIsNotShown(t *testing.T, c *controlplane.Cluster) {
	const found = `{{ $v := (lookup "v1" "Secret" "charts" "db").data.password | b64dec }}`
	for name, template := range map[string]string{
		"names":    found + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 'x-{{ $v | lower }}', labels: {'{{ $v }}': '{{ $v }}'}}\n",
		"kinds":    found + "apiVersion: '{{ $v }}/v1'\nkind: '{{ $v }}'\nmetadata: {name: x}\n",
		"refused":  found + "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {type: '{{ $v }}', ports: [{port: 1, name: '{{ $v }}'}]}\n",
		"accounts": found + "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {serviceAccountName: '{{ $v | lower }}', containers: [{name: c, image: 'i:{{ $v }}'}]}}}\n",
		"fail":     found + `{{ fail (printf "it is %s" $v) }}`,
	} {
		chart := aChart(t, template, nil)
		for _, format := range []string{"json", "table", "sarif", "junit", "markdown"} {
			r := run(t, command(c.Kubeconfig, "preflight", "r", chart, "-n", "charts", "-o", format))
			text := strings.ToLower(r.stdout + r.stderr)
			if r.code == 0 || text == "" {
				t.Errorf("%s: exit code %d: %s", name, r.code, text)
			}
			for _, shape := range []string{hostilePassword, base64.StdEncoding.EncodeToString([]byte(hostilePassword))} {
				if strings.Contains(text, strings.ToLower(shape)) {
					t.Errorf("%s: -o %s holds %s:\n%s", name, format, shape, text)
				}
			}
		}
	}
}

func schemasReachNothing(t *testing.T, c *controlplane.Cluster) {
	reached := make(chan string, 10)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.URL.Path }))
	t.Cleanup(s.Close)
	template := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
	for _, ref := range []string{s.URL + "/schema.json", "file:///etc/passwd"} {
		chart := aChart(t, template, map[string]string{"values.schema.json": `{"$ref":"` + ref + `"}`})
		d, r := foretold(t, c, "r", chart, "-n", "charts", "--fail-on", "high")
		if r.code != 4 && r.code != 0 || len(d.find("preflight-unread:charts/Release/r")) == 0 || strings.Contains(r.stdout, "root:") {
			t.Errorf("%s: exit code %d, %v\n%s", ref, r.code, ids(d), r.stderr)
		}
	}
	select {
	case path := <-reached:
		t.Errorf("%s was fetched", path)
	default:
	}
}

func bombsEnd(t *testing.T, c *controlplane.Cluster) {
	for template, want := range map[string]string{
		"{{ range until 2000000000 }}x{{ end }}": "512 MiB", `{{ repeat 2000000000 "x" }}`: "512 MiB",
		"{{ range until 100000 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x{{ . }}}\n{{ end }}": "5000 objects",
	} {
		r := run(t, command(c.Kubeconfig, "preflight", "r", aChart(t, template, nil), "-n", "charts"))
		if r.code != 2 || r.stdout != "" || !strings.Contains(r.stderr, want) && !strings.Contains(r.stderr, "longer than 30s") {
			t.Errorf("%.40s: exit code %d: %s%s", template, r.code, r.stdout, r.stderr)
		}
	}
}

// loopEnds ends careen while a chart loops, and looks for the process that renders.
func loopEnds(t *testing.T, ctx context.Context, c *controlplane.Cluster, signal syscall.Signal) {
	marker := fmt.Sprintf("marker-%d", signal)
	loop := `{{ lookup "v1" "ConfigMap" "charts" "` + marker + `" }}` + strings.Repeat("{{ range until 10000 }}", 5) + strings.Repeat("{{ end }}", 5)
	var stderr strings.Builder
	cmd := command(c.Kubeconfig, "preflight", "r", aChart(t, loop, nil), "-n", "charts")
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, ctx, "the chart to be rendered", func() bool {
		asked, err := c.Requests(func(r controlplane.Request) bool { return strings.Contains(r.URI, marker) })
		return err == nil && len(asked) > 0
	})
	child, err := exec.Command("pgrep", "-P", fmt.Sprint(cmd.Process.Pid)).Output()
	if err != nil || len(strings.Fields(string(child))) != 1 {
		t.Fatalf("%q, %v: the chart is not rendered in a process of its own", child, err)
	}
	if err := cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its code is looked at
	if code := cmd.ProcessState.ExitCode(); signal != syscall.SIGKILL && code != 130 {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
	await(t, ctx, "the process that renders to end", func() bool {
		_, err := os.Stat("/proc/" + strings.TrimSpace(string(child)))
		return os.IsNotExist(err)
	})
}

func await(t *testing.T, ctx context.Context, what string, happened func() bool) {
	t.Helper()
	for !happened() {
		select {
		case <-ctx.Done():
			t.Fatalf("waiting for %s: %v", what, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
