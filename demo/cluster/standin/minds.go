package standin

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Annotations of a pod that say what becomes of it.
const (
	prefix = "careen.dev/"

	// AnnotationSimulate is one of the Simulate values.
	AnnotationSimulate = prefix + "simulate"
	// AnnotationNeedsSecret names Secrets, separated by commas, that the application
	// reads through the API when it starts, as its own service account. It ends with
	// a traceback if it cannot.
	AnnotationNeedsSecret = prefix + "needs-secret"
	// AnnotationContainer names the container that the others are about. It is the
	// first one if absent.
	AnnotationContainer = prefix + "container"
	// AnnotationExitCode and AnnotationExitReason are those of a crash: 1 and Error
	// if absent.
	AnnotationExitCode   = prefix + "exit-code"
	AnnotationExitReason = prefix + "exit-reason"
	// AnnotationRunFor is how long a container runs before it crashes or completes:
	// 1s if absent.
	AnnotationRunFor = prefix + "run-for"
	// AnnotationStartAfter is how long the containers take to be created.
	AnnotationStartAfter = prefix + "start-after"
	// AnnotationLog is what the container logs, AnnotationPreviousLog what it logged
	// before it crashed.
	AnnotationLog         = prefix + "log"
	AnnotationPreviousLog = prefix + "previous-log"
	// AnnotationLogFrom names a ConfigMap whose keys "log" and "previous-log" are used
	// in the place of the two annotations.
	AnnotationLogFrom = prefix + "log-from"
)

// Values of AnnotationSimulate.
const (
	SimulateCrashLoop = "crash-loop" // the container exits repeatedly
	SimulateImagePull = "image-pull" // its image cannot be pulled
	SimulateNotReady  = "not-ready"  // it runs, and its readiness probe fails
	SimulateRun       = "run"        // it runs and does not complete, though a Job owns it
)

// rootCA is published into every namespace and projected into every pod.
const rootCA = "kube-root-ca.crt"

// Minds reports whether a pod is taken care of here, and not by KWOK.
func Minds(pod *corev1.Pod) bool {
	for key := range pod.Annotations {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	for _, containers := range [][]corev1.Container{pod.Spec.InitContainers, pod.Spec.Containers} {
		for _, container := range containers {
			if len(environmentReferences(container)) > 0 {
				return true
			}
		}
	}
	return len(volumeReferences(pod)) > 0
}

// target is the name of the container that the pod's annotations are about.
func target(pod *corev1.Pod) string {
	if name := pod.Annotations[AnnotationContainer]; name != "" {
		return name
	}
	return pod.Spec.Containers[0].Name
}
