//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// helm builds the real Helm, of the version whose library careen uses.
func helm(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "helm")
	if out, err := exec.Command("go", "build", "-o", program, "helm.sh/helm/v3/cmd/helm").CombinedOutput(); err != nil {
		t.Fatalf("building helm: %v\n%s", err, out)
	}
	return program
}

// pluginFiles are the files of the plugin's archive in a release, by their names there.
func pluginFiles(t *testing.T) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, path := range map[string]string{
		"careen": binary, "plugin.yaml": filepath.Join("..", "..", "deploy", "helm-plugin", "plugin.yaml"),
		"plugin.complete": filepath.Join("..", "..", "deploy", "helm-plugin", "plugin.complete"),
	} {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = raw
	}
	return files
}

// pluginArchive serves the plugin's archive as a release does: no folders in it, for which
// Helm 3 would want entries of their own.
func pluginArchive(t *testing.T) (url string) {
	t.Helper()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	out := tar.NewWriter(zip)
	for name, raw := range pluginFiles(t) {
		mode := int64(0o755)
		if strings.HasSuffix(name, ".yaml") {
			mode = 0o644
		}
		if err := out.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(raw)), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(raw); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/gzip") // by which Helm 3 knows an archive
		_, _ = w.Write(packed.Bytes())
	}))
	t.Cleanup(server.Close)
	return server.URL + "/careen-helm-plugin-1.2.3-linux-amd64.tar.gz"
}

// TestHelmRunsCareenAsItsPlugin installs the plugin with the real Helm from an archive,
// and asks through it what careen says of a deploy, with Helm's flags and no kubeconfig
// in the environment.
func TestHelmRunsCareenAsItsPlugin(t *testing.T) {
	const quiet, hurt = "plugin-quiet", "plugin-hurt"
	shared.Namespace(t, quiet)
	shared.Namespace(t, hurt)
	defer shared.Remove(t, quiet, hurt)
	c, program, own := shared.Cluster(t), helm(t), t.TempDir()
	environ := append(environment(filepath.Join(own, "none")), "HELM_DATA_HOME="+filepath.Join(own, "data"),
		"HELM_CACHE_HOME="+filepath.Join(own, "cache"), "HELM_CONFIG_HOME="+filepath.Join(own, "config"))
	asked := func(args ...string) ran {
		cmd := exec.Command(program, args...)
		cmd.Env = environ
		return run(t, cmd)
	}
	if r := asked("plugin", "install", pluginArchive(t)); r.code != 0 {
		t.Fatalf("helm plugin install ends with %d:\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := asked("plugin", "list"); !strings.Contains(r.stdout, "careen") || !strings.Contains(r.stdout, "careen says what is wrong") {
		t.Errorf("helm plugin list does not name it:\n%s%s", r.stdout, r.stderr)
	}
	installs(t, c, hurt, "vault-raft", "vault-raft", map[string]any{"serviceAccount": map[string]any{"create": false, "name": "vault-raft"}})
	missing := "service-account-missing:" + hurt + "/StatefulSet/vault-raft"
	for _, v := range []struct {
		args      []string
		code      int
		want, not string
	}{
		{[]string{"careen", "verify", "vault-raft", "-n", hurt, "-o", "json"}, 1, missing, ""},
		{[]string{"careen", "verify", "vault-raft", "--namespace", quiet}, 2, "there is no release vault-raft in namespace " + quiet, ""},
		{[]string{"careen", "audit", "-o", "json", "--namespace=" + hurt}, 1, missing, ""},
		{[]string{"careen", "audit", "-A", "-o", "json"}, 1, missing, ""},
		{[]string{"careen", "audit", "-n", quiet, "--fail-on", "none", "-o", "json"}, 0, `"kind": "Report"`, missing},
		{[]string{"careen", "note", missing}, 0, "vault-raft", ""},
		{[]string{"careen", "preflight", "vault-raft", chart("vault-raft"), "-n", quiet, "--set", "serviceAccount.create=false,serviceAccount.name=vault-raft", "-o", "json"}, 1, "service-account-missing:" + quiet, ""},
		{[]string{"careen", "forecast", "vault-raft", "-n", hurt, "--fail-on", "none", "-o", "json"}, 0, "vault-raft", ""},
		{[]string{"careen", "audit", "--kube-context", "nowhere"}, 2, "nowhere", ""},
		{[]string{"careen", "help", "verify"}, 0, "helm careen verify", ""},
		{[]string{"__complete", "careen", "ver"}, 0, "verify", ""},
	} {
		args := v.args
		if args[0] == "careen" {
			args = append(args, "--kubeconfig", c.Kubeconfig)
		}
		if r := asked(args...); r.code != v.code || !strings.Contains(r.stdout+r.stderr, v.want) || v.not != "" && strings.Contains(r.stdout, v.not) {
			t.Errorf("helm %v: exit code %d, want %d and %q, not %q:\n%s%s", v.args, r.code, v.code, v.want, v.not, r.stdout, r.stderr)
		}
	}
}
