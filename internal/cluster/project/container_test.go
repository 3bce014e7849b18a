package project

import (
	"reflect"
	"testing"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/careen-tui/careen/internal/model"
)

func projected(t *testing.T, spec core.PodSpec) model.Container {
	t.Helper()
	row, ok := New([]byte("salt")).Object(&core.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop"}, Spec: spec})
	if !ok {
		t.Fatal("a pod is not read")
	}
	return row.(*model.Pod).Template.Containers[0]
}

func TestProbesHaveTheServersDefaults(t *testing.T) {
	c := projected(t, core.PodSpec{Containers: []core.Container{{
		Name:           "web",
		LivenessProbe:  &core.Probe{ProbeHandler: core.ProbeHandler{HTTPGet: &core.HTTPGetAction{Port: intstr.FromString("http")}}},
		ReadinessProbe: &core.Probe{ProbeHandler: core.ProbeHandler{GRPC: &core.GRPCAction{Port: 9000}}, InitialDelaySeconds: 7, FailureThreshold: 2},
		StartupProbe:   &core.Probe{ProbeHandler: core.ProbeHandler{Exec: &core.ExecAction{Command: []string{"true"}}}},
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
	c := projected(t, core.PodSpec{
		Volumes: []core.Volume{
			{Name: "conf", VolumeSource: core.VolumeSource{ConfigMap: &core.ConfigMapVolumeSource{LocalObjectReference: core.LocalObjectReference{Name: "settings"}}}},
			{Name: "tmp", VolumeSource: core.VolumeSource{EmptyDir: &core.EmptyDirVolumeSource{}}},
		},
		Containers: []core.Container{{Name: "web", VolumeMounts: []core.VolumeMount{
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
	c := projected(t, core.PodSpec{
		SecurityContext: &core.PodSecurityContext{RunAsNonRoot: &yes, RunAsUser: &pod},
		Containers:      []core.Container{{Name: "web", SecurityContext: &core.SecurityContext{RunAsNonRoot: &no, RunAsUser: &own, ReadOnlyRootFilesystem: &yes}}},
	})
	if c.Security != (model.Security{User: 2, ReadOnlyRoot: true}) {
		t.Errorf("got %+v", c.Security)
	}
	if c := projected(t, core.PodSpec{Containers: []core.Container{{Name: "web"}}}); c.Security != (model.Security{User: -1}) {
		t.Errorf("without any: %+v", c.Security)
	}
}

func TestVariablesSetTwice(t *testing.T) {
	key := func(name, key string) *core.EnvVarSource {
		return &core.EnvVarSource{SecretKeyRef: &core.SecretKeySelector{LocalObjectReference: core.LocalObjectReference{Name: name}, Key: key}}
	}
	c := projected(t, core.PodSpec{Containers: []core.Container{{Name: "web", Env: []core.EnvVar{
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
