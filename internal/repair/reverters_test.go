package repair

import (
	"strings"
	"testing"

	"github.com/careen-tui/careen/internal/model"
)

func TestWhoWouldRevert(t *testing.T) {
	for _, c := range []struct{ name, meta, want string }{
		{"nobody", "", ""},
		{"Flux", "labels: {kustomize.toolkit.fluxcd.io/name: shop, kustomize.toolkit.fluxcd.io/namespace: flux-system}", "Flux Kustomization flux-system/shop"},
		{"a HelmRelease of Flux", "labels: {helm.toolkit.fluxcd.io/name: shop, helm.toolkit.fluxcd.io/namespace: apps}", "Flux HelmRelease apps/shop"},
		{"Argo CD", "annotations: {argocd.argoproj.io/tracking-id: 'shop:v1/ConfigMap:a/b'}", "Argo CD"},
		{"Argo CD by label", "labels: {argocd.argoproj.io/instance: shop}", "Argo CD application shop"},
		{"Helm", "annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: shop}", "helm upgrade of shop/web"},
		{"an operator", "labels: {app.kubernetes.io/managed-by: kubeblocks}", "kubeblocks"},
		{"a controller", "ownerReferences: [{apiVersion: a/v1, kind: Cluster, name: pg, uid: u, controller: true}]", "Cluster pg"},
		{"Argo CD by its field manager alone", "managedFields: [{manager: argocd-controller, operation: Apply}]", "Argo CD"},
		{"a hostile name", "labels: {app.kubernetes.io/managed-by: \"x\\e[31my\"}", "xy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := parsed(t, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop, "+c.meta+"}\ndata: {a: b}\n")
			after := before.DeepCopy()
			after.Object["data"] = map[string]any{"a": "c"}
			w := &Write{Verb: Patch, Ref: ref(model.KindConfigMap, "c"), Before: before, After: after}
			var who []string
			for _, r := range revertersOf(w) {
				who = append(who, r.Who)
			}
			text := strings.Join(who, "; ")
			if c.want == "" && text != "" || !strings.Contains(text, c.want) || len(who) > 1 {
				t.Errorf("%q, want %q", text, c.want)
			}
			w.Passing = true
			if len(revertersOf(w)) > 0 {
				t.Error("a nudge would be reverted")
			}
		})
	}
}
