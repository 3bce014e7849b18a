package standin

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
)

// stage is a kubelet whose time passes only when it is told to.
type stage struct {
	*Kubelet
	t   *testing.T
	pod *corev1.Pod
	run *podRun
	at  time.Time
}

func newStage(t *testing.T, pod *corev1.Pod, objects ...runtime.Object) *stage {
	t.Helper()
	s := &stage{Kubelet: newKubelet(fake.NewClientset(objects...)), t: t, pod: pod, at: time.Unix(1_700_000_000, 0)}
	t.Cleanup(s.events.Shutdown)
	s.now = func() time.Time { return s.at }
	s.run = newPodRun(pod.UID, s.at)
	return s
}

func newPod(annotations ...string) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "app", UID: "uid-1", Annotations: map[string]string{}},
		Spec: corev1.PodSpec{
			NodeName:   "node",
			Containers: []corev1.Container{{Name: "main", Image: "app:1"}, {Name: "side", Image: "side:1"}},
		},
	}
	for _, annotation := range annotations {
		key, value, _ := strings.Cut(annotation, "=")
		pod.Annotations[key] = value
	}
	return pod
}

// advanceBy lets time pass, and looks at the pod each time it asked for it.
func (s *stage) advanceBy(d time.Duration) corev1.PodStatus {
	s.t.Helper()
	until := s.at.Add(d)
	for {
		again := s.advance(s.t.Context(), s.pod, s.run)
		s.pod.Status = s.run.status(s.pod, s.at)
		if again == 0 || s.at.Add(again).After(until) {
			s.at = until
			return s.pod.Status
		}
		s.at = s.at.Add(again)
	}
}

func state(status corev1.ContainerStatus) string {
	switch {
	case status.State.Waiting != nil:
		return status.State.Waiting.Reason
	case status.State.Terminated != nil:
		return status.State.Terminated.Reason
	default:
		return "Running"
	}
}

func condition(status corev1.PodStatus, kind corev1.PodConditionType) corev1.ConditionStatus {
	for _, c := range status.Conditions {
		if c.Type == kind {
			return c.Status
		}
	}
	return ""
}

func TestCrashLoop(t *testing.T) {
	s := newStage(t, newPod("careen.dev/simulate=crash-loop", "careen.dev/exit-code=137", "careen.dev/exit-reason=OOMKilled"))
	for _, want := range []struct {
		after    time.Duration
		state    string
		restarts int32
	}{
		{0, "Running", 0},
		{time.Second, "Running", 1},                            // the first restart is immediate
		{time.Second, "CrashLoopBackOff", 1},                   // 10s
		{11 * time.Second, "CrashLoopBackOff", 2},              // 20s from here on
		{21 * time.Second, "CrashLoopBackOff", 3},              //
		{10*time.Minute + time.Second, "CrashLoopBackOff", 31}, // one restart every 21s
	} {
		status := s.advanceBy(want.after)
		main := status.ContainerStatuses[0]
		if state(main) != want.state || main.RestartCount != want.restarts {
			t.Fatalf("after %s more: %s with %d restarts, want %s with %d", want.after, state(main), main.RestartCount, want.state, want.restarts)
		}
		if want.restarts == 0 {
			continue
		}
		if last := main.LastTerminationState.Terminated; last == nil || last.ExitCode != 137 || last.Reason != "OOMKilled" {
			t.Fatalf("last state %+v", last)
		}
		if side := status.ContainerStatuses[1]; state(side) != "Running" || !side.Ready {
			t.Errorf("the other container is %s", state(side))
		}
	}
	if m := s.pod.Status.ContainerStatuses[0].State.Waiting.Message; m != "back-off 20s restarting failed container=main pod=app_ns(uid-1)" {
		t.Errorf("message %q", m)
	}
	if got := condition(s.pod.Status, corev1.PodReady); got != corev1.ConditionFalse || s.pod.Status.Phase != corev1.PodRunning {
		t.Errorf("ready %s, phase %s", got, s.pod.Status.Phase)
	}

	delete(s.pod.Annotations, AnnotationSimulate)
	status := s.advanceBy(longestBackoff + 2*time.Second)
	restarts := status.ContainerStatuses[0].RestartCount
	if condition(status, corev1.PodReady) != corev1.ConditionTrue {
		t.Fatalf("mended, and yet %s", state(status.ContainerStatuses[0]))
	}
	if status := s.advanceBy(time.Hour); status.ContainerStatuses[0].RestartCount != restarts {
		t.Error("mended, and yet it restarts")
	}
}

func TestMissingEnvironment(t *testing.T) {
	pod := newPod()
	pod.Spec.Containers[0].Env = []corev1.EnvVar{{Name: "A", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: "s"}, Key: "k",
	}}}}
	s := newStage(t, pod)
	expect := func(message string) {
		t.Helper()
		main := s.advanceBy(5 * time.Second).ContainerStatuses[0]
		if state(main) != "CreateContainerConfigError" || main.State.Waiting.Message != message {
			t.Fatalf("%s: %v", state(main), main.State.Waiting)
		}
	}
	expect(`secret "s" not found`)
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "s"}}
	if _, err := s.client.CoreV1().Secrets("ns").Create(t.Context(), secret, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	expect("couldn't find key k in Secret ns/s")
	secret.Data = map[string][]byte{"k": nil}
	if _, err := s.client.CoreV1().Secrets("ns").Update(t.Context(), secret, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	if status := s.advanceBy(5 * time.Second); condition(status, corev1.PodReady) != corev1.ConditionTrue {
		t.Errorf("the key is there, and yet %s", state(status.ContainerStatuses[0]))
	}
}

func TestMissingVolume(t *testing.T) {
	pod := newPod()
	pod.Spec.Volumes = []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: "c"},
	}}}}
	s := newStage(t, pod)
	status := s.advanceBy(time.Minute)
	if state(status.ContainerStatuses[0]) != "ContainerCreating" || status.Phase != corev1.PodPending || status.PodIP != "" {
		t.Fatalf("%s, %s, %q", state(status.ContainerStatuses[0]), status.Phase, status.PodIP)
	}
	optional := true
	pod.Spec.Volumes[0].ConfigMap.Optional = &optional
	if status := s.advanceBy(longestMount); condition(status, corev1.PodReady) != corev1.ConditionTrue {
		t.Errorf("optional, and yet %s", state(status.ContainerStatuses[0]))
	}
}

func TestImagePull(t *testing.T) {
	s := newStage(t, newPod("careen.dev/simulate=image-pull", "careen.dev/container=side"))
	if got := state(s.advanceBy(0).ContainerStatuses[1]); got != "ErrImagePull" {
		t.Errorf("at first %s", got)
	}
	status := s.advanceBy(pullFailsFor)
	if got := state(status.ContainerStatuses[1]); got != "ImagePullBackOff" || state(status.ContainerStatuses[0]) != "Running" {
		t.Errorf("then %s", got)
	}
}

func TestJobs(t *testing.T) {
	controller := true
	owned := func(annotations ...string) *corev1.Pod {
		pod := newPod(annotations...)
		pod.Spec.RestartPolicy = corev1.RestartPolicyNever
		pod.OwnerReferences = []metav1.OwnerReference{{Kind: "Job", Name: "j", Controller: &controller}}
		return pod
	}
	for _, c := range []struct {
		annotation string
		want       corev1.PodPhase
	}{
		{"careen.dev/log=x", corev1.PodSucceeded},
		{"careen.dev/simulate=run", corev1.PodRunning},
		{"careen.dev/simulate=crash-loop", corev1.PodFailed},
	} {
		if got := newStage(t, owned(c.annotation)).advanceBy(time.Minute).Phase; got != c.want {
			t.Errorf("%s: %s, want %s", c.annotation, got, c.want)
		}
	}
}

func TestInitContainers(t *testing.T) {
	pod := newPod()
	pod.Spec.InitContainers = []corev1.Container{{Name: "init", EnvFrom: []corev1.EnvFromSource{{
		ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "c"}},
	}}}}
	s := newStage(t, pod)
	status := s.advanceBy(time.Second)
	if state(status.InitContainerStatuses[0]) != "CreateContainerConfigError" || state(status.ContainerStatuses[0]) != "PodInitializing" {
		t.Fatalf("%s, %s", state(status.InitContainerStatuses[0]), state(status.ContainerStatuses[0]))
	}
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "c"}}
	if _, err := s.client.CoreV1().ConfigMaps("ns").Create(t.Context(), config, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	status = s.advanceBy(5 * time.Second)
	if state(status.InitContainerStatuses[0]) != "Completed" || condition(status, corev1.PodReady) != corev1.ConditionTrue {
		t.Errorf("%s, ready %s", state(status.InitContainerStatuses[0]), condition(status, corev1.PodReady))
	}
}
