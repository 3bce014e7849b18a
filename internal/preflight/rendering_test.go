package preflight

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/preflight/box"
)

func TestMain(m *testing.M) {
	if code, ok := box.Serve(os.Args); ok {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// folder writes a chart.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if files["Chart.yaml"] == "" {
		files["Chart.yaml"] = "apiVersion: v2\nname: c\nversion: 1.0.0\n"
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

// servedKinds is what the server of these tests serves.
var servedKinds = map[served]kind{
	{"v1", "ServiceAccount"}: {"serviceaccounts", true}, {"v1", "ConfigMap"}: {"configmaps", true}, {"v1", "Secret"}: {"secrets", true},
	{"batch/v1", "Job"}: {"jobs", true}, {"apps/v1", "Deployment"}: {"deployments", true}, {"v1", "Namespace"}: {"namespaces", false},
}

// rendering is a look at a chart, on a cluster with some objects.
func rendering(t *testing.T, files map[string]string, objects ...runtime.Object) *look {
	t.Helper()
	chart, err := Load(t.Context(), folder(t, files), ChartOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(chart.Close)
	server := &Serving{kinds: servedKinds}
	lists := map[schema.GroupVersionResource]string{}
	for s, k := range servedKinds {
		gv, _ := schema.ParseGroupVersion(s.apiVersion)
		lists[gv.WithResource(k.resource)] = s.kind + "List"
	}
	client := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, objects...)
	return &look{
		Input: Input{
			Snapshot: &model.Snapshot{Spaces: map[string]*model.Space{}}, Chart: chart, Release: "r", Namespace: "ns", Now: time.Now(),
		},
		serving: server, lookups: newLookups(client, server),
	}
}

func TestChartsThatCannotBeUsed(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"lacks":   {map[string]string{"Chart.yaml": "apiVersion: v2\nname: lacks\nversion: 1.0.0\ndependencies: [{name: redis, version: 1.0.0, repository: 'https://example.com'}]\n"}, "missing in charts/ directory: redis"},
		"library": {map[string]string{"Chart.yaml": "apiVersion: v2\nname: library\nversion: 1.0.0\ntype: library\n"}, "cannot be installed"},
		"broken":  {map[string]string{"Chart.yaml": "apiVersion: ["}, "reading the chart"},
		"escapes": {map[string]string{"Chart.yaml": "apiVersion: v2\nname: \"a\\e[31mb\"\nversion: 1.0.0\ntype: library\n"}, "reading the chart"},
	} {
		if _, err := Load(t.Context(), folder(t, c.files), ChartOptions{}); err == nil || !strings.Contains(err.Error(), c.want) || strings.ContainsRune(err.Error(), 0x1b) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	bad := filepath.Join(t.TempDir(), "bad.tgz")
	if err := os.WriteFile(bad, []byte("this is no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]string{
		t.TempDir(): "Chart.yaml", bad: "not a gzipped archive", "none": "no such file",
		"oci://127.0.0.1:1/charts/x": "names no version", "oci://127.0.0.1:1/charts/x:1.0.0": "the registry refuses",
	} {
		if _, err := Load(t.Context(), ref, ChartOptions{PlainHTTP: true}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", ref, err, want)
		}
	}
	values := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(values, []byte("a: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Values([]string{values}, nil, nil); err == nil || !strings.Contains(err.Error(), "reading the values") {
		t.Error(err)
	}
	if _, err := Values(nil, []string{"a=b=c,["}, nil); err == nil {
		t.Error("a --set that does not parse was accepted")
	}
}

func unstructuredOf(object map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: object}
}
