package dump

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
)

// older is a version that Kubernetes once served of a kind that careen reads.
type older struct {
	apiVersion string
	kind       model.Kind
	change     func(object map[string]any) // nil where what is read has not moved since
}

// olders lists them. Versions that are not here, such as alphas whose fields differ, are
// named as what could not be read. Sources: kubernetes pkg/apis/*/v*/conversion.go, and
// the Deprecated API Migration Guide.
var olders = func() map[string]older {
	m := map[string]older{}
	add := func(change func(map[string]any), kind model.Kind, versions ...string) {
		for _, v := range versions {
			m[v+" "+string(kind)] = older{v, kind, change}
		}
	}
	add(selecting, model.KindDeployment, "extensions/v1beta1", "apps/v1beta1", "apps/v1beta2")
	add(selecting, model.KindStatefulSet, "apps/v1beta1", "apps/v1beta2")
	add(selecting, model.KindDaemonSet, "extensions/v1beta1", "apps/v1beta2")
	add(selecting, model.KindReplicaSet, "extensions/v1beta1", "apps/v1beta2")
	add(nil, model.KindCronJob, "batch/v1beta1")
	add(ingress, model.KindIngress, "extensions/v1beta1", "networking.k8s.io/v1beta1")
	add(nil, model.KindIngressClass, "networking.k8s.io/v1beta1")
	add(nil, model.KindNetworkPolicy, "extensions/v1beta1")
	add(nil, model.KindPDB, "policy/v1beta1")
	add(nil, model.KindHPA, "autoscaling/v1", "autoscaling/v2beta1", "autoscaling/v2beta2") // of the metrics nothing is read
	for _, kind := range []model.Kind{model.KindRole, model.KindRoleBinding, model.KindClusterRole, model.KindClusterRoleBinding} {
		add(nil, kind, "rbac.authorization.k8s.io/v1beta1")
	}
	add(nil, model.KindStorageClass, "storage.k8s.io/v1beta1")
	add(nil, model.KindVolumeAttachment, "storage.k8s.io/v1beta1")
	add(nil, model.KindPriorityClass, "scheduling.k8s.io/v1beta1", "scheduling.k8s.io/v1alpha1")
	add(nil, model.KindRuntimeClass, "node.k8s.io/v1beta1")
	add(nil, model.KindValidatingWebhook, "admissionregistration.k8s.io/v1beta1")
	add(nil, model.KindMutatingWebhook, "admissionregistration.k8s.io/v1beta1")
	add(nil, model.KindAPIService, "apiregistration.k8s.io/v1beta1")
	add(definition, model.KindCRD, "apiextensions.k8s.io/v1beta1")
	add(nil, model.KindLease, "coordination.k8s.io/v1beta1")
	add(slice, model.KindEndpointSlice, "discovery.k8s.io/v1beta1")
	m["v1 Endpoints"] = older{"v1", model.KindEndpointSlice, endpoints}
	add(event, model.KindEvent, "events.k8s.io/v1", "events.k8s.io/v1beta1")
	return m
}()

// modern brings an object of an older version to the one that careen reads.
func modern(u *unstructured.Unstructured) {
	o, ok := olders[u.GetAPIVersion()+" "+u.GetKind()]
	if !ok {
		return
	}
	if o.change != nil {
		o.change(u.Object)
	}
	info := model.Lookup(o.kind)
	u.SetAPIVersion(strings.TrimPrefix(info.Group+"/"+info.Version, "/"))
	u.SetKind(string(o.kind))
}

// below is a map within a map; a new one that is in no other where there is none.
func below(object map[string]any, path ...string) map[string]any {
	for _, key := range path {
		next, ok := object[key].(map[string]any)
		if !ok {
			return map[string]any{}
		}
		object = next
	}
	return object
}

// rename moves a field, unless its place is taken.
func rename(object map[string]any, from, to string) {
	if v, ok := object[from]; ok {
		if object[to] == nil {
			object[to] = v
		}
		delete(object, from)
	}
}

// selecting gives a workload the selector that older versions made of the template's
// labels.
func selecting(object map[string]any) {
	spec := below(object, "spec")
	if labels := below(spec, "template", "metadata", "labels"); spec["selector"] == nil && len(labels) > 0 {
		spec["selector"] = map[string]any{"matchLabels": labels}
	}
}

// ingress moves serviceName and servicePort into service.
func ingress(object map[string]any) {
	backend := func(b map[string]any) {
		name, ok := b["serviceName"].(string)
		if !ok {
			return
		}
		port := map[string]any{}
		switch p := b["servicePort"].(type) {
		case string:
			port["name"] = p
		case int64, float64:
			port["number"] = p
		}
		b["service"] = map[string]any{"name": name, "port": port}
		delete(b, "serviceName")
		delete(b, "servicePort")
	}
	spec := below(object, "spec")
	rename(spec, "backend", "defaultBackend")
	backend(below(spec, "defaultBackend"))
	rules, _ := spec["rules"].([]any)
	for _, r := range rules {
		rule, _ := r.(map[string]any)
		paths, _ := below(rule, "http")["paths"].([]any)
		for _, p := range paths {
			if path, ok := p.(map[string]any); ok {
				backend(below(path, "backend"))
			}
		}
	}
}

// event writes an event of events.k8s.io as the core group has it.
func event(object map[string]any) {
	for from, to := range map[string]string{
		"regarding": "involvedObject", "note": "message", "deprecatedFirstTimestamp": "firstTimestamp", "deprecatedLastTimestamp": "lastTimestamp",
		"deprecatedCount": "count", "deprecatedSource": "source", "reportingController": "reportingComponent",
	} {
		rename(object, from, to)
	}
}

// definition writes the one version of an old definition as a list.
func definition(object map[string]any) {
	spec := below(object, "spec")
	if version, ok := spec["version"].(string); ok && spec["versions"] == nil {
		spec["versions"] = []any{map[string]any{"name": version, "served": true, "storage": true}}
	}
	for _, gone := range []string{"version", "validation", "subresources", "additionalPrinterColumns", "conversion"} {
		delete(spec, gone)
	}
}

// slice takes the node of an endpoint out of its topology.
func slice(object map[string]any) {
	endpoints, _ := object["endpoints"].([]any)
	for _, e := range endpoints {
		if endpoint, ok := e.(map[string]any); ok {
			if node, ok := below(endpoint, "topology")["kubernetes.io/hostname"]; ok && endpoint["nodeName"] == nil {
				endpoint["nodeName"] = node
			}
			delete(endpoint, "topology")
		}
	}
}
