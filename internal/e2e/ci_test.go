//go:build e2e

package e2e

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"
)

// TestExamplesOfCIUnderAnAccountOfOneNamespace runs the scripts of the examples as CI
// servers do, with the real careen and Helm, as an account that may do everything in its
// namespace and nothing beyond it: a partial look stops no pipeline, and says that it was.
func TestExamplesOfCIUnderAnAccountOfOneNamespace(t *testing.T) {
	const namespace = "ci-example"
	bash, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no bash")
		}
		t.Skip("there is no bash, with which CI servers run scripts")
	}
	shared.Namespace(t, namespace)
	defer shared.Remove(t, namespace)
	kubeconfig := accountOf(t, namespace)
	if d, r := document(t, kubeconfig, "-n", namespace); r.code != 4 || !strings.Contains(r.stderr, "forbidden") {
		t.Fatalf("its looks are not partial: exit code %d, %v: %s", r.code, d.Summary, r.stderr)
	}
	dir, bin := t.TempDir(), t.TempDir()
	if err := os.Symlink(binary, filepath.Join(bin, "careen")); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "helm"), "helm.sh/helm/v3/cmd/helm").CombinedOutput(); err != nil {
		t.Fatalf("building helm: %v\n%s", err, out)
	}
	source, err := filepath.Abs(chart("vault-raft"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "chart"), os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "values.yaml"), []byte("serviceAccount: {create: true}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range append(gitLab(t, "preflight", "before", "deploy", "after"), gitHub(t)) {
		cmd := exec.Command(bash, "-e", "-o", "pipefail", "-c", step)
		cmd.Dir = dir
		cmd.Env = append(environment(kubeconfig), "RELEASE=review-app", "NAMESPACE="+namespace, "PATH="+bin+":"+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s\n%s", err, step, out)
		}
	}
	for _, name := range []string{"preflight.xml", "verify.xml", "audit.xml"} {
		var suites struct {
			Suites []struct {
				Cases []struct{} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(fileIn(t, dir, name), &suites); err != nil || len(suites.Suites) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	var sarif struct {
		Runs []struct {
			AutomationDetails struct{ ID string }
			Invocations       []struct {
				ToolExecutionNotifications []struct{ Message struct{ Text string } }
			}
		}
	}
	if err := json.Unmarshal(fileIn(t, dir, "careen.sarif"), &sarif); err != nil {
		t.Fatal(err)
	}
	if r := sarif.Runs[0]; r.AutomationDetails.ID != "careen/prod/" || len(r.Invocations) == 0 || len(r.Invocations[0].ToolExecutionNotifications) == 0 {
		t.Errorf("what was not seen is not said: %+v", r)
	}
	if !strings.Contains(string(fileIn(t, dir, "audit.md")), "forbidden") {
		t.Error("the Markdown does not say what was not seen")
	}
}

func fileIn(t *testing.T, dir, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// accountOf is the kubeconfig of an account that administers one namespace.
func accountOf(t *testing.T, namespace string) string {
	t.Helper()
	kube, ctx := shared.Client(t), t.Context()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "ci"}}
	if _, err := kube.CoreV1().ServiceAccounts(namespace).Create(ctx, account, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	_, err := kube.RbacV1().RoleBindings(namespace).Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "ci"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "admin"},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: namespace, Name: "ci"}},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := kube.CoreV1().ServiceAccounts(namespace).CreateToken(ctx, "ci", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	config, out := shared.Config(t, ""), api.NewConfig()
	out.Clusters["ci"] = &api.Cluster{Server: config.Host, CertificateAuthorityData: config.CAData}
	out.AuthInfos["ci"] = &api.AuthInfo{Token: token.Status.Token}
	out.Contexts["ci"] = &api.Context{Cluster: "ci", AuthInfo: "ci", Namespace: namespace}
	out.CurrentContext = "ci"
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*out, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func example(t *testing.T, name string, into any) {
	t.Helper()
	if err := yaml.Unmarshal(fileIn(t, filepath.Join("..", "..", "docs", "examples"), name), into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// gitLab are the scripts of those jobs.
func gitLab(t *testing.T, jobs ...string) (scripts []string) {
	t.Helper()
	file := map[string]any{}
	example(t, "gitlab-ci.yml", &file)
	for _, job := range jobs {
		var script strings.Builder
		lines, _ := file[job].(map[string]any)["script"].([]any)
		for _, line := range lines {
			script.WriteString(line.(string) + "\n")
		}
		if script.Len() == 0 {
			t.Fatalf("there is no job %s", job)
		}
		scripts = append(scripts, script.String())
	}
	return scripts
}

// gitHub is the script of the workflow that looks.
func gitHub(t *testing.T) string {
	t.Helper()
	var file struct {
		Jobs map[string]struct{ Steps []struct{ Name, Run string } }
	}
	example(t, "github-workflow.yml", &file)
	for _, step := range file.Jobs["audit"].Steps {
		if step.Name == "Look" {
			return step.Run
		}
	}
	t.Fatal("there is no step that looks")
	return ""
}
