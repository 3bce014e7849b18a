package standin

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// sync brings a pod's status to what it should be now. It returns after how long
// the pod must be looked at again though nothing about it changes; 0 is never.
func (k *Kubelet) sync(ctx context.Context, key types.NamespacedName) (time.Duration, error) {
	object, exists, err := k.pods.GetStore().GetByKey(key.String())
	if err != nil {
		return 0, err
	}
	if !exists {
		k.forget(key)
		return 0, nil
	}
	pod := object.(*corev1.Pod)
	if !Minds(pod) || pod.Spec.NodeName == "" || pod.DeletionTimestamp != nil ||
		pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return 0, nil
	}
	run := k.run(key, pod.UID)
	run.mu.Lock()
	defer run.mu.Unlock()
	again := k.advance(ctx, pod, run)
	status := run.status(pod, k.now())
	if equality.Semantic.DeepEqual(status, pod.Status) {
		return again, nil
	}
	updated := pod.DeepCopy()
	updated.Status = status
	_, err = k.client.CoreV1().Pods(pod.Namespace).UpdateStatus(ctx, updated, metav1.UpdateOptions{})
	if apierrors.IsNotFound(err) {
		return 0, nil
	}
	return again, err
}

// advance moves the pod on by what is due, and says when something is due next.
func (k *Kubelet) advance(ctx context.Context, pod *corev1.Pod, run *podRun) time.Duration {
	now := k.now()
	if wait := run.seen.Add(duration(pod, AnnotationStartAfter, 0)).Sub(now); wait > 0 && !run.mounted {
		run.waitAll(pod, containerCreating)
		return wait
	}
	if !run.mounted {
		if wait := k.mount(ctx, pod, run); wait > 0 {
			return wait
		}
	}
	if wait, blocked := k.initialize(ctx, pod, run); blocked {
		return wait
	}
	var next time.Duration
	for i := range pod.Spec.Containers {
		wait := k.step(ctx, pod, run, pod.Spec.Containers[i])
		if wait > 0 && (next == 0 || wait < next) {
			next = wait
		}
	}
	return next
}

// mount fills the volumes, or says after how long to try again.
func (k *Kubelet) mount(ctx context.Context, pod *corev1.Pod, run *podRun) time.Duration {
	now := k.now()
	if wait := run.mountAt.Sub(now); wait > 0 {
		return wait
	}
	failed := false
	for _, reference := range volumeReferences(pod) {
		if err := reference.check(ctx, k.client, pod.Namespace); err != nil {
			failed = true
			k.recorder(pod.Spec.NodeName).Eventf(pod, corev1.EventTypeWarning, "FailedMount",
				"MountVolume.SetUp failed for volume %q : %v", reference.volume, err)
		}
	}
	if !failed {
		run.mounted = true
		return 0
	}
	run.waitAll(pod, containerCreating)
	wait := run.mountAfter
	run.mountAfter = min(2*run.mountAfter, longestMount)
	run.mountAt = now.Add(wait)
	return wait
}

// initialize runs the init containers, all of which complete at once unless their
// environment cannot be made.
func (k *Kubelet) initialize(ctx context.Context, pod *corev1.Pod, run *podRun) (time.Duration, bool) {
	for _, container := range pod.Spec.InitContainers {
		c := run.container(container.Name)
		if c.running || c.ended {
			continue
		}
		if wait, blocked := k.configure(ctx, pod, container, c); blocked {
			for _, rest := range pod.Spec.Containers {
				run.container(rest.Name).waiting = corev1.ContainerStateWaiting{Reason: "PodInitializing"}
			}
			return wait, true
		}
		k.launch(ctx, pod, container, c)
		if container.RestartPolicy == nil || *container.RestartPolicy != corev1.ContainerRestartPolicyAlways {
			c.terminate(pod, k.now(), 0, "Completed")
			c.ended = true
		}
	}
	return 0, false
}
