package agent

//go:generate go test -run TestTheChartHasTheRights -update .

import (
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/catalogue"
	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/probes"
)

func TestMain(m *testing.M) {
	os.Exit(golden.Main(m, "../../deploy/chart/files/*.yaml", "../../deploy/test/testdata/series.txt"))
}

const deploy = "../../deploy"

// rulesOf are the rules of what careen probes --rbac prints.
func rulesOf(o catalogue.RoleOptions) string {
	_, rules, _ := strings.Cut(catalogue.Role(probes.All(), o), "rules:\n")
	return rules
}

// TestTheChartHasTheRights holds the files that the chart's roles and rules are made of.
func TestTheChartHasTheRights(t *testing.T) {
	alerts, err := os.ReadFile(filepath.Join(deploy, "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"rules.yaml":            rulesOf(catalogue.RoleOptions{}),
		"rules-nosecrets.yaml":  rulesOf(catalogue.RoleOptions{NoSecrets: true}),
		"writes.yaml":           Rules(Auto),
		"lease.yaml":            LeaseRules(),
		"rules-prometheus.yaml": string(alerts),
	} {
		golden.Equal(t, filepath.Join(deploy, "chart", "files", name), text)
	}
}

func loadChart(t *testing.T) *chart.Chart {
	t.Helper()
	c, err := loader.Load(filepath.Join(deploy, "chart"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// rendered renders the chart with Helm's engine, as a release agent in namespace ops: the
// documents by kind and name, and the notes.
func rendered(t *testing.T, values map[string]any) (docs map[string]string, notes string) {
	t.Helper()
	c := loadChart(t)
	all, err := chartutil.ToRenderValues(c, values, chartutil.ReleaseOptions{Name: "agent", Namespace: "ops", Revision: 1, IsInstall: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := engine.Render(c, all)
	if err != nil {
		t.Fatal(err)
	}
	docs = map[string]string{}
	for name, text := range files {
		if path.Base(name) == "NOTES.txt" {
			notes = text
			continue
		}
		for _, doc := range strings.Split("\n"+text, "\n---") {
			var head struct {
				Kind     string
				Metadata struct{ Name string }
			}
			if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
				t.Fatalf("%s: %v in\n%s", name, err, doc)
			}
			if head.Kind != "" {
				docs[head.Kind+" "+head.Metadata.Name] = doc
			}
		}
	}
	return docs, notes
}

func decoded[T any](t *testing.T, docs map[string]string, name string) (out T) {
	t.Helper()
	if docs[name] == "" {
		t.Fatalf("there is no %s", name)
	}
	if err := yaml.UnmarshalStrict([]byte(docs[name]), &out); err != nil {
		t.Fatalf("%s: %v in\n%s", name, err, docs[name])
	}
	return out
}

const full = "agent-careen-agent"

func TestTheChart(t *testing.T) {
	docs, notes := rendered(t, nil)
	var want, lease rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict([]byte(catalogue.Role(probes.All(), catalogue.RoleOptions{Name: full, Writes: Rules(Auto)})), &want); err != nil {
		t.Fatal(err)
	}
	if got := decoded[rbacv1.ClusterRole](t, docs, "ClusterRole "+full); !reflect.DeepEqual(got.Rules, want.Rules) {
		t.Errorf("the ClusterRole is not what careen probes --rbac --agent prints:\n%v\n%v", got.Rules, want.Rules)
	}
	if err := yaml.Unmarshal([]byte(LeaseRole(full, "ops")), &lease); err != nil {
		t.Fatal(err)
	}
	if got := decoded[rbacv1.Role](t, docs, "Role "+full); !reflect.DeepEqual(got.Rules, lease.Rules) || got.Namespace != "ops" {
		t.Errorf("the Role is %+v", got)
	}
	account := decoded[corev1.ServiceAccount](t, docs, "ServiceAccount "+full)
	wide := decoded[rbacv1.ClusterRoleBinding](t, docs, "ClusterRoleBinding "+full)
	narrow := decoded[rbacv1.RoleBinding](t, docs, "RoleBinding "+full)
	for _, s := range append(wide.Subjects, narrow.Subjects...) {
		if s.Name != account.Name || s.Namespace != "ops" {
			t.Errorf("a binding is of %+v", s)
		}
	}
	d := decoded[appsv1.Deployment](t, docs, "Deployment "+full)
	pod := d.Spec.Template.Spec
	in := pod.Containers[0].SecurityContext
	if !*pod.SecurityContext.RunAsNonRoot || !*in.ReadOnlyRootFilesystem || *in.AllowPrivilegeEscalation || in.Capabilities.Drop[0] != "ALL" || pod.ServiceAccountName != account.Name {
		t.Errorf("the pod may too much: %+v %+v", pod.SecurityContext, in)
	}
	if got := strings.Join(pod.Containers[0].Args, " "); got != "agent --listen=:8080 --publish=auto" {
		t.Errorf("it runs %s", got)
	}
	service := decoded[corev1.Service](t, docs, "Service "+full)
	for k, v := range service.Spec.Selector {
		if d.Spec.Template.Labels[k] != v || d.Spec.Selector.MatchLabels[k] != v {
			t.Errorf("the Service does not select the pod: %v", service.Spec.Selector)
		}
	}
	if len(docs) != 7 || !strings.Contains(notes, "careen looks at the whole cluster") {
		t.Errorf("%d objects, and notes\n%s", len(docs), notes)
	}
}

func TestTheChartByItsValues(t *testing.T) {
	docs, notes := rendered(t, map[string]any{
		"publish": "none", "namespaces": []any{"shop"}, "args": []any{"--severity=high"}, "config": map[string]any{"waivers": []any{}},
		"rbac":           map[string]any{"secrets": false, "customResources": []any{map[string]any{"group": "example.com", "resources": []any{"widgets"}}}},
		"serviceMonitor": map[string]any{"enabled": true, "labels": map[string]any{"team": "a"}}, "prometheusRule": map[string]any{"enabled": true},
		"image": map[string]any{"digest": "sha256:" + strings.Repeat("a", 64)},
	})
	role := decoded[rbacv1.ClusterRole](t, docs, "ClusterRole "+full)
	for _, r := range role.Rules {
		if slices.Contains(r.Resources, "secrets") || slices.Contains(r.Verbs, "create") {
			t.Errorf("it may %v %v", r.Verbs, r.Resources)
		}
	}
	if last := role.Rules[len(role.Rules)-1]; last.Resources[0] != "widgets" || len(last.Verbs) != 3 {
		t.Errorf("the custom resource is %+v", last)
	}
	if docs["Role "+full] != "" {
		t.Error("it may write a Lease that it does not need")
	}
	pod := decoded[appsv1.Deployment](t, docs, "Deployment "+full).Spec.Template.Spec
	if got := strings.Join(pod.Containers[0].Args, " "); got != "agent --listen=:8080 --publish=none --config=/etc/careen/config.yaml --namespace=shop --severity=high" {
		t.Errorf("it runs %s", got)
	}
	if !strings.HasSuffix(pod.Containers[0].Image, "@sha256:"+strings.Repeat("a", 64)) {
		t.Errorf("the image is %s", pod.Containers[0].Image)
	}
	if c := decoded[corev1.ConfigMap](t, docs, "ConfigMap "+full); c.Data["config.yaml"] != "waivers: []\n" {
		t.Errorf("the configuration is %q", c.Data)
	}
	rule := decoded[struct {
		APIVersion, Kind string
		Metadata         map[string]any
		Spec             any
	}](t, docs, "PrometheusRule "+full)
	raw, err := os.ReadFile(filepath.Join(deploy, "rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var spec any
	if err := yaml.Unmarshal(raw, &spec); err != nil || !reflect.DeepEqual(rule.Spec, spec) {
		t.Errorf("the rules are not those of deploy/rules.yaml: %v", err)
	}
	if docs["ServiceMonitor "+full] == "" || !strings.Contains(notes, "It may not read Secrets") {
		t.Errorf("no ServiceMonitor, or notes\n%s", notes)
	}
}

func TestTheChartRefusesValues(t *testing.T) {
	c := loadChart(t)
	for _, values := range []map[string]any{
		{"publish": "everything"},
		{"replicas": "two"},
		{"namespaces": []any{"A b"}},
		{"nosuch": true},
		{"service": map[string]any{"port": 0}},
		{"image": map[string]any{"repository": "r", "digest": "x"}},
		{"rbac": map[string]any{"customResources": []any{map[string]any{"group": "g"}}}},
	} {
		if _, err := chartutil.ToRenderValues(c, values, chartutil.ReleaseOptions{Name: "a"}, nil); err == nil {
			t.Errorf("%v is taken", values)
		}
	}
}

// TestMetricsThatAreNamedAreServed holds dashboard and alerts against what is exported.
func TestMetricsThatAreNamedAreServed(t *testing.T) {
	named := regexp.MustCompile(`\bcareen_[a-z_]+`)
	used := map[string]bool{}
	for _, file := range []string{"dashboard.json", "rules.yaml"} {
		text, err := os.ReadFile(filepath.Join(deploy, file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") && !json.Valid(text) {
			t.Errorf("%s is not JSON", file)
		}
		for _, name := range named.FindAllString(string(text), -1) {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, suffix)
			}
			used[name] = true
			if !slices.Contains(Metrics(), name) {
				t.Errorf("%s names %s, which is not served", file, name)
			}
		}
	}
	if len(used) < 5 {
		t.Errorf("only %v are named", used)
	}
}
