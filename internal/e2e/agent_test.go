//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/typed/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/controlplane"
	"github.com/careen-tui/careen/internal/controlplane/planetest"
)

const (
	agentHome    = "careen" // the namespace that agents run in
	agentAccount = "system:serviceaccount:" + agentHome + ":careen-agent"
)

// TestAgent installs the chart, and runs two agents with the rights of its
// ServiceAccount: what they have written after some churn is what a fresh audit finds, and
// they have written nothing else.
func TestAgent(t *testing.T) {
	c, kube := brittle.lent(t, "vault", "review"), brittle.Client(t)
	brittle.Namespace(t, agentHome)
	defer brittle.Remove(t, agentHome)
	defer installChart(t, c)()
	ctx := within(t, patience)
	kubeconfig := inNamespace(t, c.Kubeconfig, agentHome)

	first := startAgent(t, kubeconfig)
	first.await("metrics alone are served")
	define(t)
	first.await("report objects are written to openreports.io/v1alpha1", "this agent writes now")
	second := startAgent(t, kubeconfig)
	second.await("another agent writes")
	sameAsAudit(t, c)

	// Something goes wrong in a new namespace, gets well again in another, and one ends.
	brittle.Namespace(t, "churn")
	withoutAccount(t, &brittle.Plane, "churn", "web")
	reportIn(t, "churn", true)
	if _, err := kube.CoreV1().ServiceAccounts("churn").Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "absent"}}, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := kube.AppsV1().Deployments("churn").Delete(ctx, "web", metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	brittle.Remove(t, "churn")
	sameAsAudit(t, c)

	// While nothing moves nothing is listed, and the Lease alone is written.
	quiet(t, c)

	first.end()
	second.await("this agent writes now")
	sameAsAudit(t, c)
	onlyItsOwn(t, c)
	undefine(t)
	second.await("reports.openreports.io: not installed")
	second.end()
}

// installChart installs deploy/chart by Helm's own code, and returns what uninstalls it.
func installChart(t *testing.T, c *controlplane.Cluster) (uninstall func()) {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(false)
	namespace := agentHome
	flags.KubeConfig, flags.Namespace = &c.Kubeconfig, &namespace
	configuration := &action.Configuration{}
	if err := configuration.Init(flags, agentHome, "secret", func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
	loaded, err := loader.Load(filepath.Join("..", "..", "deploy", "chart"))
	if err != nil {
		t.Fatal(err)
	}
	install := action.NewInstall(configuration)
	install.ReleaseName, install.Namespace = "careen-agent", agentHome
	if _, err := install.RunWithContext(t.Context(), loaded, nil); err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := action.NewUninstall(configuration).Run("careen-agent"); err != nil {
			t.Error(err)
		}
	}
}

// inNamespace is the kubeconfig with that namespace in its context.
func inNamespace(t *testing.T, path, namespace string) string {
	t.Helper()
	config, err := clientcmd.LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	config.Contexts[config.CurrentContext].Namespace = namespace
	out := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// definitions are those of testdata.
func definitions(t *testing.T) (out []*apiextensionsv1.CustomResourceDefinition) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "openreports.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, doc := range strings.Split(string(raw), "\n---\n") {
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict([]byte(doc), crd); err != nil {
			t.Fatal(err)
		}
		out = append(out, crd)
	}
	return out
}

func define(t *testing.T) {
	t.Helper()
	client, err := apiextensions.NewForConfig(brittle.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, crd := range definitions(t) {
		if _, err := client.CustomResourceDefinitions().Create(t.Context(), crd, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { undefine(t) })
}

func undefine(t *testing.T) {
	t.Helper()
	client, err := apiextensions.NewForConfig(brittle.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, crd := range definitions(t) {
		if err := client.CustomResourceDefinitions().Delete(context.Background(), crd.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			t.Fatal(err)
		}
	}
}

// runningAgent is careen agent, and what it says.
type runningAgent struct {
	t   *testing.T
	cmd *exec.Cmd
	mu  sync.Mutex
	log strings.Builder
}

func (a *runningAgent) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.log.Write(p)
}

func (a *runningAgent) said() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.log.String()
}

func startAgent(t *testing.T, kubeconfig string) *runningAgent {
	t.Helper()
	return runAgent(t, command(kubeconfig, append([]string{"agent", "--listen", "127.0.0.1:0", "--as", agentAccount}, quick...)...))
}

func runAgent(t *testing.T, cmd *exec.Cmd) *runningAgent {
	t.Helper()
	a := &runningAgent{t: t, cmd: cmd}
	a.cmd.Stderr = a
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if a.cmd.ProcessState == nil {
			_ = a.cmd.Process.Kill()
			_ = a.cmd.Wait()
		}
		if t.Failed() {
			t.Log(a.said())
		}
	})
	return a
}

func (a *runningAgent) await(texts ...string) {
	a.t.Helper()
	planetest.Eventually(a.t, "the agent to say "+strings.Join(texts, ", "), func(context.Context) error {
		for _, text := range texts {
			if !strings.Contains(a.said(), text) {
				return errors.New(a.said())
			}
		}
		return nil
	})
}

// end terminates it.
func (a *runningAgent) end() {
	a.t.Helper()
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		a.t.Fatal(err)
	}
	_ = a.cmd.Wait()
	if code := a.cmd.ProcessState.ExitCode(); code != 130 {
		a.t.Errorf("terminated, it ended with %d:\n%s", code, a.said())
	}
}

// published are the ids of findings in report objects, and the namespaces that have one.
func published(ctx context.Context, t *testing.T) (found, namespaces []string, err error) {
	t.Helper()
	client, err := dynamic.NewForConfig(brittle.Config(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, resource := range []string{"reports", "clusterreports"} {
		list, err := client.Resource(schema.GroupVersionResource{Group: "openreports.io", Version: "v1alpha1", Resource: resource}).List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, nil, err
		}
		for _, o := range list.Items {
			namespaces = append(namespaces, o.GetNamespace())
			raw, err := json.Marshal(o.Object["results"])
			if err != nil {
				return nil, nil, err
			}
			var results []struct{ Properties struct{ ID string } }
			if err := json.Unmarshal(raw, &results); err != nil {
				return nil, nil, err
			}
			for _, r := range results {
				found = append(found, r.Properties.ID)
			}
		}
	}
	slices.Sort(found)
	return found, namespaces, nil
}

// sameAsAudit returns when report objects hold what an audit finds.
func sameAsAudit(t *testing.T, c *controlplane.Cluster) {
	t.Helper()
	planetest.Eventually(t, "report objects to be what an audit finds", func(ctx context.Context) error {
		d, _ := document(t, c.Kubeconfig, append([]string{"--as", agentAccount}, quick...)...)
		want := ids(d)
		slices.Sort(want)
		have, _, err := published(ctx, t)
		if err != nil {
			return err
		}
		if !slices.Equal(have, want) {
			return fmt.Errorf("published\n%s\nfound\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
		}
		if len(want) == 0 {
			return errors.New("nothing is found")
		}
		return nil
	})
}

// reportIn waits until a namespace has a report object, or has none.
func reportIn(t *testing.T, namespace string, want bool) {
	t.Helper()
	planetest.Eventually(t, fmt.Sprintf("a report in %s: %v", namespace, want), func(ctx context.Context) error {
		_, namespaces, err := published(ctx, t)
		if err == nil && slices.Contains(namespaces, namespace) != want {
			err = fmt.Errorf("reports are in %v", namespaces)
		}
		return err
	})
}

// sentByAgents are the requests of agents.
func sentByAgents(t *testing.T, c *controlplane.Cluster) []controlplane.Request {
	t.Helper()
	list, err := c.Requests(func(r controlplane.Request) bool {
		return (r.User.Name == agentAccount || r.As != nil && r.As.Name == agentAccount) && r.Stage == "ResponseComplete" && careens(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// quiet looks at what is sent until the Lease was renewed three times.
func quiet(t *testing.T, c *controlplane.Cluster) {
	t.Helper()
	renewed(t, c, len(sentByAgents(t, c)), 1) // what was sent before is in the log by then
	before := len(sentByAgents(t, c))
	renewed(t, c, before, 3)
	for _, r := range sentByAgents(t, c)[before:] {
		if r.Verb != "watch" && r.Object.Resource != "leases" {
			t.Errorf("while nothing moved it sent %s %s", r.Verb, r.URI)
		}
	}
}

// renewed waits until so many renewals of the Lease are among the requests after the first.
func renewed(t *testing.T, c *controlplane.Cluster, after, times int) {
	t.Helper()
	planetest.Eventually(t, "the Lease to be renewed", func(context.Context) error {
		n := 0
		for _, r := range sentByAgents(t, c)[after:] {
			if r.Verb == "update" && r.Object.Resource == "leases" {
				n++
			}
		}
		if n < times {
			return fmt.Errorf("%d times", n)
		}
		return nil
	})
}

// onlyItsOwn holds what agents wrote against what they may write.
func onlyItsOwn(t *testing.T, c *controlplane.Cluster) {
	t.Helper()
	wrote := map[string]int{}
	for _, r := range sentByAgents(t, c) {
		switch {
		case r.Verb == "get" || r.Verb == "list" || r.Verb == "watch" || strings.HasPrefix(r.Object.Group, "auth"):
		case r.Object.Group == "openreports.io" && (r.Object.Name == "careen" || r.Object.Name == "" && r.Verb == "create"):
			wrote[r.Verb]++
		case r.Object.Resource == "leases" && r.Object.Namespace == agentHome && (r.Object.Name == "careen-agent" || r.Verb == "create"):
		default:
			t.Errorf("it sent %s %s", r.Verb, r.URI)
		}
	}
	if wrote["create"] == 0 || wrote["delete"] == 0 {
		t.Errorf("the audit log knows of %v", wrote)
	}
}
