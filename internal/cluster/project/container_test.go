package project

import (
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/careen-tui/careen/internal/model"
)

func projected(t *testing.T, spec corev1.PodSpec) model.Container {
	t.Helper()
	row, ok := New([]byte("salt")).Object(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop"}, Spec: spec})
	if !ok {
		t.Fatal("a pod is not read")
	}
	return row.(*model.Pod).Template.Containers[0]
}

func TestProbesHaveTheServersDefaults(t *testing.T) {
	c := projected(t, corev1.PodSpec{Containers: []corev1.Container{{
		Name:           "web",
		LivenessProbe:  &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromString("http")}}},
		ReadinessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{GRPC: &corev1.GRPCAction{Port: 9000}}, InitialDelaySeconds: 7, FailureThreshold: 2},
		StartupProbe:   &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"true"}}}},
	}}})
	want := []model.Probe{
		{Role: model.Liveness, Type: "http", PortName: "http", Path: "/", Scheme: "HTTP", Period: 10, Timeout: 1, Failures: 3},
		{Role: model.Readiness, Type: "grpc", Port: 9000, Delay: 7, Period: 10, Timeout: 1, Failures: 2},
		{Role: model.Startup, Type: "exec", Period: 10, Timeout: 1, Failures: 3},
	}
	if !reflect.DeepEqual(c.Probes, want) {
		t.Errorf("got %+v", c.Probes)
	}
	if got := c.ProbeOf(model.Readiness).Patience(); got != 27 {
		t.Errorf("patience %d", got)
	}
}

func TestMountsSayWhatTheyShow(t *testing.T) {
	c := projected(t, corev1.PodSpec{
		Volumes: []corev1.Volume{
			{Name: "conf", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: "settings"}}}},
			{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		},
		Containers: []corev1.Container{{Name: "web", VolumeMounts: []corev1.VolumeMount{
			{Name: "conf", MountPath: "/etc/web", ReadOnly: true},
			{Name: "tmp", MountPath: "/tmp", SubPath: "x"},
			{Name: "kube-api-access-x7f2k", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount"},
		}}},
	})
	want := []model.Mount{
		{Path: "/etc/web", Volume: "conf", ReadOnly: true, From: model.Ref{Kind: model.KindConfigMap, Namespace: "shop", Name: "settings"}},
		{Path: "/tmp", Volume: "tmp", SubPath: "x"},
	}
	if !reflect.DeepEqual(c.Mounts, want) {
		t.Errorf("got %+v", c.Mounts)
	}
}

func TestTheContainersOwnSecurityContextWins(t *testing.T) {
	yes, no, pod, own := true, false, int64(1), int64(2)
	c := projected(t, corev1.PodSpec{
		SecurityContext: &corev1.PodSecurityContext{RunAsNonRoot: &yes, RunAsUser: &pod},
		Containers:      []corev1.Container{{Name: "web", SecurityContext: &corev1.SecurityContext{RunAsNonRoot: &no, RunAsUser: &own, ReadOnlyRootFilesystem: &yes}}},
	})
	if c.Security != (model.Security{User: 2, ReadOnlyRoot: true}) {
		t.Errorf("got %+v", c.Security)
	}
	if c := projected(t, corev1.PodSpec{Containers: []corev1.Container{{Name: "web"}}}); c.Security != (model.Security{User: -1}) {
		t.Errorf("without any: %+v", c.Security)
	}
}

func TestVariablesSetTwice(t *testing.T) {
	key := func(name, key string) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key}}
	}
	c := projected(t, corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Env: []corev1.EnvVar{
		{Name: "HOST", Value: "a"},
		{Name: "HOST", Value: "b"},
		{Name: "HOST", Value: "c"},
		{Name: "SAME", Value: "a"},
		{Name: "SAME", Value: "a"},
		{Name: "PATH", Value: "/bin"},
		{Name: "PATH", Value: "$(PATH):/opt"},
		{Name: "KEY", ValueFrom: key("s", "a")},
		{Name: "KEY", ValueFrom: key("s", "b")},
		{Name: "ONE", ValueFrom: key("s", "a")},
		{Name: "ONE", ValueFrom: key("s", "a")},
	}}}})
	if want := []string{"HOST", "KEY"}; !reflect.DeepEqual(c.Twice, want) {
		t.Errorf("got %v, want %v", c.Twice, want)
	}
}
