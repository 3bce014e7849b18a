package standin

import (
	"context"
	"fmt"
	"path"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	storagelisters "k8s.io/client-go/listers/storage/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// Provisioner is what storage classes name to have their volumes made here.
const Provisioner = "careen.dev/demo"

// Annotations by which the controller manager and the scheduler ask a provisioner
// for a volume.
const (
	annotationProvisioner     = "volume.kubernetes.io/storage-provisioner"
	annotationProvisionerBeta = "volume.beta.kubernetes.io/storage-provisioner"
	annotationSelectedNode    = "volume.kubernetes.io/selected-node"
	annotationProvisionedBy   = "pv.kubernetes.io/provisioned-by"
)

const volumesRoot = "/var/lib/careen/volumes"

// provisioner makes a volume for each claim that waits for one from it, and
// deletes those of its volumes that are released, unless they are to be retained.
type provisioner struct {
	client  kubernetes.Interface
	events  record.EventRecorder
	claims  cache.SharedIndexInformer
	volumes cache.SharedIndexInformer
	classes storagelisters.StorageClassLister
	queue   workqueue.TypedRateLimitingInterface[object]
}

// object is a claim, or, with no namespace, a volume.
type object types.NamespacedName

func newProvisioner(client kubernetes.Interface, factory informers.SharedInformerFactory, events record.EventRecorder) (*provisioner, error) {
	p := &provisioner{
		client:  client,
		events:  events,
		claims:  factory.Core().V1().PersistentVolumeClaims().Informer(),
		volumes: factory.Core().V1().PersistentVolumes().Informer(),
		classes: factory.Storage().V1().StorageClasses().Lister(),
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[object](50*time.Millisecond, 5*time.Second)),
	}
	factory.Storage().V1().StorageClasses().Informer()
	mark := func(o any) {
		if m, ok := o.(metav1.Object); ok {
			p.queue.Add(object{Namespace: m.GetNamespace(), Name: m.GetName()})
		}
	}
	for _, informer := range []cache.SharedIndexInformer{p.claims, p.volumes} {
		if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    mark,
			UpdateFunc: func(_, now any) { mark(now) },
		}); err != nil {
			return nil, fmt.Errorf("watching claims and volumes: %w", err)
		}
	}
	return p, nil
}

func (p *provisioner) work(ctx context.Context) {
	for {
		key, down := p.queue.Get()
		if down {
			return
		}
		if err := p.sync(ctx, key); err != nil {
			p.queue.AddRateLimited(key)
		} else {
			p.queue.Forget(key)
		}
		p.queue.Done(key)
	}
}

func (p *provisioner) sync(ctx context.Context, key object) error {
	if key.Namespace == "" {
		o, exists, err := p.volumes.GetStore().GetByKey(key.Name)
		if err != nil || !exists {
			return err
		}
		return p.reclaim(ctx, o.(*corev1.PersistentVolume))
	}
	o, exists, err := p.claims.GetStore().GetByKey(key.Namespace + "/" + key.Name)
	if err != nil || !exists {
		return err
	}
	return p.provision(ctx, o.(*corev1.PersistentVolumeClaim))
}

// provision makes the volume of a claim, bound to it beforehand.
func (p *provisioner) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim) error {
	if claim.Status.Phase != corev1.ClaimPending || claim.Spec.VolumeName != "" ||
		claim.DeletionTimestamp != nil || claim.Spec.StorageClassName == nil {
		return nil
	}
	if claim.Annotations[annotationProvisioner] != Provisioner && claim.Annotations[annotationProvisionerBeta] != Provisioner {
		return nil
	}
	class, err := p.classes.Get(*claim.Spec.StorageClassName)
	if err != nil {
		return fmt.Errorf("reading the class of claim %s: %w", claim.Name, err)
	}
	waits := class.VolumeBindingMode != nil && *class.VolumeBindingMode == "WaitForFirstConsumer"
	if waits && claim.Annotations[annotationSelectedNode] == "" {
		return nil
	}
	policy := corev1.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	name := "pvc-" + string(claim.UID)
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{annotationProvisionedBy: Provisioner}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: claim.Spec.Resources.Requests[corev1.ResourceStorage]},
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    claim.Spec.VolumeMode,
			StorageClassName:              class.Name,
			PersistentVolumeReclaimPolicy: policy,
			ClaimRef: &corev1.ObjectReference{
				Kind: "PersistentVolumeClaim", APIVersion: "v1",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: corev1.PersistentVolumeSource{
				HostPath: &corev1.HostPathVolumeSource{Path: path.Join(volumesRoot, name)},
			},
		},
	}
	_, err = p.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("creating volume %s: %w", name, err)
	}
	p.events.Eventf(claim, corev1.EventTypeNormal, "ProvisioningSucceeded", "Successfully provisioned volume %s", name)
	return nil
}

// reclaim deletes a volume whose claim is gone, if its policy says so.
func (p *provisioner) reclaim(ctx context.Context, volume *corev1.PersistentVolume) error {
	if volume.Status.Phase != corev1.VolumeReleased || volume.DeletionTimestamp != nil ||
		volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete ||
		volume.Annotations[annotationProvisionedBy] != Provisioner {
		return nil
	}
	err := p.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{
		Preconditions: &metav1.Preconditions{UID: &volume.UID, ResourceVersion: &volume.ResourceVersion},
	})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("deleting volume %s: %w", volume.Name, err)
	}
	return nil
}
