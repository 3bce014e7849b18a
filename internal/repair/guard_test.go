package repair

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	dynamicfake "k8s.io/client-go/dynamic/fake"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const guardName = finding.GuardPrefix + "shop.deployment.web"

func guardStep(names ...model.Ref) finding.Step {
	return finding.Step{Verb: "create", Ref: model.Ref{Kind: finding.KindGuard, Name: guardName}, Change: finding.Guard{Of: ref(model.KindDeployment, "web"), Names: names}}
}

// admitting is a Mender on a server that serves admission policies.
func admitting(t *testing.T, manifests ...string) *Mender {
	t.Helper()
	m := unit(t)
	gv := schema.GroupVersion{Group: "admissionregistration.k8s.io", Version: "v1"}
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{gv})
	lists := map[schema.GroupVersionResource]string{}
	for resource, kind := range map[string]string{"validatingadmissionpolicies": "ValidatingAdmissionPolicy", "validatingadmissionpolicybindings": "ValidatingAdmissionPolicyBinding"} {
		mapper.AddSpecific(gv.WithKind(kind), gv.WithResource(resource), gv.WithResource(strings.ToLower(kind)), meta.RESTScopeRoot)
		lists[gv.WithResource(resource)] = kind + "List"
	}
	for _, i := range model.Builtin {
		lists[schema.GroupVersionResource{Group: i.Group, Version: i.Version, Resource: i.Resource}] = string(i.Kind) + "List"
	}
	var objects []runtime.Object
	for _, text := range append([]string{deployment}, manifests...) {
		u, err := parseManifest([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		objects = append(objects, u)
	}
	c := dynamicfake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists, objects...)
	keepsNoDryRun(c)
	m.objects, m.mapper = c, mapper
	return m
}

// judged evaluates a guard as the API server does; refused tells that it would warn or
// refuse. The lists of matchConditions and variables are in the order in which it does.
func judged(t *testing.T, policy *unstructured.Unstructured, in map[string]any) (refused bool) {
	t.Helper()
	eval := func(expression string, variables map[string]any) any {
		env, err := cel.NewEnv(cel.Variable("request", cel.DynType), cel.Variable("oldObject", cel.DynType), cel.Variable("params", cel.DynType),
			cel.Variable("namespaceObject", cel.DynType), cel.Variable("variables", cel.DynType))
		if err != nil {
			t.Fatal(err)
		}
		ast, issues := env.Compile(expression)
		if issues.Err() != nil {
			t.Fatalf("%s: %v", expression, issues.Err())
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		with := map[string]any{"variables": variables}
		for k, v := range in {
			with[k] = v
		}
		out, _, err := program.Eval(with)
		if err != nil {
			t.Fatalf("%s: %v", expression, err)
		}
		return out.Value()
	}
	get := func(field string) []any {
		list, _, err := unstructured.NestedSlice(policy.Object, "spec", field)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for _, c := range get("matchConditions") {
		if eval(c.(map[string]any)["expression"].(string), nil) != true {
			return false
		}
	}
	variables := map[string]any{}
	for _, v := range get("variables") {
		v := v.(map[string]any)
		variables[v["name"].(string)] = eval(v["expression"].(string), variables)
	}
	v := get("validations")[0].(map[string]any)
	if message := eval(v["messageExpression"].(string), variables); !strings.Contains(fmt.Sprint(message), "Deployment shop/web names ") {
		t.Errorf("message %q", message)
	}
	return eval(v["expression"].(string), variables) != true
}

func asJSON(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAGuardKnowsWhatALiveWorkloadNames(t *testing.T) {
	p, err := planned(t, admitting(t), Inputs{}, guardStep(model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "by-api"}))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Writes) != 2 || p.Writes[1].Ref.Kind != finding.KindGuardBinding {
		t.Fatalf("%+v", p.Writes)
	}
	if actions, _, _ := unstructured.NestedStringSlice(p.Writes[1].After.Object, "spec", "validationActions"); len(actions) != 1 || actions[0] != "Warn" {
		t.Errorf("it begins with %v", actions)
	}
	policy := p.Writes[0].After
	params := asJSON(t, `{"spec": {"template": {"spec": {"serviceAccountName": "runner", "imagePullSecrets": [{"name": "pull"}],
		"initContainers": [{"name": "i", "envFrom": [{"configMapRef": {"name": "from-init"}}]}],
		"containers": [{"name": "c", "env": [{"name": "A", "value": "x"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "env"}}}], "envFrom": [{"secretRef": {"name": "from"}}]}, {"name": "bare"}],
		"volumes": [{"name": "v", "secret": {"secretName": "mounted"}}, {"name": "w", "projected": {"sources": [{"configMap": {"name": "projected"}}]}}, {"name": "e", "emptyDir": {}}]}}}}`)
	bare := asJSON(t, `{"spec": {"template": {"spec": {"containers": [{"name": "c"}]}}}}`)
	namespace := asJSON(t, `{"metadata": {"name": "shop"}}`)
	leaving := asJSON(t, `{"metadata": {"name": "shop", "deletionTimestamp": "2026-01-02T15:00:00Z"}}`)
	pinned := `{"preconditions": {"uid": "u", "resourceVersion": "7"}}`
	for name, c := range map[string]struct {
		resource, object, user, options string
		params, namespace               map[string]any
		want                            bool
	}{
		"a variable":            {"secrets", "env", "oncall", "{}", params, namespace, true},
		"all of a Secret":       {"secrets", "from", "oncall", "{}", params, namespace, true},
		"a mount":               {"secrets", "mounted", "oncall", "{}", params, namespace, true},
		"a pull secret":         {"secrets", "pull", "oncall", "{}", params, namespace, true},
		"of the API":            {"secrets", "by-api", "oncall", "{}", params, namespace, true},
		"of an init container":  {"configmaps", "from-init", "oncall", "{}", params, namespace, true},
		"a projected one":       {"configmaps", "projected", "oncall", "{}", params, namespace, true},
		"the account":           {"serviceaccounts", "runner", "oncall", "{}", params, namespace, true},
		"another Secret":        {"secrets", "other", "oncall", "{}", params, namespace, false},
		"another kind":          {"configmaps", "env", "oncall", "{}", params, namespace, false},
		"nothing is named":      {"secrets", "env", "oncall", "{}", bare, namespace, false},
		"only half pinned":      {"secrets", "env", "oncall", `{"preconditions": {"uid": "u"}}`, params, namespace, true},
		"careen's own undo":     {"secrets", "env", "oncall", pinned, params, namespace, false},
		"the garbage collector": {"secrets", "env", "system:serviceaccount:kube-system:generic-garbage-collector", "{}", params, namespace, false},
		"a namespace that goes": {"secrets", "env", "oncall", "{}", params, leaving, false},
	} {
		got := judged(t, policy, map[string]any{
			"request":   map[string]any{"resource": map[string]any{"resource": c.resource}, "userInfo": map[string]any{"username": c.user}, "options": asJSON(t, c.options)},
			"oldObject": map[string]any{"metadata": map[string]any{"name": c.object}}, "params": c.params, "namespaceObject": c.namespace,
		})
		if got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestAGuardWarnsBeforeItRefuses(t *testing.T) {
	m := admitting(t)
	actions := func() string {
		place, err := m.placeOf(finding.KindGuardBinding)
		if err != nil {
			t.Fatal(err)
		}
		u, err := m.get(t.Context(), place.GroupVersionResource, "", guardName)
		if err != nil || u == nil {
			return "none"
		}
		list, _, _ := unstructured.NestedStringSlice(u.Object, "spec", "validationActions")
		return strings.Join(list, ",")
	}
	policy := guardPolicy(guardName, guarded[model.KindDeployment], finding.Guard{Of: model.Ref{Kind: model.KindDeployment, Namespace: "shop", Name: "web"}})
	if got, _, _ := unstructured.NestedString(policy.Object, "spec", "failurePolicy"); got != "Ignore" {
		t.Errorf("failurePolicy %s: a guard that cannot be evaluated would stand in everybody's way", got)
	}
	var entries []string
	for _, want := range []string{"Warn", "Deny"} {
		p, err := planned(t, m, Inputs{}, guardStep())
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Apply(t.Context(), p, Consent{}, nil)
		if err != nil || actions() != want {
			t.Fatalf("%s: %v", actions(), err)
		}
		entries = append(entries, r.Entry)
	}
	if _, err := planned(t, m, Inputs{}, guardStep()); err == nil || !strings.Contains(err.Error(), "is guarded already") {
		t.Errorf("a third time: %v", err)
	}
	for i, want := range []string{"Warn", "none"} {
		p, err := m.UndoPlan(t.Context(), entries[len(entries)-1-i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.Apply(t.Context(), p, Consent{}, nil); err != nil || actions() != want {
			t.Fatalf("undone: %s: %v", actions(), err)
		}
	}
}

func TestAGuardWritesNoPolicyButItsOwn(t *testing.T) {
	step := guardStep()
	step.Ref.Name = "security-baseline"
	if _, err := planned(t, admitting(t), Inputs{}, step); err == nil || !strings.Contains(err.Error(), "Guard may not create") {
		t.Errorf("%v", err)
	}
}

// What GitOps would take back is said of a prevention as of any plan.
func TestWhoWouldRevertAPrevention(t *testing.T) {
	f := &finding.Finding{
		Probe: "made-up", Subject: ref(model.KindDeployment, "web"), Severity: finding.High, Grade: finding.Proved,
		Preventions: []finding.Fix{{ID: "prevent-outdated", Title: "Have a reloader roll it", Risk: finding.Safe, Steps: []finding.Step{{
			Verb: "patch", Ref: ref(model.KindDeployment, "web"),
			Change: finding.Patch{Set: []finding.FieldValue{{Path: []string{"metadata", "annotations", "configmap.reloader.stakater.com/reload"}, Value: "settings"}}},
		}}}},
	}
	p, err := plannedOfFinding(t, unit(t, deployment), f, "prevent-outdated")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Reverters) == 0 || p.Reverters[0].Who != "Flux Kustomization flux-system/shop" {
		t.Errorf("%+v", p.Reverters)
	}
	if len(p.Proof.Findings) > 0 || !strings.HasPrefix(p.Title, "Prevention: ") {
		t.Errorf("it is proved by %v, and called %q", p.Proof.Findings, p.Title)
	}
	if _, err := plannedOfFinding(t, unit(t, deployment), f, ""); err == nil || !strings.Contains(err.Error(), "it has a prevention: prevent-outdated") {
		t.Errorf("without a choice: %v", err)
	}
}
