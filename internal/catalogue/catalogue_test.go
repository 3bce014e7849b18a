package catalogue

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/careen-tui/careen/internal/golden"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/probes"
)

// Files are the files of docs that are made here.
var files = map[string]func() string{
	"probes.md": func() string {
		return Pages("The probes", "What each probe looks for, what shows it, and what cannot be seen.\n"+
			"This page is made from the probes themselves; `careen probes ID` prints one of them. The last are\n"+
			"the checks of `careen preflight` and `careen forecast`, which look before something happens.",
			All())
	},
	"examples/cronjob.yaml":               func() string { return CronJob(probes.All()) },
	"examples/clusterrole.yaml":           func() string { return Role(probes.All(), RoleOptions{Name: "careen"}) },
	"examples/clusterrole-nosecrets.yaml": func() string { return Role(probes.All(), RoleOptions{Name: "careen-no-secrets", NoSecrets: true}) },
}

func TestFilesAreFresh(t *testing.T) {
	for name, generate := range files {
		golden.Equal(t, filepath.Join("..", "..", "docs", filepath.FromSlash(name)), generate())
	}
}

func role(t *testing.T, list []*probes.Probe, o RoleOptions) rbacv1.ClusterRole {
	t.Helper()
	var r rbacv1.ClusterRole
	if err := yaml.UnmarshalStrict([]byte(Role(list, o)), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func allows(r rbacv1.ClusterRole, verb, group, resource string) bool {
	return slices.ContainsFunc(r.Rules, func(p rbacv1.PolicyRule) bool {
		return slices.Contains(p.Verbs, verb) && slices.Contains(p.APIGroups, group) && slices.Contains(p.Resources, resource)
	})
}

func TestTheRoleOnlyReads(t *testing.T) {
	for _, p := range role(t, probes.All(), RoleOptions{Name: "careen"}).Rules {
		for _, v := range p.Verbs {
			if !slices.Contains([]string{"get", "list", "watch"}, v) {
				t.Errorf("%v may %s", p.Resources, v)
			}
		}
		if slices.Contains(p.Resources, "*") || slices.Contains(p.APIGroups, "*") {
			t.Errorf("a wildcard: %+v", p)
		}
	}
}

func TestTheRoleFollowsTheDeclarations(t *testing.T) {
	list := []*probes.Probe{
		{ID: "a", Needs: []model.Kind{model.KindRecord}, Uses: []model.Kind{model.KindLogTail, model.KindHPA}},
		{ID: "b", Needs: []model.Kind{model.KindSecret, model.KindCustom}},
	}
	o := RoleOptions{Name: "x", Custom: []Resource{{"example.com", "clusters"}}}
	r := role(t, list, o)
	for _, want := range [][3]string{
		{"get", "", "secrets"},
		{"list", "", "secrets"},
		{"watch", "", "secrets"},
		{"get", "", "configmaps"},
		{"get", "", "pods/log"},
		{"list", "", "pods"},
		{"watch", "autoscaling", "horizontalpodautoscalers"},
		{"list", "apiextensions.k8s.io", "customresourcedefinitions"},
		{"watch", "example.com", "clusters"},
	} {
		if !allows(r, want[0], want[1], want[2]) {
			t.Errorf("it does not allow %v", want)
		}
	}
	if allows(r, "list", "apps", "deployments") || allows(r, "get", "", "pods") {
		t.Error("it allows what no probe declares")
	}
	if got := Blind(list, o); got != nil {
		t.Errorf("blind with every right: %v", got)
	}
	o.NoSecrets = true
	if r := role(t, list, o); allows(r, "list", "", "secrets") || !allows(r, "list", "", "configmaps") {
		t.Error("without secrets it should read records in config maps only")
	}
	if got := Blind(list, o); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("blind without secrets: %v", got)
	}
}

func TestEachRuleSaysWhoWantsIt(t *testing.T) {
	list := []*probes.Probe{
		{ID: "needs-it", Needs: []model.Kind{model.KindClaim}, Uses: []model.Kind{model.KindClaim}},
		{ID: "uses-it", Needs: []model.Kind{model.KindVolume}, Uses: []model.Kind{model.KindClaim}},
	}
	g := Grants(list, RoleOptions{})
	if len(g) != 3 || !slices.Equal(g[1].Needed, []string{"needs-it"}) || !slices.Equal(g[1].Used, []string{"uses-it"}) {
		t.Errorf("%+v", g)
	}
}

func TestTheCronJobRunsTheAuditAsThatRole(t *testing.T) {
	var kinds []string
	for _, doc := range strings.Split(CronJob(probes.All()), "\n---\n") {
		var head struct{ Kind string }
		if err := yaml.Unmarshal([]byte(doc), &head); err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, head.Kind)
		switch head.Kind {
		case "CronJob":
			var job batchv1.CronJob
			if err := yaml.UnmarshalStrict([]byte(doc), &job); err != nil {
				t.Fatal(err)
			}
			spec := job.Spec.JobTemplate.Spec.Template.Spec
			if spec.ServiceAccountName != "careen-audit" || spec.Containers[0].Args[0] != "audit" {
				t.Errorf("%+v", spec)
			}
		case "ClusterRole":
			var r rbacv1.ClusterRole
			if err := yaml.UnmarshalStrict([]byte(doc), &r); err != nil {
				t.Fatal(err)
			}
			if len(r.Rules) != len(Grants(probes.All(), RoleOptions{})) {
				t.Errorf("%d rules", len(r.Rules))
			}
		}
	}
	if want := []string{"Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "CronJob"}; !slices.Equal(kinds, want) {
		t.Errorf("%v", kinds)
	}
}

func TestEveryPageSaysWhatItReads(t *testing.T) {
	for _, e := range All() {
		text := Page(e)
		if !strings.HasPrefix(text, "# "+string(e.ID)+"\n") || strings.Contains(text, "- Looks at: ") != (e.Run != nil) || !strings.Contains(text, "- Reported by: `careen") {
			t.Errorf("%s: %s", e.ID, text)
		}
	}
}
