//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/careen-tui/careen/internal/controlplane"
)

// installs installs a chart of the demo with Helm's own code.
func installs(t *testing.T, c *controlplane.Cluster, namespace, name, chartName string, values map[string]any) {
	t.Helper()
	flags := genericclioptions.NewConfigFlags(true)
	*flags.KubeConfig, *flags.Namespace = c.Kubeconfig, namespace
	cfg := &action.Configuration{}
	if err := cfg.Init(flags, namespace, "secret", func(string, ...any) {}); err != nil {
		t.Fatal(err)
	}
	loaded, err := loader.Load(chart(chartName))
	if err != nil {
		t.Fatal(err)
	}
	install := action.NewInstall(cfg)
	install.ReleaseName, install.Namespace, install.DisableOpenAPIValidation = name, namespace, true
	if _, err := install.RunWithContext(t.Context(), loaded, values); err != nil {
		t.Fatal(err)
	}
}

// TestBeforeAndAfterADeploy prevents an incident before its chart is installed, and has
// the deploy verified; beside it the same chart is installed without that.
func TestBeforeAndAfterADeploy(t *testing.T) {
	const prevented, hurt = "deploy-prevented", "deploy-hurt"
	shared.Namespace(t, prevented)
	shared.Namespace(t, hurt)
	defer shared.Remove(t, prevented, hurt)
	c, accounts := shared.Cluster(t), shared.Client(t).CoreV1().ServiceAccounts(prevented)
	there := func() bool {
		_, err := accounts.Get(t.Context(), "vault-raft", metav1.GetOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			t.Fatal(err)
		}
		return err == nil
	}
	id := "service-account-missing:" + prevented + "/StatefulSet/vault-raft"
	preflight := []string{"preflight", "vault-raft", chart("vault-raft"), "-n", prevented, "--set", "serviceAccount.create=false,serviceAccount.name=vault-raft", "--fix", id}
	for _, step := range []struct {
		args []string
		code int
		want []string
		then bool // whether the account is there
	}{
		{preflight, 0, []string{"Create service account vault-raft", "dry run passed", "Nothing was written"}, false},
		{append(preflight, "--yes", "--read-only"), 5, []string{"read-only"}, false},
		{append(preflight, "--yes"), 0, []string{"proved", "foretold no longer"}, true},
		{preflight, 2, []string{"no finding"}, true},
	} {
		r := run(t, command(c.Kubeconfig, step.args...))
		for _, want := range step.want {
			if !strings.Contains(r.stdout+r.stderr, want) {
				t.Errorf("%v does not say %q:\n%s%s", step.args, want, r.stdout, r.stderr)
			}
		}
		if r.code != step.code || there() != step.then {
			t.Errorf("%v: exit code %d, want %d; the account is there: %v", step.args, r.code, step.code, there())
		}
	}
	values := func() map[string]any {
		return map[string]any{"serviceAccount": map[string]any{"create": false, "name": "vault-raft"}}
	}
	installs(t, c, prevented, "vault-raft", "vault-raft", values())
	installs(t, c, hurt, "vault-raft", "vault-raft", values())
	for _, v := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"verify", "vault-raft", "-n", prevented}, 0, "well, "},
		{[]string{"verify", "statefulset/vault-raft", "-n", prevented}, 0, "well, "},
		{[]string{"verify", "vault-raft", "-n", hurt}, 1, "service-account-missing:" + hurt + "/StatefulSet/vault-raft"},
		{[]string{"verify", "vault-raft", "-n", hurt, "--revision", "2", "--timeout", "2s"}, 1, "Revision 2 is not there yet"},
		{[]string{"verify", "vault-rift", "-n", hurt}, 2, `did you mean "vault-raft"`},
	} {
		r := run(t, command(c.Kubeconfig, append(v.args, "-o", "json")...))
		if r.code != v.code || !strings.Contains(r.stdout+r.stderr, v.want) {
			t.Errorf("%v: exit code %d, want %d and %q:\n%s%s", v.args, r.code, v.code, v.want, r.stdout, r.stderr)
		}
	}
}
