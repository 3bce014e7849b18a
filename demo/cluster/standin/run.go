package standin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// How long things take. A kubelet's back-off grows to five minutes; nobody who
// watches a demonstration waits that long.
const (
	firstBackoff   = 10 * time.Second
	longestBackoff = 20 * time.Second
	retryConfig    = 2 * time.Second
	firstMount     = 500 * time.Millisecond
	longestMount   = 4 * time.Second
	pullFailsFor   = 2 * time.Second
	probeEvery     = 10 * time.Second
	defaultRunFor  = time.Second
)

// podRun is what is known of a pod besides what its object says.
type podRun struct {
	mu         sync.Mutex
	uid        types.UID
	seen       time.Time
	mounted    bool
	mountAfter time.Duration
	mountAt    time.Time
	address    string
	containers map[string]*containerRun
}

func newPodRun(uid types.UID, now time.Time) *podRun {
	return &podRun{uid: uid, seen: now, mountAfter: firstMount, containers: map[string]*containerRun{}}
}

func (r *podRun) container(name string) *containerRun {
	c := r.containers[name]
	if c == nil {
		c = &containerRun{name: name}
		r.containers[name] = c
	}
	return c
}

// containerRun is one container: it waits, runs, or has ended for good.
type containerRun struct {
	name      string
	running   bool
	ended     bool
	broken    bool // this run will crash
	startedAt time.Time
	notBefore time.Time // when to try to start it next
	probedAt  time.Time
	waiting   corev1.ContainerStateWaiting
	restarts  int32
	backoff   time.Duration
	pulling   bool // the last try to pull its image failed just now
	last      *corev1.ContainerStateTerminated
	log       journal
	previous  journal
}

// id is a container's name with its runtime, another one after each restart.
func (c *containerRun) id(uid types.UID) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(uid, c.name, c.restarts)))
	return "containerd://" + hex.EncodeToString(sum[:])
}

func (c *containerRun) start(now time.Time, log journal, broken bool) {
	if c.last != nil {
		c.restarts++
	}
	c.running, c.broken, c.startedAt = true, broken, now
	c.log = log
}

// terminate ends the present run.
func (c *containerRun) terminate(pod *corev1.Pod, now time.Time, code int32, reason string) {
	c.running = false
	c.last = &corev1.ContainerStateTerminated{
		ExitCode:    code,
		Reason:      reason,
		StartedAt:   metav1.NewTime(c.startedAt.Truncate(time.Second)),
		FinishedAt:  metav1.NewTime(now.Truncate(time.Second)),
		ContainerID: c.id(pod.UID),
	}
}

// backOff delays the next start. The first restart is immediate, as a kubelet's
// is. It returns the delay.
func (c *containerRun) backOff(pod *corev1.Pod, now time.Time) time.Duration {
	delay := c.backoff
	c.backoff = min(max(2*c.backoff, firstBackoff), longestBackoff)
	c.notBefore = now.Add(delay)
	c.waiting = corev1.ContainerStateWaiting{
		Reason: "CrashLoopBackOff",
		Message: fmt.Sprintf("back-off %s restarting failed container=%s pod=%s",
			delay, c.name, describe(pod)),
	}
	return delay
}

// describe is how a kubelet writes a pod in messages.
func describe(pod *corev1.Pod) string {
	return fmt.Sprintf("%s_%s(%s)", pod.Name, pod.Namespace, pod.UID)
}

func duration(pod *corev1.Pod, annotation string, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(pod.Annotations[annotation]); err == nil && d >= 0 {
		return d
	}
	return otherwise
}

func exit(pod *corev1.Pod) (int32, string) {
	code, err := strconv.ParseInt(pod.Annotations[AnnotationExitCode], 10, 32)
	if err != nil {
		code = 1
	}
	reason := pod.Annotations[AnnotationExitReason]
	if reason == "" {
		reason = "Error"
	}
	return int32(code), reason
}
