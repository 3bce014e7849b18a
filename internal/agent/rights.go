package agent

import (
	"fmt"
	"strings"
)

// Rules are the rights that an agent has beyond those of its probes, as rules of a
// ClusterRole in YAML.
func Rules(p Publish) string {
	var b strings.Builder
	for _, v := range p.Variants() {
		b.WriteString("  # the objects that careen agent writes; each is named " + Name + "\n")
		fmt.Fprintf(&b, "  - apiGroups: [%s]\n    resources: [%s, %s]\n    verbs: [create, get, list, watch]\n", v.Group(), v.Resource, v.Clusters)
		fmt.Fprintf(&b, "  - apiGroups: [%s]\n    resources: [%s, %s]\n    resourceNames: [%s]\n    verbs: [update, delete]\n",
			v.Group(), v.Resource, v.Clusters, Name)
	}
	return b.String()
}

// LeaseRole is a Role with the rights to the Lease by which agents elect the one that
// writes, in the namespace that they run in; empty for the one where it is applied.
func LeaseRole(name, namespace string) string {
	meta := "  name: " + name + "\n"
	if namespace != "" {
		meta += "  namespace: " + namespace + "\n"
	}
	return "# The Lease by which agents elect the one that writes: in the namespace that they run in.\n" +
		"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n" + meta + "rules:\n" + LeaseRules()
}

// LeaseRules are the rules of LeaseRole.
func LeaseRules() string {
	return "  - apiGroups: [coordination.k8s.io]\n    resources: [leases]\n    verbs: [create]\n" +
		"  - apiGroups: [coordination.k8s.io]\n    resources: [leases]\n    resourceNames: [" + Lease + "]\n    verbs: [get, update]\n"
}
