package model

import "strings"

// Manager is a tool that keeps an object as it wants it to be, by the mark that it
// leaves on what it applies.
type Manager struct {
	Tool string // "Argo CD", "Flux Kustomization"
	Name string // of the application, where the mark says it: "apps/shop"
	Mark string // "label helm.toolkit.fluxcd.io/name"
}

func (m Manager) String() string { return strings.TrimSpace(m.Tool + " " + m.Name) }

// managerMarks are the labels and annotations by which tools know what they applied,
// from their own documentation. Where a mark says a namespace beside the name, it
// stands under namespace.
var managerMarks = []struct {
	tool, key, namespace string
	annotation           bool
}{
	{"Flux Kustomization", "kustomize.toolkit.fluxcd.io/name", "kustomize.toolkit.fluxcd.io/namespace", false},
	{"Flux HelmRelease", "helm.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/namespace", false},
	{"Argo CD", "argocd.argoproj.io/tracking-id", "", true},
	{"Argo CD application", "argocd.argoproj.io/instance", "", false},
	{"kapp", "kapp.k14s.io/app", "", false},
	{"Rancher", "objectset.rio.cattle.io/id", "", true},
	{"Rancher", "objectset.rio.cattle.io/hash", "", false},
	{"Fleet", "fleet.cattle.io/bundle-name", "", false},
	{"OLM", "olm.owner", "olm.owner.namespace", false},
	{"OLM", "olm.managed", "", false},
	{"Kluctl", "kluctl.io/discriminator", "", false},
	{"KubeVela", "app.oam.dev/name", "app.oam.dev/namespace", false},
	{"Tanka", "tanka.dev/environment", "", false},
	{"Crossplane", "crossplane.io/composite", "", false},
	{"Pulumi", "pulumi.com/autonamed", "", true},
	{"Skaffold", "skaffold.dev/run-id", "", false},
	{"the add-on manager", "addonmanager.kubernetes.io/mode", "", false},
}

// Managers lists the tools other than Helm that an object's marks name. What an
// app.kubernetes.io/managed-by label names comes last, careen's own left out.
func Managers(labels, annotations map[string]string) []Manager {
	var out []Manager
	for _, m := range managerMarks {
		from, word := labels, "label "
		if m.annotation {
			from, word = annotations, "annotation "
		}
		name, ok := from[m.key]
		if !ok || len(out) > 0 && out[len(out)-1].Tool == m.tool {
			continue
		}
		if ns := from[m.namespace]; m.namespace != "" && ns != "" {
			name = ns + "/" + name
		}
		out = append(out, Manager{m.tool, name, word + m.key})
	}
	const managedBy = "app.kubernetes.io/managed-by"
	if by := labels[managedBy]; by != "" && by != "Helm" && by != "Tiller" && by != "careen" {
		out = append(out, Manager{by, "", "label " + managedBy})
	}
	return out
}

// Manager is the first tool other than Helm that an object's marks name.
func (m *Meta) Manager() (Manager, bool) {
	if list := Managers(m.Labels, m.Annotations); len(list) > 0 {
		return list[0], true
	}
	return Manager{}, false
}
