package model

import "strings"

// Plain is the kind as people write it: without its group, where that is one of
// Kubernetes' own. Of a custom resource the group stays, for there is often another kind
// of that name.
func (k Kind) Plain() string {
	name, group, found := strings.Cut(string(k), ".")
	if found && kubernetesGroups[group] {
		return name
	}
	return string(k)
}

// kubernetesGroups are the groups that API servers serve themselves.
var kubernetesGroups = map[string]bool{
	"admissionregistration.k8s.io": true, "apiextensions.k8s.io": true, "apiregistration.k8s.io": true, "apps": true,
	"authentication.k8s.io": true, "authorization.k8s.io": true, "autoscaling": true, "batch": true, "certificates.k8s.io": true,
	"coordination.k8s.io": true, "discovery.k8s.io": true, "events.k8s.io": true, "flowcontrol.apiserver.k8s.io": true,
	"internal.apiserver.k8s.io": true, "networking.k8s.io": true, "node.k8s.io": true, "policy": true,
	"rbac.authorization.k8s.io": true, "resource.k8s.io": true, "scheduling.k8s.io": true, "storage.k8s.io": true,
	"storagemigration.k8s.io": true,
}
