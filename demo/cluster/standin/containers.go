package standin

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// step moves one container on, and says when it is due next.
func (k *Kubelet) step(ctx context.Context, pod *corev1.Pod, run *podRun, container corev1.Container) time.Duration {
	c := run.container(container.Name)
	for {
		now := k.now()
		switch {
		case c.ended:
			return 0
		case c.running:
			wait, more := k.stepRunning(pod, container, c, now)
			if !more {
				return wait
			}
		case c.notBefore.After(now):
			return c.notBefore.Sub(now)
		default:
			if wait, blocked := k.pull(pod, container, c); blocked {
				return wait
			}
			if wait, blocked := k.configure(ctx, pod, container, c); blocked {
				return wait
			}
			k.launch(ctx, pod, container, c)
		}
	}
}

// stepRunning crashes or completes a running container when it is time. It
// returns true when there is more to do at once.
func (k *Kubelet) stepRunning(pod *corev1.Pod, container corev1.Container, c *containerRun, now time.Time) (time.Duration, bool) {
	broken := c.broken || simulates(pod, container, SimulateCrashLoop)
	if !broken && !completes(pod) {
		if simulates(pod, container, SimulateNotReady) {
			return k.probe(pod, container, c, now), false
		}
		return 0, false
	}
	if wait := c.startedAt.Add(duration(pod, AnnotationRunFor, defaultRunFor)).Sub(now); wait > 0 {
		return wait, false
	}
	if !broken {
		c.terminate(pod, now, 0, "Completed")
		c.ended = true
		return 0, false
	}
	code, reason := exit(pod)
	k.record(pod, c)
	c.terminate(pod, now, code, reason)
	if pod.Spec.RestartPolicy == corev1.RestartPolicyNever {
		c.ended = true
		return 0, false
	}
	delay := c.backOff(pod, now)
	if delay == 0 {
		return 0, true
	}
	k.event(pod, container, corev1.EventTypeWarning, "BackOff",
		"Back-off restarting failed container %s in pod %s", container.Name, describe(pod))
	return delay, false
}

// probe fails the readiness of a container.
func (k *Kubelet) probe(pod *corev1.Pod, container corev1.Container, c *containerRun, now time.Time) time.Duration {
	if wait := c.probedAt.Add(probeEvery).Sub(now); wait > 0 {
		return wait
	}
	c.probedAt = now
	k.event(pod, container, corev1.EventTypeWarning, "Unhealthy",
		"Readiness probe failed: HTTP probe failed with statuscode: 503")
	return probeEvery
}

// pull has no image to pull, but may have to say that it could not.
func (k *Kubelet) pull(pod *corev1.Pod, container corev1.Container, c *containerRun) (time.Duration, bool) {
	if !simulates(pod, container, SimulateImagePull) {
		return 0, false
	}
	cause := fmt.Sprintf("rpc error: code = NotFound desc = failed to pull and unpack image %q: failed to resolve reference %q: %s: not found",
		container.Image, container.Image, container.Image)
	delay := pullFailsFor
	if c.pulling = !c.pulling; c.pulling {
		k.event(pod, container, corev1.EventTypeNormal, "Pulling", "Pulling image %q", container.Image)
		k.event(pod, container, corev1.EventTypeWarning, "Failed", "Failed to pull image %q: %s", container.Image, cause)
		c.waiting = corev1.ContainerStateWaiting{Reason: "ErrImagePull", Message: cause}
	} else {
		k.event(pod, container, corev1.EventTypeNormal, "BackOff", "Back-off pulling image %q", container.Image)
		c.waiting = corev1.ContainerStateWaiting{
			Reason:  "ImagePullBackOff",
			Message: fmt.Sprintf("Back-off pulling image %q: ErrImagePull: %s", container.Image, cause),
		}
		delay = longestBackoff
	}
	k.event(pod, container, corev1.EventTypeWarning, "Failed", "Error: %s", c.waiting.Reason)
	c.notBefore = k.now().Add(delay)
	return delay, true
}

// configure makes a container's environment, or says that it cannot.
func (k *Kubelet) configure(ctx context.Context, pod *corev1.Pod, container corev1.Container, c *containerRun) (time.Duration, bool) {
	for _, reference := range environmentReferences(container) {
		err := reference.check(ctx, k.client, pod.Namespace)
		if err == nil {
			continue
		}
		c.waiting = corev1.ContainerStateWaiting{Reason: "CreateContainerConfigError", Message: err.Error()}
		c.notBefore = k.now().Add(retryConfig)
		k.event(pod, container, corev1.EventTypeWarning, "Failed", "Error: %v", err)
		return retryConfig, true
	}
	return 0, false
}

// launch starts a container and plays its application's first moments.
func (k *Kubelet) launch(ctx context.Context, pod *corev1.Pod, container corev1.Container, c *containerRun) {
	log, broken := k.boot(ctx, pod, container)
	c.start(k.now(), log, broken)
	k.event(pod, container, corev1.EventTypeNormal, "Pulled",
		"Container image %q already present on machine and can be accessed by the pod", container.Image)
	k.event(pod, container, corev1.EventTypeNormal, "Created", "Container created")
	k.event(pod, container, corev1.EventTypeNormal, "Started", "Container started")
}

// event is about a container, as a kubelet writes it.
func (k *Kubelet) event(pod *corev1.Pod, container corev1.Container, kind, reason, format string, args ...any) {
	field := "spec.containers"
	for _, c := range pod.Spec.InitContainers {
		if c.Name == container.Name {
			field = "spec.initContainers"
		}
	}
	k.recorder(pod.Spec.NodeName).Eventf(&corev1.ObjectReference{
		Kind: "Pod", APIVersion: "v1", Namespace: pod.Namespace, Name: pod.Name, UID: pod.UID,
		ResourceVersion: pod.ResourceVersion, FieldPath: fmt.Sprintf("%s{%s}", field, container.Name),
	}, kind, reason, format, args...)
}

func simulates(pod *corev1.Pod, container corev1.Container, what string) bool {
	return pod.Annotations[AnnotationSimulate] == what && target(pod) == container.Name
}

// completes reports whether the pod's containers end by themselves.
func completes(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner != nil && owner.Kind == "Job" && pod.Annotations[AnnotationSimulate] != SimulateRun
}
