package model

import "testing"

func TestKindsAsPeopleWriteThem(t *testing.T) {
	for kind, want := range map[Kind]string{
		KindDeployment: "Deployment",
		"ValidatingAdmissionPolicy.admissionregistration.k8s.io": "ValidatingAdmissionPolicy",
		"Event.events.k8s.io":         "Event",
		"Certificate.cert-manager.io": "Certificate.cert-manager.io",
		"Cluster.apps.kubeblocks.io":  "Cluster.apps.kubeblocks.io",
		"PodMetrics.metrics.k8s.io":   "PodMetrics.metrics.k8s.io",
		"Deployment.apps":             "Deployment",
	} {
		if got := kind.Plain(); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	for i := range Builtin {
		if g := Builtin[i].Group; g != "" && !kubernetesGroups[g] {
			t.Errorf("%s is none of Kubernetes' own groups", g)
		}
	}
	if got := (Ref{Kind: "ValidatingAdmissionPolicy.admissionregistration.k8s.io", Name: "a"}).String(); got != "ValidatingAdmissionPolicy a" {
		t.Error(got)
	}
}
