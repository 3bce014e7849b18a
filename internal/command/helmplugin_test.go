package command

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"
)

// inHelm sets the variables as Helm does for a plugin that was given no flags.
func inHelm(t *testing.T, more map[string]string) {
	t.Helper()
	for name, value := range map[string]string{
		"HELM_BIN": "/usr/bin/helm", "HELM_PLUGIN_NAME": "careen", "HELM_NAMESPACE": "default", "HELM_DEBUG": "false",
		"HELM_KUBECONTEXT": "", "HELM_KUBEAPISERVER": "", "HELM_KUBETOKEN": "", "HELM_KUBEASUSER": "", "HELM_KUBEASGROUPS": "",
		"HELM_KUBECAFILE": "", "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "false", "HELM_KUBETLS_SERVER_NAME": "", "HELM_DRIVER": "",
	} {
		t.Setenv(name, value)
	}
	for name, value := range more {
		t.Setenv(name, value)
	}
}

// parsed are the options that a command line leaves.
func parsed(t *testing.T, args ...string) (*options, error) {
	t.Helper()
	o := newOptions()
	cmd := &cobra.Command{Use: "careen"}
	o.bind(cmd)
	o.bindFrom(cmd)
	o.bindContexts(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	o.configFile = os.DevNull
	return o, o.complete(cmd)
}

func TestHelmsVariablesBecomeFlags(t *testing.T) {
	inHelm(t, map[string]string{
		"HELM_NAMESPACE": "shop", "HELM_KUBECONTEXT": "prod", "HELM_KUBEAPISERVER": "https://kube.example.com",
		"HELM_KUBETOKEN": "t0k3n", "HELM_KUBEASUSER": "ci", "HELM_KUBEASGROUPS": "deployers,readers", "HELM_KUBECAFILE": "/ca.pem",
		"HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "true", "HELM_KUBETLS_SERVER_NAME": "kube", "HELM_DEBUG": "true",
	})
	o, err := parsed(t)
	if err != nil {
		t.Fatal(err)
	}
	k := o.kube
	got := []string{
		strings.Join(o.namespaces, ","), *k.Context, *k.APIServer, *k.BearerToken, *k.Impersonate,
		strings.Join(*k.ImpersonateGroup, ","), *k.CAFile, *k.TLSServerName,
	}
	want := []string{"shop", "prod", "https://kube.example.com", "t0k3n", "ci", "deployers,readers", "/ca.pem", "kube"}
	if !slices.Equal(got, want) || !*k.Insecure || !o.verbose {
		t.Errorf("Helm's variables make %q, insecure %v, verbose %v; want %q", got, *k.Insecure, o.verbose, want)
	}
	o, err = parsed(t, "--context", "stage", "-nweb", "--as-group", "auditors")
	if err != nil {
		t.Fatal(err)
	}
	if *o.kube.Context != "stage" || !slices.Equal(o.namespaces, []string{"web"}) || !slices.Equal(*o.kube.ImpersonateGroup, []string{"auditors"}) {
		t.Errorf("given flags do not win: context %s, namespaces %v, groups %v", *o.kube.Context, o.namespaces, *o.kube.ImpersonateGroup)
	}
	var help bytes.Buffer
	root := newRoot(Streams{os.Stdin, &help, &help}, "careen")
	root.SetArgs([]string{"--help"})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(help.String(), "helm careen [command]") || strings.Contains(help.String(), "t0k3n") {
		t.Errorf("the help does not say helm careen, or shows the token:\n%s", help.String())
	}
}

func TestHelmsNamespaceIsTheScopeUnlessAnotherIsNamed(t *testing.T) {
	inHelm(t, map[string]string{"HELM_NAMESPACE": "shop"})
	for _, v := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"shop"}},
		{[]string{"-A"}, nil},
		{[]string{"--contexts", "*"}, nil},
		{[]string{"--from", "cluster.json"}, nil},
		{[]string{"--from", "cluster.json", "-nweb"}, []string{"web"}},
	} {
		o, err := parsed(t, v.args...)
		if err != nil || !slices.Equal(o.namespaces, v.want) {
			t.Errorf("%v: namespaces %v, want %v (%v)", v.args, o.namespaces, v.want, err)
		}
	}
	for id, want := range map[string][]string{
		"release-stuck:review/Release/app": {"review"}, "volume-released:/PersistentVolume/pv-1": nil, "not-an-id": {"shop"},
	} {
		o := newOptions()
		o.configFile = os.DevNull
		cmd := &cobra.Command{Use: "fix"}
		o.bind(cmd)
		if err := cmd.ParseFlags([]string{id}); err != nil {
			t.Fatal(err)
		}
		if err := o.complete(cmd); err != nil || !slices.Equal(o.namespaces, want) {
			t.Errorf("fix %s: namespaces %v, want %v (%v)", id, o.namespaces, want, err)
		}
	}
	if _, err := parsed(t, "-A", "-nweb"); err == nil {
		t.Error("-A and -n were taken together")
	}
}

func TestHelmsVariablesOutsideOfHelmMeanNothing(t *testing.T) {
	for _, caller := range []map[string]string{{"HELM_PLUGIN_NAME": "secrets"}, {"HELM_PLUGIN_NAME": ""}, {"HELM_BIN": ""}} {
		inHelm(t, map[string]string{"HELM_NAMESPACE": "shop", "HELM_KUBECONTEXT": "prod", "HELM_DRIVER": "sql"})
		for name, value := range caller {
			t.Setenv(name, value)
		}
		o, err := parsed(t)
		if err != nil || len(o.namespaces) > 0 || *o.kube.Context != "" || o.outsideTheCluster() != "" {
			t.Errorf("%v: namespaces %v, context %q (%v)", caller, o.namespaces, *o.kube.Context, err)
		}
	}
}

func TestWhatHelmSaysAndCannotBeTakenIsSaid(t *testing.T) {
	inHelm(t, map[string]string{"HELM_KUBEINSECURE_SKIP_TLS_VERIFY": "perhaps"})
	if _, err := parsed(t); err == nil || !strings.Contains(err.Error(), "HELM_KUBEINSECURE_SKIP_TLS_VERIFY") {
		t.Errorf("the error is %v", err)
	}
	for driver, want := range map[string]bool{"": false, "secret": false, "configmap": false, "sql": true, "memory": true} {
		inHelm(t, map[string]string{"HELM_DRIVER": driver})
		o, err := parsed(t)
		if err != nil || (o.outsideTheCluster() != "") != want {
			t.Errorf("HELM_DRIVER=%s: %q (%v)", driver, o.outsideTheCluster(), err)
		}
	}
}

// Helm refuses a plugin.yaml with a field that it does not know, and these are those that
// Helm 3 and Helm 4 both do.
func TestThePluginsFileIsOneThatHelmTakes(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "deploy", "helm-plugin", "plugin.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var plugin struct {
		Name        string `json:"name"`
		Version     string `json:"version"`
		Usage       string `json:"usage"`
		Description string `json:"description"`
		Command     string `json:"command"`
		IgnoreFlags bool   `json:"ignoreFlags"`
	}
	if err := yaml.UnmarshalStrict(raw, &plugin); err != nil {
		t.Fatal(err)
	}
	if plugin.Name != helmPlugin || plugin.Command != "$HELM_PLUGIN_DIR/careen" || plugin.IgnoreFlags {
		t.Errorf("the plugin is %+v", plugin)
	}
}
