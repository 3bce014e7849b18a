package project

import (
	"crypto/rand"
	"sync"

	admission "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	networking "k8s.io/api/networking/v1"
	node "k8s.io/api/node/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	scheduling "k8s.io/api/scheduling/v1"
	storage "k8s.io/api/storage/v1"
	extensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

// Projector projects objects. It is safe for concurrent use.
type Projector struct {
	salt   []byte
	shared *interner
	shapes *shapes
	known  *mask.Known // the values of Secrets, to be recognised in messages
}

// New returns a Projector whose hashes of data are salted with salt. Rows of two
// Projectors with different salts must not be compared.
func New(salt []byte) *Projector {
	return &Projector{salt: salt, shared: newInterner(), shapes: newShapes(), known: mask.NewKnown()}
}

// NewSalt returns a random salt.
func NewSalt() []byte {
	salt := make([]byte, 32)
	if _, err := rand.Read(salt); err != nil {
		panic("reading random bytes: " + err.Error()) // crypto/rand never fails on supported systems
	}
	return salt
}

var process = sync.OnceValue(func() *Projector { return New(NewSalt()) })

// Object projects obj with a salt of the process; ok is false for a type that
// careen does not read. A Secret or ConfigMap that stores a revision of a Helm
// release becomes a *model.Record without a body, an unstructured object of a
// built-in kind what its typed form would.
func Object(obj runtime.Object) (row model.Row, ok bool) { return process().Object(obj) }

// Object projects obj; see the function of that name.
func (p *Projector) Object(obj runtime.Object) (row model.Row, ok bool) {
	switch o := obj.(type) {
	case *core.Pod:
		return p.pod(o), true
	case *apps.Deployment:
		return p.deployment(o), true
	case *apps.ReplicaSet:
		return p.replicaSet(o), true
	case *apps.StatefulSet:
		return p.statefulSet(o), true
	case *apps.DaemonSet:
		return p.daemonSet(o), true
	case *core.ReplicationController:
		return p.replicationController(o), true
	case *batch.Job:
		return p.job(o), true
	case *batch.CronJob:
		return p.cronJob(o), true
	case *core.Secret:
		if rec, is := p.storedSecret(o); is {
			return rec, true
		}
		return p.secret(o), true
	case *core.ConfigMap:
		if rec, is := p.storedConfigMap(o); is {
			return rec, true
		}
		return p.configMap(o), true
	case *core.ServiceAccount:
		return p.serviceAccount(o), true
	case *core.Service:
		return p.service(o), true
	case *discovery.EndpointSlice:
		return p.endpointSlice(o), true
	case *core.PersistentVolumeClaim:
		return p.claim(o), true
	case *core.PersistentVolume:
		return p.volume(o), true
	case *storage.StorageClass:
		return p.storageClass(o), true
	case *storage.VolumeAttachment:
		return p.attachment(o), true
	case *core.Event:
		return p.event(o), true
	case *core.Namespace:
		return p.namespace(o), true
	case *core.Node:
		return p.node(o), true
	case *coordination.Lease:
		return p.lease(o), true
	case *core.ResourceQuota:
		return p.quota(o), true
	case *core.LimitRange:
		return p.limitRange(o), true
	case *networking.Ingress:
		return p.ingress(o), true
	case *networking.IngressClass:
		return p.ingressClass(o), true
	case *networking.NetworkPolicy:
		return p.networkPolicy(o), true
	case *policy.PodDisruptionBudget:
		return p.disruptionBudget(o), true
	case *autoscaling.HorizontalPodAutoscaler:
		return p.autoscaler(o), true
	case *rbac.Role:
		return p.role(model.KindRole, &o.ObjectMeta, o.Rules, nil), true
	case *rbac.ClusterRole:
		return p.role(model.KindClusterRole, &o.ObjectMeta, o.Rules, o.AggregationRule), true
	case *rbac.RoleBinding:
		return p.binding(model.KindRoleBinding, &o.ObjectMeta, o.RoleRef, o.Subjects), true
	case *rbac.ClusterRoleBinding:
		return p.binding(model.KindClusterRoleBinding, &o.ObjectMeta, o.RoleRef, o.Subjects), true
	case *scheduling.PriorityClass:
		return p.priorityClass(o), true
	case *node.RuntimeClass:
		return p.runtimeClass(o), true
	case *admission.ValidatingWebhookConfiguration:
		return p.validatingWebhook(o), true
	case *admission.MutatingWebhookConfiguration:
		return p.mutatingWebhook(o), true
	case *extensions.CustomResourceDefinition:
		return p.definition(o), true
	case *unstructured.Unstructured:
		return p.unstructured(o)
	}
	return nil, false
}
