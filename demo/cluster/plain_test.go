package main

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kwok/pkg/utils/expression"

	"github.com/careen-tui/careen/demo/cluster/standin"
)

// Exactly one of KWOK and the stand-in minds a pod: the query and the code agree.
func TestNotPlainIsWhatTheStandInMinds(t *testing.T) {
	optional := true
	local := func(name string) corev1.LocalObjectReference { return corev1.LocalObjectReference{Name: name} }
	pods := map[string]struct {
		pod   corev1.Pod
		minds bool
	}{
		"bare":               {pod: corev1.Pod{}},
		"other annotation":   {pod: corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"example.com/careen.dev/": "x"}}}},
		"own annotation":     {pod: corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"careen.dev/log": "x"}}}, minds: true},
		"plain environment":  {pod: withEnv(corev1.EnvVar{Name: "A", Value: "b"})},
		"field of the pod":   {pod: withEnv(corev1.EnvVar{Name: "A", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}})},
		"key of a secret":    {pod: withEnv(corev1.EnvVar{Name: "A", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: local("s"), Key: "k"}}}), minds: true},
		"key of a configmap": {pod: withEnv(corev1.EnvVar{Name: "A", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{LocalObjectReference: local("s"), Key: "k", Optional: &optional}}}), minds: true},
		"all of a secret": {pod: corev1.Pod{Spec: corev1.PodSpec{InitContainers: []corev1.Container{{
			EnvFrom: []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: local("s")}}},
		}}}}, minds: true},
		"empty directory":  {pod: withVolume(corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}})},
		"secret volume":    {pod: withVolume(corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "s"}}), minds: true},
		"configmap volume": {pod: withVolume(corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: local("c")}}), minds: true},
		"API access": {pod: withVolume(corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: local("kube-root-ca.crt")}},
		}}})},
		"projected secret": {pod: withVolume(corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{Secret: &corev1.SecretProjection{LocalObjectReference: local("s")}},
		}}}), minds: true},
		"projected configmap": {pod: withVolume(corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
			{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: local("c")}},
		}}}), minds: true},
	}
	requirement, err := expression.NewRequirement(notPlain, "Exists", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range pods {
		if got := standin.Minds(&c.pod); got != c.minds {
			t.Errorf("%s: the stand-in minds it: %v, want %v", name, got, c.minds)
		}
		got, err := requirement.Matches(t.Context(), &c.pod)
		if err != nil || got != c.minds {
			t.Errorf("%s: KWOK leaves it: %v, want %v (%v)", name, got, c.minds, err)
		}
	}
}

func withEnv(variable corev1.EnvVar) corev1.Pod {
	return corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Env: []corev1.EnvVar{variable}}}}}
}

func withVolume(source corev1.VolumeSource) corev1.Pod {
	return corev1.Pod{Spec: corev1.PodSpec{Volumes: []corev1.Volume{{Name: "v", VolumeSource: source}}}}
}
