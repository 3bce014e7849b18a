package model

import (
	"cmp"
	"strings"
)

// Ref names an object. It is comparable and is the identity used everywhere:
// selections, findings, edges. Namespace is empty for cluster-scoped objects.
type Ref struct {
	Kind      Kind   `json:"kind" careen:"api"`
	Namespace string `json:"namespace" careen:"name"`
	Name      string `json:"name" careen:"name"`
}

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// IsRootCA reports whether r is the ConfigMap that Kubernetes puts into every namespace:
// pods of any kind name it, which says nothing of them.
func (r Ref) IsRootCA() bool { return r.Kind == KindConfigMap && r.Name == "kube-root-ca.crt" }

// String is "Kind namespace/name", or "Kind name" for a cluster-scoped object, as people
// write the kind.
func (r Ref) String() string {
	if r.Namespace == "" {
		return r.Kind.Plain() + " " + r.Name
	}
	return r.Kind.Plain() + " " + r.Namespace + "/" + r.Name
}

// Path is "namespace/name", or "name" for a cluster-scoped object.
func (r Ref) Path() string {
	if r.Namespace == "" {
		return r.Name
	}
	return r.Namespace + "/" + r.Name
}

// Compare orders by namespace, kind and name.
func (r Ref) Compare(o Ref) int {
	return cmp.Or(
		strings.Compare(r.Namespace, o.Namespace),
		strings.Compare(string(r.Kind), string(o.Kind)),
		strings.Compare(r.Name, o.Name),
	)
}
