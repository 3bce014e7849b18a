package model

import (
	"encoding/json"
	"fmt"
	"time"
)

// Row is one object of a cluster, reduced to what careen reads: the element of
// every table.
type Row interface {
	Base() *Meta
}

// Meta is what every record has. Times are UTC, zero where absent.
type Meta struct {
	Kind            Kind   `careen:"api"`
	Namespace, Name string `careen:"name"`
	UID             string `careen:"keep"`
	ResourceVersion string `careen:"keep"`
	Generation      int64
	Created         time.Time
	Deleting        time.Time         // deletionTimestamp
	Labels          map[string]string `careen:"key value"`
	Annotations     map[string]string `careen:"key notes"` // bounded: last-applied-configuration is dropped, long values are cut
	Owners          []Owner
	Finalizers      []string `careen:"key"`
	Writes          []Write  // newest first, at most four: who changed the object's main part, from its managed fields
	Refs            []Reference
	Undated         bool // the dump it comes from was made without managed fields: who changed it, and when, is not known
}

// Base returns m itself, so that a type that embeds Meta is a Row.
func (m *Meta) Base() *Meta { return m }

// Ref names the object.
func (m *Meta) Ref() Ref { return Ref{m.Kind, m.Namespace, m.Name} }

// Controller returns the owner marked as controller; ok is false where none is.
func (m *Meta) Controller() (owner Owner, ok bool) {
	for _, o := range m.Owners {
		if o.Controller {
			return o, true
		}
	}
	return Owner{}, false
}

// SpecChanged is when the specification of an object was last written, by its managed
// fields; when it was made, where these do not say.
func (m *Meta) SpecChanged() time.Time {
	for _, w := range m.Writes {
		if w.Spec && w.Subresource == "" && w.Time.After(m.Created) {
			return w.Time
		}
	}
	return m.Created
}

// Owner is an owner reference; the owner's namespace is the object's own, or
// none for a cluster-scoped owner.
type Owner struct {
	Kind       Kind   `careen:"api"` // with the group for kinds that are not built in
	Name       string `careen:"name"`
	UID        string `careen:"keep"`
	Controller bool
}

// Write is one entry of metadata.managedFields: the API server sets Time whenever
// that manager changed a value it owns (KEP-555), so it dates the change.
type Write struct {
	Manager     string `careen:"text"`
	Operation   string `careen:"keep"` // Apply or Update
	Subresource string `careen:"keep"` // "status", "scale" or empty
	Time        time.Time
	Data        bool // it owns something below data, binaryData or stringData
	Spec        bool // it owns something below spec
	Replicas    bool // it owns spec.replicas
}

// EdgeType says in what way an object refers to another.
type EdgeType string

// The edge types. The reference index is complete in the sense that each field
// of a built-in kind that can name another object yields one of these.
const (
	EdgeOwns     EdgeType = "owns"     // owner reference, drawn from the owner
	EdgeMounts   EdgeType = "mounts"   // volume, projected volume, CSI
	EdgeEnv      EdgeType = "env"      // env.valueFrom
	EdgeEnvFrom  EdgeType = "envFrom"  // envFrom
	EdgePulls    EdgeType = "pulls"    // imagePullSecrets
	EdgeAccount  EdgeType = "account"  // serviceAccountName, binding subjects
	EdgeSelects  EdgeType = "selects"  // a label selector
	EdgeBinds    EdgeType = "binds"    // claim and volume, roleRef
	EdgeRoutes   EdgeType = "routes"   // ingress or route to a service
	EdgeTLS      EdgeType = "tls"      // ingress and gateway certificates, CA bundles
	EdgeClass    EdgeType = "class"    // storage, ingress, priority and runtime classes
	EdgeScales   EdgeType = "scales"   // autoscaler target
	EdgeToken    EdgeType = "token"    // a token Secret and its account
	EdgeNames    EdgeType = "names"    // a host name in an env value, argument or ConfigMap
	EdgeMentions EdgeType = "mentions" // a custom resource's field holds the name
	EdgeMakes    EdgeType = "makes"    // a controller makes it of a custom resource
	EdgeDeclares EdgeType = "declares" // a release's manifest
	EdgeServes   EdgeType = "serves"   // webhook or APIService to its service; StatefulSet to its headless service
)

// Reference is one field of an object that names another object.
type Reference struct {
	Type      EdgeType `careen:"keep"`
	To        Ref
	Key       string `careen:"text"` // the key of a Secret or ConfigMap, where one is named
	Path      string `careen:"text"` // field path in the object: spec.template.spec.containers[0].env[2]
	Container string `careen:"name"` // the container it stands in, where it does
	Host      string `careen:"text"` // a Service as it is named there, with the port: db.shop.svc:5432
	Optional  bool
	SubPath   bool // a mount that cannot follow changes
}

// Condition is a status condition. Its Standing is never nil.
type Condition struct {
	*Standing
	Since time.Time
}

// Standing is what a condition says, but for since when: objects that are well share it.
// It is never changed.
type Standing struct {
	Type    string `careen:"key"`
	Status  string `careen:"keep"` // True, False or Unknown
	Reason  string `careen:"keep"`
	Message string `careen:"text"`
}

// UnmarshalJSON reads a condition; one that says nothing says so.
func (c *Condition) UnmarshalJSON(raw []byte) error {
	type plain Condition
	c.Standing = new(Standing)
	if err := json.Unmarshal(raw, (*plain)(c)); err != nil {
		return fmt.Errorf("condition: %w", err)
	}
	return nil
}

// FindCondition returns the condition of that type, or nil.
func FindCondition(list []Condition, typ string) *Condition {
	for i := range list {
		if list[i].Type == typ {
			return &list[i]
		}
	}
	return nil
}

// Object is a record of a kind of which careen reads metadata and references
// only: classes, APIServices, CRDs, custom resources.
type Object struct {
	Meta
	Detail     string      `careen:"text"` // one word or two for the eye: provisioner, group, phase
	Conditions []Condition // custom resources that have them

	ObservedGeneration int64     // which its conditions tell of; 0 where they do not say
	Suspended          bool      // spec.suspend, or paused
	Renews             time.Time // status.renewalTime: when what it makes is to be renewed

	Routing *Routing // of the Gateway API; nil for other kinds

	Words Words // custom resources: the values that can be names
	Cut   bool  // it is too large, and not all of it was looked at
}
