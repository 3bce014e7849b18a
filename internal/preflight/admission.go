package preflight

import (
	"context"
	"errors"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/careen-tui/careen/internal/finding"
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
	"github.com/careen-tui/careen/probes"
)

// admission sends each object that is not there yet, and one pod of each workload,
// as a create that the server is told not to keep.
func (l *look) admission(ctx context.Context) {
	dry := model.Watch{Resource: "dry runs", State: model.Live, Since: l.Now}
	pods := model.Watch{Resource: "dry runs of pods", Namespace: l.Namespace, State: model.Live, Since: l.Now}
	defer func() { l.coverage = append(l.coverage, dry, pods) }()
	if !l.DryRun {
		dry.State, dry.Message = model.Absent, "dry runs are not sent, so admission was not asked"
		pods.State, pods.Message = dry.State, dry.Message
		return
	}
	client := l.Conn.Objects()
	for _, o := range l.rendered.Objects {
		if o.Resource == "" || !l.spaceExists(o.Ref.Namespace) || l.serving.kinds[served{o.GetAPIVersion(), o.GetKind()}].resource == "" {
			continue
		}
		if l.Snapshot.Row(o.Ref) == nil {
			dry.Objects++
			l.send(ctx, client, o, o.actual(), o.Resource, o.GroupVersionKind().GroupVersion())
		}
		if pod := podOf(o); pod != nil && pods.State == model.Live {
			pods.Objects++
			l.spare(pod)
			if !l.send(ctx, client, o, pod, "pods", schema.GroupVersion{Version: "v1"}) {
				pods.State = model.Forbidden
				pods.Message = l.who.name + " may not create pods, so what admission says of them is not known"
			}
		}
	}
}

func (l *look) spaceExists(namespace string) bool {
	if namespace == "" {
		return true
	}
	known, _ := l.Snapshot.Knows(model.KindNamespace, "")
	return !known || l.Snapshot.Row(model.Ref{Kind: model.KindNamespace, Name: namespace}) != nil
}

// send sends one dry run and reports what comes of it; it returns whether that was
// allowed.
func (l *look) send(ctx context.Context, client dynamic.Interface, o *Object, u *unstructured.Unstructured, resource string, gv schema.GroupVersion) bool {
	api := client.Resource(gv.WithResource(resource))
	var err error
	options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: "helm"}
	if o.Namespaced() {
		_, err = api.Namespace(o.Ref.Namespace).Create(ctx, u, options)
	} else {
		_, err = api.Create(ctx, u, options)
	}
	if err == nil || apierrors.IsAlreadyExists(err) || ctx.Err() != nil {
		return true
	}
	text := oneLine(mask.Line(err.Error(), 600)) // webhooks quote variables
	pod := u != o.actual()
	told := masked(o, text)
	switch {
	case strings.Contains(text, "cannot create resource"):
		return false // the rights name objects; pods are their controllers' to create
	case strings.Contains(text, "does not support dry run"):
		l.unknown("dry-run "+resource, o.Ref, fmt.Sprintf("A webhook would be asked about %s %s, and it cannot be asked without consequences.", o.Ref.Kind, o.Ref.Path()), errors.New(told))
		return true
	case apierrors.IsForbidden(err), apierrors.IsInvalid(err), apierrors.IsBadRequest(err), strings.Contains(text, "failed calling webhook"), strings.Contains(text, "admission webhook"):
	case apierrors.IsNotFound(err):
		return true // a namespace or a kind, which other checks name
	default:
		l.unknown("dry-run "+resource, o.Ref, fmt.Sprintf("Whether the server takes %s %s is not known.", o.Ref.Kind, o.Ref.Path()), errors.New(told))
		return true
	}
	f := finding.Finding{
		Probe: Refused.ID, Subject: o.Ref, Severity: finding.High, Grade: finding.Proved,
		Summary: fmt.Sprintf("The server refuses %s %s: %s.", o.Ref.Kind, o.Ref.Path(), cause(text)),
		Evidence: []finding.Evidence{
			{Ref: o.Ref, Path: o.Source, Note: "as the chart declares it"},
			{Ref: o.Ref, Path: "dry run", Value: told},
		},
	}
	if pod {
		f.Probe = probes.AdmissionRefused.ID
		f.Summary = fmt.Sprintf("The pods of %s %s will be refused: %s.", o.Ref.Kind, o.Ref.Path(), cause(text))
	}
	if told != text {
		f.Summary = fmt.Sprintf("The server refuses %s %s.", o.Ref.Kind, o.Ref.Path())
		if pod {
			f.Summary = fmt.Sprintf("The pods of %s %s will be refused.", o.Ref.Kind, o.Ref.Path())
		}
	}
	l.report(f)
	return true
}

// masked is the server's answer, but to a Secret, or to what a chart made of one: it
// may quote what it was sent.
func masked(o *Object, text string) string {
	if o.Ref.Kind == model.KindSecret || o.real != nil {
		return "an answer that may quote a Secret, so it is not shown"
	}
	return text
}

// cause takes the answer's head away: "pods "x" is forbidden: ".
func cause(text string) string {
	for _, head := range []string{" is forbidden: ", " is invalid: ", "denied the request: "} {
		if _, rest, ok := strings.Cut(text, head); ok {
			text = rest
		}
	}
	return strings.TrimSuffix(sanitize.Line(text, 200), ".")
}

// podOf is one pod of a workload; nil where an object has none.
func podOf(o *Object) *unstructured.Unstructured {
	path := []string{"spec", "template"}
	switch o.Ref.Kind {
	case model.KindDeployment, model.KindStatefulSet, model.KindDaemonSet, model.KindReplicaSet, model.KindReplicationController, model.KindJob:
	case model.KindCronJob:
		path = []string{"spec", "jobTemplate", "spec", "template"}
	default:
		return nil
	}
	object := o.actual().Object
	if n, found, _ := unstructured.NestedInt64(object, "spec", "replicas"); found && n == 0 {
		return nil
	}
	if n, found, _ := unstructured.NestedFloat64(object, "spec", "replicas"); found && n == 0 {
		return nil
	}
	template, found, err := unstructured.NestedMap(object, path...)
	if !found || err != nil {
		return nil
	}
	mountClaims(o, template)
	pod := &unstructured.Unstructured{Object: template}
	pod.SetAPIVersion("v1")
	pod.SetKind("Pod")
	pod.SetName("")
	pod.SetGenerateName(o.Ref.Name + "-")
	pod.SetNamespace(o.Ref.Namespace)
	return pod
}

// mountClaims gives a StatefulSet's pod the volumes that its controller adds for the
// claim templates.
func mountClaims(o *Object, template map[string]any) {
	claims, _, _ := unstructured.NestedSlice(o.actual().Object, "spec", "volumeClaimTemplates")
	volumes, _, _ := unstructured.NestedSlice(template, "spec", "volumes")
	for _, c := range claims {
		if m, ok := c.(map[string]any); ok {
			name, _, _ := unstructured.NestedString(m, "metadata", "name")
			volumes = append(volumes, map[string]any{"name": name, "emptyDir": map[string]any{}})
		}
	}
	if spec, ok := template["spec"].(map[string]any); ok && len(claims) > 0 {
		spec["volumes"] = volumes
	}
}

// spare takes out of a pod what another check reports, or the chart itself brings:
// accounts and classes that are not there yet.
func (l *look) spare(pod *unstructured.Unstructured) {
	spec, _, _ := unstructured.NestedMap(pod.Object, "spec")
	if spec == nil {
		return
	}
	for field, kind := range map[string]model.Kind{
		"serviceAccountName": model.KindServiceAccount, "serviceAccount": model.KindServiceAccount,
		"priorityClassName": model.KindPriorityClass, "runtimeClassName": model.KindRuntimeClass,
	} {
		name, _ := spec[field].(string)
		if name == "" {
			continue
		}
		ref := model.Ref{Kind: kind, Name: name}
		if kind == model.KindServiceAccount {
			ref.Namespace = pod.GetNamespace()
		}
		if l.Snapshot.Row(ref) == nil {
			delete(spec, field)
		}
	}
	pod.Object["spec"] = spec
}
