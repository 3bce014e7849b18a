package simulated

import (
	"iter"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/model"
)

// object can be sent in both forms. One that was yielded is valid until the next.
type object interface {
	runtime.Object
	metav1.Object
	Size() int
	MarshalToSizedBuffer(into []byte) (int, error)
}

// query is which objects of a kind a request is about.
type query struct {
	namespace      string
	fields, labels string
	metadata       bool // only their metadata
}

// kind makes the objects of a kind, in order.
type kind struct {
	model.KindInfo
	all func(s *Server, q query) iter.Seq[object]
}

// made are the kinds whose objects are made here.
var made = []kind{
	{*model.Lookup(model.KindNamespace), (*Server).namespaceList},
	{*model.Lookup(model.KindNode), (*Server).nodes},
	{*model.Lookup(model.KindLease), (*Server).leases},
	{*model.Lookup(model.KindServiceAccount), (*Server).accounts},
	{*model.Lookup(model.KindSecret), (*Server).secrets},
	{*model.Lookup(model.KindConfigMap), (*Server).configMaps},
	{*model.Lookup(model.KindDeployment), (*Server).deployments},
	{*model.Lookup(model.KindReplicaSet), (*Server).replicaSets},
	{*model.Lookup(model.KindService), (*Server).services},
	{*model.Lookup(model.KindEndpointSlice), (*Server).slices},
	{*model.Lookup(model.KindClaim), (*Server).claims},
	{*model.Lookup(model.KindVolume), (*Server).volumes},
	{*model.Lookup(model.KindStorageClass), (*Server).classes},
	{*model.Lookup(model.KindEvent), (*Server).events},
	{*model.Lookup(model.KindPod), (*Server).pods},
	{*model.Lookup(model.KindCRD), (*Server).definitions},
}

// records reports whether a query is about Helm's records alone, and whether it leaves
// them out.
func (q query) records() (only, none bool) {
	return strings.HasPrefix(q.fields, "type="+model.HelmSecretType), strings.HasPrefix(q.fields, "type!=")
}

// find is the object of that name, or nil.
func (k kind) find(s *Server, namespace, name string) object {
	for o := range k.all(s, query{namespace: namespace}) {
		if o.GetName() == name {
			return o
		}
	}
	return nil
}
