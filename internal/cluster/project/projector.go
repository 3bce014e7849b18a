package project

import (
	"crypto/rand"
	"sync"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	nodev1 "k8s.io/api/node/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

// Projector projects objects. It is safe for concurrent use.
type Projector struct {
	salt      []byte
	shared    *interner
	pairs     *pairs // labels, selectors and amounts
	notes     *pairs // annotations, whose values may have lines
	shapes    *shapes
	standings *standings
	known     *mask.Known // the values of Secrets, to be recognised in messages
}

// New returns a Projector whose hashes of data are salted with salt. Rows of two
// Projectors with different salts must not be compared.
func New(salt []byte) *Projector {
	return &Projector{salt: salt, shared: newInterner(), pairs: newPairs(), notes: newPairs(), shapes: newShapes(), standings: newStandings(), known: mask.NewKnown()}
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
	case *corev1.Pod:
		return p.pod(o), true
	case *appsv1.Deployment:
		return p.deployment(o), true
	case *appsv1.ReplicaSet:
		return p.replicaSet(o), true
	case *appsv1.StatefulSet:
		return p.statefulSet(o), true
	case *appsv1.DaemonSet:
		return p.daemonSet(o), true
	case *corev1.ReplicationController:
		return p.replicationController(o), true
	case *batchv1.Job:
		return p.job(o), true
	case *batchv1.CronJob:
		return p.cronJob(o), true
	case *corev1.Secret:
		if rec, is := p.storedSecret(o); is {
			return rec, true
		}
		return p.secret(o), true
	case *corev1.ConfigMap:
		if rec, is := p.storedConfigMap(o); is {
			return rec, true
		}
		return p.configMap(o), true
	case *corev1.ServiceAccount:
		return p.serviceAccount(o), true
	case *corev1.Service:
		return p.service(o), true
	case *discoveryv1.EndpointSlice:
		return p.endpointSlice(o), true
	case *corev1.PersistentVolumeClaim:
		return p.claim(o), true
	case *corev1.PersistentVolume:
		return p.volume(o), true
	case *storagev1.StorageClass:
		return p.storageClass(o), true
	case *storagev1.VolumeAttachment:
		return p.attachment(o), true
	case *corev1.Event:
		return p.event(o), true
	case *corev1.Namespace:
		return p.namespace(o), true
	case *corev1.Node:
		return p.node(o), true
	case *coordinationv1.Lease:
		return p.lease(o), true
	case *corev1.ResourceQuota:
		return p.quota(o), true
	case *corev1.LimitRange:
		return p.limitRange(o), true
	case *networkingv1.Ingress:
		return p.ingress(o), true
	case *networkingv1.IngressClass:
		return p.ingressClass(o), true
	case *networkingv1.NetworkPolicy:
		return p.networkPolicy(o), true
	case *policyv1.PodDisruptionBudget:
		return p.disruptionBudget(o), true
	case *autoscalingv2.HorizontalPodAutoscaler:
		return p.autoscaler(o), true
	case *rbacv1.Role:
		return p.role(model.KindRole, &o.ObjectMeta, o.Rules, nil), true
	case *rbacv1.ClusterRole:
		return p.role(model.KindClusterRole, &o.ObjectMeta, o.Rules, o.AggregationRule), true
	case *rbacv1.RoleBinding:
		return p.binding(model.KindRoleBinding, &o.ObjectMeta, o.RoleRef, o.Subjects), true
	case *rbacv1.ClusterRoleBinding:
		return p.binding(model.KindClusterRoleBinding, &o.ObjectMeta, o.RoleRef, o.Subjects), true
	case *schedulingv1.PriorityClass:
		return p.priorityClass(o), true
	case *nodev1.RuntimeClass:
		return p.runtimeClass(o), true
	case *admissionregistrationv1.ValidatingWebhookConfiguration:
		return p.validatingWebhook(o), true
	case *admissionregistrationv1.MutatingWebhookConfiguration:
		return p.mutatingWebhook(o), true
	case *apiextensionsv1.CustomResourceDefinition:
		return p.definition(o), true
	case *unstructured.Unstructured:
		return p.unstructured(o)
	}
	return nil, false
}
