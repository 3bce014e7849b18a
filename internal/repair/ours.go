package repair

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// made is a created object as the server was to store it.
func (w *Write) made() *unstructured.Unstructured {
	if w.Stored != nil {
		return w.Stored
	}
	return w.After
}

// ours reports whether a created object still holds what it was created with. What
// servers and controllers of Kubernetes fill in by themselves does not count.
func (w *Write) ours(live *unstructured.Unstructured) bool {
	for _, c := range changesBetween(content(w.made()), content(live)) {
		if !c.filledIn(w.Stored != nil) {
			return false
		}
	}
	return true
}

// filledIn reports whether a difference between what was created and what is there is
// the server's or a controller's doing. Without a dry run, what was left out of the
// spec counts as a default too.
func (c change) filledIn(dryRun bool) bool {
	path := strings.Join(c.path, "/")
	for _, p := range filledIn {
		if path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p) {
			return true
		}
	}
	return !dryRun && !c.had && (c.path[0] == "spec" || c.path[0] == "type" || c.path[0] == "immutable")
}

var filledIn = []string{
	"metadata/uid", "metadata/creationTimestamp", "metadata/selfLink", "metadata/finalizers",
	"metadata/annotations/deployment.kubernetes.io/revision",
	"metadata/annotations/deprecated.daemonset.template.generation",
	"metadata/annotations/pv.kubernetes.io/",
	"metadata/annotations/volume.kubernetes.io/",
	"metadata/annotations/volume.beta.kubernetes.io/",
	"metadata/annotations/" + nudged,
	"spec/volumeName", "spec/clusterIP", "spec/clusterIPs", "spec/ports", "spec/healthCheckNodePort",
	"secrets",
}
