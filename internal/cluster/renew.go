package cluster

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// renew empties an object for the next of its list. What all objects of a kind have
// keeps its room, since no row holds a part of it.
func renew(o message) {
	if pod, ok := o.(*corev1.Pod); ok {
		spec, status := pod.Spec, pod.Status
		defer func() {
			pod.Spec.Containers, pod.Spec.InitContainers = spec.Containers[:0], spec.InitContainers[:0]
			pod.Spec.Volumes, pod.Spec.Tolerations = spec.Volumes[:0], spec.Tolerations[:0]
			pod.Status.Conditions, pod.Status.PodIPs, pod.Status.HostIPs = status.Conditions[:0], status.PodIPs[:0], status.HostIPs[:0]
			pod.Status.ContainerStatuses, pod.Status.InitContainerStatuses = status.ContainerStatuses[:0], status.InitContainerStatuses[:0]
		}()
	}
	if of, ok := o.(metav1.ObjectMetaAccessor); ok {
		if meta, ok := of.GetObjectMeta().(*metav1.ObjectMeta); ok {
			was := *meta
			clear(was.Labels)
			clear(was.Annotations)
			defer func() {
				meta.Labels, meta.Annotations = was.Labels, was.Annotations
				meta.ManagedFields, meta.OwnerReferences, meta.Finalizers = was.ManagedFields[:0], was.OwnerReferences[:0], was.Finalizers[:0]
			}()
		}
	}
	o.Reset()
}
