package repair

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/model"
)

const admissionAPI = "admissionregistration.k8s.io/v1"

// A guard is a ValidatingAdmissionPolicy that tells of the deletion of what a workload
// names. CEL cannot look anything up, but a policy's parameter may be any object: here it
// is the workload itself, so that the policy reads its template as it is at that moment,
// and lets everything pass once the workload is gone (parameterNotFoundAction).
//
// It lets pass what is being torn down: a namespace, what the garbage collector and the
// namespace controller delete. And it lets pass a deletion that is pinned to the version
// that was looked at (preconditions of UID and resourceVersion): so careen deletes, and its
// undo with it; kubectl delete and helm do not.
//
// What it does not cover: other workloads; updates that empty an object; what a program
// reads through the API, unless it stands in the list of names; Pods without a workload.

// guarded are the kinds of workloads that a guard can read, and the way to their pods.
var guarded = map[model.Kind]string{
	model.KindDeployment: "params.spec.template.spec", model.KindStatefulSet: "params.spec.template.spec",
	model.KindDaemonSet: "params.spec.template.spec", model.KindCronJob: "params.spec.jobTemplate.spec.template.spec",
}

func (e *expander) guard(ctx context.Context, step finding.Step, c finding.Guard) error {
	pod, ok := guarded[c.Of.Kind]
	if !ok {
		return refuse("A %s cannot be guarded: its template is not read.", c.Of.Kind)
	}
	if _, err := e.there(ctx, c.Of); err != nil {
		return err
	}
	policy, err := e.look(ctx, step.Ref)
	if err != nil {
		return err
	}
	bound := model.Ref{Kind: finding.KindGuardBinding, Name: step.Ref.Name}
	binding, err := e.look(ctx, bound)
	if err != nil {
		return err
	}
	if policy.now != nil && binding.now != nil {
		return e.harden(binding, c)
	}
	if policy.now == nil {
		u := guardPolicy(step.Ref.Name, pod, c)
		w, err := e.create(ctx, u, step.Ref, step.Summary)
		if err != nil {
			return err
		}
		w.commands, w.whole = heredoc(e.scrub, u, "create"), true
	}
	if binding.now == nil {
		u := guardBinding(step.Ref.Name, c)
		w, err := e.create(ctx, u, bound, "bind it to "+c.Of.String()+", to warn")
		if err != nil {
			return err
		}
		w.commands, w.whole = heredoc(e.scrub, u, "create"), true
	}
	e.note("It warns whoever deletes, and refuses nothing yet; where no warning was wrong, plan it once more: then it refuses.")
	e.note("It does not cover other workloads, updates that empty an object, or what is read through the API under another name. It lets a namespace be deleted, and lets pass what is pinned to a UID and a version, as careen's own undo is.")
	return nil
}

// harden makes a guard that warns refuse.
func (e *expander) harden(binding *seen, c finding.Guard) error {
	path := []string{"spec", "validationActions"}
	actions, _, _ := unstructured.NestedStringSlice(binding.now.Object, path...)
	if i := slices.Index(actions, "Deny"); i >= 0 {
		return refuse("%s is guarded already, and what it names cannot be deleted.", c.Of)
	}
	if len(actions) == 0 || actions[0] != "Warn" {
		return refuse("%s was changed by someone: its actions are %s.", binding.ref, strings.Join(actions, ", "))
	}
	actions[0] = "Deny"
	w, err := e.edit(binding, Patch, "refuse, where it warned so far", func(o map[string]any) error {
		return unstructured.SetNestedStringSlice(o, actions, path...)
	})
	if w != nil {
		w.shown, w.commands = [][]string{append(slices.Clone(path), "0")}, patchCommand(w)
	}
	e.note("It refuses from then on. Whoever has to delete all the same undoes this, deletes %s first, or pins the deletion to a UID and a version.", c.Of)
	return err
}

// guardMeta is the metadata of a guard's objects.
func guardMeta(name string, c finding.Guard) map[string]any {
	return map[string]any{
		"name":        name,
		"labels":      map[string]any{"app.kubernetes.io/managed-by": manager},
		"annotations": map[string]any{"careen/guards": fmt.Sprintf("%s %s/%s", c.Of.Kind, c.Of.Namespace, c.Of.Name)},
	}
}

func guardBinding(name string, c finding.Guard) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": admissionAPI, "kind": "ValidatingAdmissionPolicyBinding", "metadata": guardMeta(name, c),
		"spec": map[string]any{
			"policyName":        name,
			"validationActions": []any{"Warn"},
			"paramRef":          map[string]any{"name": c.Of.Name, "namespace": c.Of.Namespace, "parameterNotFoundAction": "Allow"},
			"matchResources":    map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": c.Of.Namespace}}},
		},
	}}
}

func guardPolicy(name, pod string, c finding.Guard) *unstructured.Unstructured {
	info, _ := model.Info(c.Of.Kind)
	version := strings.TrimPrefix(info.Group+"/"+info.Version, "/")
	rule := map[string]any{"apiGroups": []any{""}, "apiVersions": []any{"v1"}, "operations": []any{"DELETE"}, "resources": []any{"secrets", "configmaps", "serviceaccounts"}}
	list := func(pairs [][2]string, field string) (out []any) {
		for _, p := range pairs {
			out = append(out, map[string]any{"name": p[0], field: p[1]})
		}
		return out
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": admissionAPI, "kind": "ValidatingAdmissionPolicy", "metadata": guardMeta(name, c),
		"spec": map[string]any{
			"failurePolicy":    "Ignore", // a guard that cannot be evaluated stands in nobody's way
			"paramKind":        map[string]any{"apiVersion": version, "kind": string(c.Of.Kind)},
			"matchConstraints": map[string]any{"resourceRules": []any{rule}},
			"matchConditions":  list(guardConditions, "expression"),
			"variables":        list(guardVariables(pod, c.Names), "expression"),
			"validations": []any{map[string]any{
				"expression": "has(namespaceObject.metadata.deletionTimestamp) || !variables.named",
				"messageExpression": fmt.Sprintf("%q + request.resource.resource + ' ' + oldObject.metadata.name + %q",
					fmt.Sprintf("%s %s/%s names ", c.Of.Kind, c.Of.Namespace, c.Of.Name), "; careen guards it (see careen journal)"),
				"reason": "Forbidden",
			}},
		},
	}}
}

// guardConditions say which deletions are looked at.
var guardConditions = [][2]string{
	{"not-a-controller", "!(request.userInfo.username in ['system:serviceaccount:kube-system:namespace-controller', 'system:serviceaccount:kube-system:generic-garbage-collector', 'system:kube-controller-manager'])"},
	{"not-pinned", "!(has(request.options) && has(request.options.preconditions) && has(request.options.preconditions.uid) && has(request.options.preconditions.resourceVersion))"},
}

// guardVariables find out whether the workload names what is deleted.
func guardVariables(pod string, names []model.Ref) [][2]string {
	refers := func(env, from, volume, projected string) string {
		out := []string{
			"variables.containers.exists(c, has(c.env) && c.env.exists(e, has(e.valueFrom) && has(e.valueFrom." + env + ") && e.valueFrom." + env + ".name == variables.name))",
			"variables.containers.exists(c, has(c.envFrom) && c.envFrom.exists(e, has(e." + from + ") && e." + from + ".name == variables.name))",
			"variables.volumes.exists(v, has(v." + strings.SplitN(volume, ".", 2)[0] + ") && v." + volume + " == variables.name)",
			"variables.volumes.exists(v, has(v.projected) && has(v.projected.sources) && v.projected.sources.exists(s, has(s." + projected + ") && s." + projected + ".name == variables.name))",
		}
		return strings.Join(out, " || ")
	}
	var listed []string
	for _, n := range names {
		if info, ok := model.Info(n.Kind); ok {
			listed = append(listed, fmt.Sprintf("'%s/%s'", info.Resource, n.Name))
		}
	}
	return [][2]string{
		{"name", "oldObject.metadata.name"},
		{"kind", "request.resource.resource"},
		{"pod", pod},
		{"containers", "(has(variables.pod.initContainers) ? variables.pod.initContainers : []) + variables.pod.containers"},
		{"volumes", "has(variables.pod.volumes) ? variables.pod.volumes : []"},
		{"secret", refers("secretKeyRef", "secretRef", "secret.secretName", "secret") + " || (has(variables.pod.imagePullSecrets) && variables.pod.imagePullSecrets.exists(i, i.name == variables.name))"},
		{"configMap", refers("configMapKeyRef", "configMapRef", "configMap.name", "configMap")},
		{"account", "has(variables.pod.serviceAccountName) && variables.pod.serviceAccountName == variables.name"},
		{"named", "(variables.kind + '/' + variables.name) in [" + strings.Join(listed, ", ") + "] || (variables.kind == 'secrets' && (variables.secret)) || (variables.kind == 'configmaps' && (variables.configMap)) || (variables.kind == 'serviceaccounts' && (variables.account))"},
	}
}
