package preflight

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

func object(kind model.Kind, fields map[string]any) *Object {
	apiVersion := "apps/v1"
	if info, ok := model.Info(kind); ok {
		apiVersion = strings.TrimPrefix(info.Group+"/"+info.Version, "/")
	}
	o := map[string]any{"apiVersion": apiVersion, "kind": string(kind), "metadata": map[string]any{"name": "x", "namespace": "ns"}}
	for k, v := range fields {
		o[k] = v
	}
	return &Object{Unstructured: &unstructured.Unstructured{Object: o}, Ref: model.Ref{Kind: kind, Namespace: "ns", Name: "x"}, Source: "templates/x.yaml"}
}

func TestRenamesInValues(t *testing.T) {
	entry := func(extra string) map[string]any {
		return map[string]any{"type": "victoriametrics", "authentication": map[string]any{"Password": "x"}, extra: 1}
	}
	values := func(providers map[string]any) map[string]any {
		return map[string]any{"backend": map[string]any{"providers": providers, "replicas": 1}}
	}
	for name, c := range map[string]struct {
		old, now map[string]any
		want     []string
	}{
		"a rename":              {values(map[string]any{"vms": entry("a")}), values(map[string]any{"victoriametrics": entry("a")}), []string{"backend.providers.vms -> victoriametrics"}},
		"nothing":               {values(map[string]any{"vms": entry("a")}), values(map[string]any{"vms": entry("b")}), nil},
		"one more":              {values(map[string]any{"vms": entry("a")}), values(map[string]any{"vms": entry("a"), "grafana": entry("a")}), nil},
		"one less":              {values(map[string]any{"vms": entry("a"), "grafana": entry("a")}), values(map[string]any{"vms": entry("a")}), nil},
		"another shape":         {values(map[string]any{"vms": entry("a")}), values(map[string]any{"x": map[string]any{"host": "h", "port": 1, "path": "/"}}), nil},
		"no credential":         {values(map[string]any{"vms": map[string]any{"host": "a"}}), values(map[string]any{"x": map[string]any{"host": "a"}}), nil},
		"two at once, in order": {values(map[string]any{"a": entry("q"), "b": entry("q")}), values(map[string]any{"c": entry("q"), "d": entry("q")}), []string{"backend.providers.a -> c", "backend.providers.b -> d"}},
	} {
		var got []string
		for _, r := range renamesIn(c.old, c.now, nil) {
			got = append(got, r.String()+" -> "+r.to)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestImmutableFields(t *testing.T) {
	spec := func(kv ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i].(string)] = kv[i+1]
		}
		return map[string]any{"spec": m}
	}
	labels := func(v string) map[string]any { return map[string]any{"matchLabels": map[string]any{"app": v}} }
	for name, c := range map[string]struct {
		kind     model.Kind
		old, now map[string]any
		want     []string
	}{
		"a selector":           {model.KindDeployment, spec("selector", labels("a")), spec("selector", labels("b")), []string{"spec.selector"}},
		"replicas":             {model.KindDeployment, spec("replicas", int64(1)), spec("replicas", int64(2)), nil},
		"a set's replicas":     {model.KindStatefulSet, spec("replicas", int64(1)), spec("replicas", int64(2)), nil},
		"a set's templates":    {model.KindStatefulSet, spec("volumeClaimTemplates", []any{"a"}), spec("volumeClaimTemplates", []any{"b"}), []string{"spec.volumeClaimTemplates"}},
		"a set's service":      {model.KindStatefulSet, spec("serviceName", "a"), spec("serviceName", "b"), []string{"spec.serviceName"}},
		"the same in JSON":     {model.KindStatefulSet, spec("podManagementPolicy", "a", "replicas", int64(1)), spec("podManagementPolicy", "a", "replicas", float64(1)), nil},
		"a job's template":     {model.KindJob, spec("template", map[string]any{"a": "b"}), spec("template", map[string]any{"a": "c"}), []string{"spec.template"}},
		"a role":               {model.KindRoleBinding, map[string]any{"roleRef": map[string]any{"name": "a"}}, map[string]any{"roleRef": map[string]any{"name": "b"}}, []string{"roleRef"}},
		"clusterIP left out":   {model.KindService, spec("clusterIP", "10.0.0.1"), spec(), nil},
		"clusterIP changed":    {model.KindService, spec("clusterIP", "None"), spec("clusterIP", "10.0.0.1"), []string{"spec.clusterIP"}},
		"frozen data":          {model.KindConfigMap, map[string]any{"immutable": true, "data": map[string]any{"a": "1"}}, map[string]any{"immutable": true, "data": map[string]any{"a": "2"}}, []string{"data"}},
		"a Secret's type":      {model.KindSecret, map[string]any{"type": "Opaque"}, map[string]any{"type": "kubernetes.io/tls"}, []string{"type"}},
		"data that may change": {model.KindConfigMap, map[string]any{"data": map[string]any{"a": "1"}}, map[string]any{"data": map[string]any{"a": "2"}}, nil},
	} {
		l := &look{}
		l.immutable(object(c.kind, c.old), object(c.kind, c.now))
		var got []string
		for _, f := range l.findings {
			got = append(got, f.Slot)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestDifferencesShowNoSecret(t *testing.T) {
	const sentinel = "s3cr3t-sentinel"
	deployment := func(image, env, arg string, replicas int64) *Object {
		return object(model.KindDeployment, map[string]any{"spec": map[string]any{
			"replicas": replicas,
			"template": map[string]any{
				"metadata": map[string]any{"annotations": map[string]any{"note": env}},
				"spec": map[string]any{"containers": []any{map[string]any{
					"image": image, "env": []any{map[string]any{"name": "PASSWORD", "value": env}}, "args": []any{arg},
				}}},
			},
		}})
	}
	lines := differences(deployment("web:1", "a", "b", 1), deployment("web:2", sentinel, sentinel, 2), nil)
	text := strings.Join(lines, "\n")
	if strings.Contains(text, sentinel) {
		t.Errorf("a value is shown:\n%s", text)
	}
	for _, want := range []string{"spec.replicas: 1 -> 2", "image: web:1 -> web:2", "env.0.value: changed", "args.0: changed"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	secret := func(v string) *Object {
		return object(model.KindSecret, map[string]any{"stringData": map[string]any{"password": v, "name": v}})
	}
	if text := strings.Join(differences(secret("a"), secret(sentinel), nil), "\n"); strings.Contains(text, sentinel) || !strings.Contains(text, "stringData.password: changed") {
		t.Error(text)
	}
	if got := differences(deployment("a", "b", "c", 1), deployment("a", "b", "c", 1), nil); len(got) != 0 {
		t.Errorf("the same differs: %v", got)
	}
}

func TestWhatIsRandomIsNotCompared(t *testing.T) {
	secret := func(password, user string) *Object {
		return object(model.KindSecret, map[string]any{"stringData": map[string]any{"password": password, "user": user}})
	}
	lines := differences(secret("of-today", "a"), secret("random-1", "b"), secret("random-2", "b"))
	if !slices.Equal(lines, []string{"stringData.user: changed"}) {
		t.Errorf("%q", lines)
	}
}

func TestWhatRolls(t *testing.T) {
	for name, c := range map[string]struct {
		annotations map[string]string
		want        bool
	}{
		"nothing":    {nil, false},
		"checksum":   {map[string]string{"checksum/config": "x"}, true},
		"a hash":     {map[string]string{"example.com/x": strings.Repeat("0a", 32)}, true},
		"a reloader": {map[string]string{"reloader.stakater.com/auto": "true"}, true},
		"other":      {map[string]string{"prometheus.io/scrape": "true"}, false},
	} {
		if got := rolls(&model.Workload{Template: model.Template{Annotations: c.annotations}}); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
