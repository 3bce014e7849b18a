package repair

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/model"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Reverter is someone who would take a write back.
type Reverter struct {
	Ref model.Ref // the object that is written
	Who string    // "Flux Kustomization apps/shop"
	Why string    // what of the object says so
}

// lastApplied is where kubectl apply keeps what it applied.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// revertersOf reads from the object itself who manages it. A nudge concerns nobody.
func revertersOf(w *Write) []Reverter {
	if w.Passing || w.Verb.byHelm() || w.Verb == Disown || isRecord(w.object()) {
		return nil
	}
	u := w.object()
	if w.Before != nil {
		u = w.Before
	}
	labels, annotations := u.GetLabels(), u.GetAnnotations()
	var out []Reverter
	add := func(who, why string) {
		out = append(out, Reverter{w.Ref, sanitize.Line(who, 256), why})
	}
	if name := labels["kustomize.toolkit.fluxcd.io/name"]; name != "" {
		add("Flux Kustomization "+labels["kustomize.toolkit.fluxcd.io/namespace"]+"/"+name, "label kustomize.toolkit.fluxcd.io/name")
	}
	if name := labels["helm.toolkit.fluxcd.io/name"]; name != "" {
		add("Flux HelmRelease "+labels["helm.toolkit.fluxcd.io/namespace"]+"/"+name, "label helm.toolkit.fluxcd.io/name")
	}
	if id := annotations["argocd.argoproj.io/tracking-id"]; id != "" {
		add("Argo CD ("+id+")", "annotation argocd.argoproj.io/tracking-id")
	} else if name := labels["argocd.argoproj.io/instance"]; name != "" {
		add("Argo CD application "+name, "label argocd.argoproj.io/instance")
	}
	if annotations[lastApplied] != "" && w.Before != nil && !w.onlyRestarts() {
		add("the next kubectl apply", "where its file says otherwise; annotation "+lastApplied)
	}
	by := labels["app.kubernetes.io/managed-by"]
	switch release := annotations["meta.helm.sh/release-name"]; {
	case release != "" && w.Before != nil && !w.onlyRestarts():
		add(fmt.Sprintf("the next helm upgrade of %s/%s", annotations["meta.helm.sh/release-namespace"], release), "where its chart says otherwise; annotation meta.helm.sh/release-name")
	case by != "" && by != "Helm" && by != manager:
		add(by, "label app.kubernetes.io/managed-by")
	}
	if owner := metav1.GetControllerOf(u); owner != nil {
		add("its controller "+owner.Kind+" "+owner.Name, "owner reference")
	}
	if _, aggregated := u.Object["aggregationRule"]; aggregated {
		add("the aggregation of cluster roles", "aggregationRule")
	}
	if annotations["rbac.authorization.kubernetes.io/autoupdate"] == "true" {
		add("the API server at its next start", "annotation rbac.authorization.kubernetes.io/autoupdate")
	}
	for _, e := range u.GetManagedFields() {
		if gitOps[e.Manager] != "" && !slices.ContainsFunc(out, func(r Reverter) bool {
			return r.Who == gitOps[e.Manager] || len(r.Who) > 3 && r.Who[:4] == gitOps[e.Manager][:4]
		}) {
			add(gitOps[e.Manager], "field manager "+e.Manager)
		}
	}
	return out
}

// onlyRestarts reports whether a write changes nothing but the annotation of a restart,
// which an upgrade leaves.
func (w *Write) onlyRestarts() bool {
	for _, c := range w.changes() {
		if !slices.Equal(c.path, restartedAt) {
			return false
		}
	}
	return true
}

// gitOps are field managers of controllers that write again what was changed.
var gitOps = map[string]string{
	"kustomize-controller":          "Flux",
	"helm-controller":               "Flux",
	"argocd-controller":             "Argo CD",
	"argocd-application-controller": "Argo CD",
}

func compact(list []Reverter) []Reverter {
	var out []Reverter
	for _, r := range list {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// scaledBy tells which autoscaler of the snapshot scales a workload.
func scaledBy(snap *model.Snapshot, ref model.Ref) (model.Ref, bool) {
	for row := range model.Each[model.Row](snap.Space(ref.Namespace), model.KindHPA) {
		for _, r := range row.Base().Refs {
			if r.Type == model.EdgeScales && r.To == ref {
				return row.Base().Ref(), true
			}
		}
	}
	return model.Ref{}, false
}

// contentOf reports whether two versions of an object hold the same.
func sameContent(a, b *unstructured.Unstructured) bool {
	return len(changesBetween(content(a), content(b))) == 0
}
