//go:build e2e

package e2e

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/controlplane"
)

// hasTheRights compares the chart's role, as the server has it, with what careen probes
// prints.
func hasTheRights(t *testing.T) {
	t.Helper()
	have, err := brittle.Client(t).RbacV1().ClusterRoles().Get(t.Context(), "careen-agent", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, command("", "probes", "--rbac", "--agent"))
	var want rbacv1.ClusterRole
	text, _, _ := strings.Cut(r.stdout, "\n---\n")
	if err := yaml.Unmarshal([]byte(text), &want); err != nil || len(want.Rules) == 0 {
		t.Fatalf("%v: %s%s", err, r.stdout, r.stderr)
	}
	if !reflect.DeepEqual(have.Rules, want.Rules) {
		t.Errorf("the chart's role is not what careen probes --rbac --agent prints:\n%v\n%v", have.Rules, want.Rules)
	}
}

// inPod is careen agent as the chart's pod would run it, in a mount namespace of its own
// where the files of the ServiceAccount are at their place.
func inPod(t *testing.T, c *controlplane.Cluster) *exec.Cmd {
	t.Helper()
	hours := int64(3600)
	token, err := brittle.Client(t).CoreV1().ServiceAccounts(agentHome).CreateToken(t.Context(), "careen-agent",
		&authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &hours}}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config, files := brittle.Config(t, ""), t.TempDir()
	for name, content := range map[string][]byte{"token": []byte(token.Status.Token), "ca.crt": config.CAData, "namespace": []byte(agentHome)} {
		if err := os.WriteFile(filepath.Join(files, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	isolate := []string{"unshare", "--mount"}
	if os.Getuid() != 0 {
		isolate = append(isolate, "--map-root-user")
	}
	if out, err := exec.Command(isolate[0], append(isolate[1:], "mount", "-t", "tmpfs", "tmpfs", "/run")...).CombinedOutput(); err != nil {
		t.Skipf("files of a pod cannot be put in their place: this process may make no mount namespace: %v %s", err, out)
	}
	const script = `mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount && cp "$1"/* /run/secrets/kubernetes.io/serviceaccount && shift && exec "$@"`
	cmd := exec.Command(isolate[0], append(isolate[1:], append([]string{"sh", "-c", script, "sh", files, binary, "agent", "--listen", "127.0.0.1:0"}, quick...)...)...)
	host, port, _ := strings.Cut(strings.TrimPrefix(config.Host, "https://"), ":")
	cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "KUBERNETES_SERVICE_HOST=" + host, "KUBERNETES_SERVICE_PORT=" + port}
	return cmd
}

// measures are what an agent tells of itself, without labels.
type measures map[string]float64

var listening = regexp.MustCompile(`listen=(127\.0\.0\.1:\d+)`)

func (a *runningAgent) metrics() measures {
	a.t.Helper()
	at := listening.FindStringSubmatch(a.said())
	if at == nil {
		a.t.Fatalf("it does not say where it listens:\n%s", a.said())
	}
	resp, err := http.Get("http://" + at[1] + "/metrics")
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	out := measures{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasPrefix(line, "#") && !strings.Contains(name, "{") {
			if n, err := strconv.ParseFloat(value, 64); err == nil {
				out[name] = n
			}
		}
	}
	return out
}

// flat holds the memory of the last third against that of the second; of few samples
// nothing can be said.
func flat(t *testing.T, samples []measures) {
	t.Helper()
	third := len(samples) / 3
	if third < 20 {
		return
	}
	mean := func(of []measures) (sum float64) {
		for _, m := range of {
			sum += m["process_resident_memory_bytes"]
		}
		return sum / float64(len(of)) / (1 << 20)
	}
	second, last := mean(samples[third:2*third]), mean(samples[2*third:])
	t.Logf("memory in the second third %.1f MB, in the last %.1f MB", second, last)
	if last > 1.05*second {
		t.Errorf("memory grows: %.1f MB, then %.1f MB", second, last)
	}
}
