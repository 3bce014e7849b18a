package standin

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const containerCreating = "ContainerCreating"

func (r *podRun) waitAll(pod *corev1.Pod, reason string) {
	for _, container := range pod.Spec.InitContainers {
		r.container(container.Name).waiting = corev1.ContainerStateWaiting{Reason: "PodInitializing"}
	}
	for _, container := range pod.Spec.Containers {
		r.container(container.Name).waiting = corev1.ContainerStateWaiting{Reason: reason}
	}
}

// status is what a kubelet would report of the pod now.
func (r *podRun) status(pod *corev1.Pod, now time.Time) corev1.PodStatus {
	status := *pod.Status.DeepCopy()
	at := metav1.NewTime(now.Truncate(time.Second))
	if status.StartTime == nil {
		status.StartTime = &at
	}
	status.HostIP = "127.0.0.1"
	status.HostIPs = []corev1.HostIP{{IP: status.HostIP}}
	initialized := true
	status.InitContainerStatuses = nil
	for _, container := range pod.Spec.InitContainers {
		c := r.container(container.Name)
		initialized = initialized && (c.running || c.ended)
		status.InitContainerStatuses = append(status.InitContainerStatuses, c.status(pod, container))
	}
	status.ContainerStatuses = nil
	ready, started, ended, failed := true, false, true, false
	for _, container := range pod.Spec.Containers {
		s := r.container(container.Name).status(pod, container)
		ready = ready && s.Ready
		started = started || s.State.Running != nil || s.LastTerminationState.Terminated != nil || s.State.Terminated != nil
		ended = ended && s.State.Terminated != nil
		failed = failed || s.State.Terminated != nil && s.State.Terminated.ExitCode != 0
		status.ContainerStatuses = append(status.ContainerStatuses, s)
	}

	reason, readyReason := "", "ContainersNotReady"
	switch {
	case ended && failed:
		status.Phase, readyReason = corev1.PodFailed, "PodFailed"
	case ended:
		status.Phase, readyReason, reason = corev1.PodSucceeded, "PodCompleted", "PodCompleted"
	case started:
		status.Phase = corev1.PodRunning
	default:
		status.Phase = corev1.PodPending
	}
	if r.mounted {
		status.PodIP = r.address
		status.PodIPs = []corev1.PodIP{{IP: r.address}}
	}
	setCondition(&status, at, "PodReadyToStartContainers", r.mounted && !ended, "")
	if !initialized {
		setCondition(&status, at, corev1.PodInitialized, false, "ContainersNotInitialized")
	} else {
		setCondition(&status, at, corev1.PodInitialized, r.mounted, reason)
	}
	if ready {
		readyReason = ""
	}
	setCondition(&status, at, corev1.ContainersReady, ready, readyReason)
	setCondition(&status, at, corev1.PodReady, ready, readyReason)
	return status
}

func (c *containerRun) status(pod *corev1.Pod, container corev1.Container) corev1.ContainerStatus {
	status := corev1.ContainerStatus{
		Name: container.Name, Image: container.Image, RestartCount: c.restarts, Started: new(bool),
	}
	if c.running || c.last != nil {
		status.ImageID = container.Image
		status.ContainerID = c.id(pod.UID)
	}
	switch {
	case c.running:
		*status.Started = true
		status.Ready = !simulates(pod, container, SimulateNotReady)
		status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(c.startedAt.Truncate(time.Second))}
		if c.last != nil {
			status.LastTerminationState.Terminated = c.last.DeepCopy()
		}
	case c.ended:
		status.Ready = c.last.ExitCode == 0 && isInit(pod, container.Name)
		status.State.Terminated = c.last.DeepCopy()
	default:
		waiting := c.waiting
		status.State.Waiting = &waiting
		if c.last != nil {
			status.LastTerminationState.Terminated = c.last.DeepCopy()
		}
	}
	return status
}

func isInit(pod *corev1.Pod, name string) bool {
	for _, container := range pod.Spec.InitContainers {
		if container.Name == name {
			return true
		}
	}
	return false
}

// setCondition keeps the time of the last transition when there was none now.
func setCondition(status *corev1.PodStatus, now metav1.Time, kind corev1.PodConditionType, holds bool, reason string) {
	value := corev1.ConditionFalse
	if holds {
		value = corev1.ConditionTrue
	}
	for i := range status.Conditions {
		c := &status.Conditions[i]
		if c.Type != kind {
			continue
		}
		if c.Status != value {
			c.Status, c.LastTransitionTime = value, now
		}
		c.Reason = reason
		return
	}
	status.Conditions = append(status.Conditions, corev1.PodCondition{
		Type: kind, Status: value, LastTransitionTime: now, Reason: reason,
	})
}
