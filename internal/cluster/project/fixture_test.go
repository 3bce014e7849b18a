package project

import (
	"fmt"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/careen-tui/careen/internal/model"
)

var epoch = metav1.NewTime(time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC))

// typicalPod is a pod as a cluster serves it: a Deployment's, running, with the
// volume of its token, an application container and managed fields.
func typicalPod(release, i int) *corev1.Pod {
	yes := true
	app := fmt.Sprintf("app-%04d", release)
	fields := `{"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/name":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"x\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"A\"}":{".":{},"f:value":{}}},"f:image":{},"f:name":{}}},"f:dnsPolicy":{},"f:restartPolicy":{}}}`
	env := []corev1.EnvVar{
		{Name: "DATABASE_URL", Value: "postgres://db." + app + ".svc:5432/app"},
		{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: app}, Key: "password"}}},
		{Name: "LOG_LEVEL", Value: "info"},
	}
	amounts := corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("128Mi")}
	condition := func(t corev1.PodConditionType) corev1.PodCondition {
		return corev1.PodCondition{Type: t, Status: corev1.ConditionTrue, LastTransitionTime: epoch}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("%s-6c787c5cb5-%05d", app, i), Namespace: "team-" + app, UID: types.UID(fmt.Sprintf("e44307be-c485-49e0-%04d-6d3c4586%04d", release, i)),
			ResourceVersion: fmt.Sprint(100000 + i), CreationTimestamp: epoch,
			Labels:          map[string]string{"app.kubernetes.io/name": app, "app.kubernetes.io/instance": app, "pod-template-hash": "6c787c5cb5"},
			Annotations:     map[string]string{"checksum/config": "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: app + "-6c787c5cb5", UID: types.UID("rs-" + app), Controller: &yes}},
			ManagedFields: []metav1.ManagedFieldsEntry{
				{Manager: "kube-controller-manager", Operation: "Update", Time: &epoch, FieldsV1: metav1.NewFieldsV1(fields)},
				{Manager: "kubelet", Operation: "Update", Subresource: "status", Time: &epoch, FieldsV1: metav1.NewFieldsV1(fields)},
			},
		},
		Spec: corev1.PodSpec{
			NodeName: "node-1", NodeSelector: map[string]string{"kubernetes.io/os": "linux"}, ServiceAccountName: app, RestartPolicy: corev1.RestartPolicyAlways,
			Containers: []corev1.Container{{
				Name: "app", Image: "registry.example.com/team/" + app + ":1.2.3", Env: env, EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: app}}}},
				Resources:    corev1.ResourceRequirements{Requests: amounts, Limits: amounts},
				VolumeMounts: []corev1.VolumeMount{{Name: "kube-api-access-abcde", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}, {Name: "config", MountPath: "/etc/app"}},
			}},
			Volumes: []corev1.Volume{
				{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: app}}}},
				{Name: "kube-api-access-abcde", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
					{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
					{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}, Items: []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}}}},
				}}}},
			},
		},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, PodIP: fmt.Sprintf("10.0.%d.%d", i/250, i%250), StartTime: &epoch,
			Conditions: []corev1.PodCondition{condition(corev1.PodReady), condition(corev1.PodInitialized), condition(corev1.ContainersReady), condition(corev1.PodScheduled)},
			ContainerStatuses: []corev1.ContainerStatus{{
				Name: "app", Ready: true, Image: "registry.example.com/team/" + app + ":1.2.3",
				State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: epoch}},
			}},
		},
	}
}

// typicalRecord is the metadata of one stored revision.
func typicalRecord(release, revision int) *metav1.PartialObjectMetadata {
	app := fmt.Sprintf("app-%04d", release)
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Name: fmt.Sprintf("sh.helm.release.v1.%s.v%d", app, revision), Namespace: "team-" + app,
		UID: types.UID(fmt.Sprintf("a44307be-c485-49e0-%04d-6d3c4586%04d", release, revision)), ResourceVersion: fmt.Sprint(20000 + release), CreationTimestamp: epoch,
		Labels: map[string]string{"name": app, "owner": "helm", "status": "superseded", "version": fmt.Sprint(revision), "modifiedAt": "1767366245"},
		ManagedFields: []metav1.ManagedFieldsEntry{{
			Manager: "Helm", Operation: "Update", Time: &epoch,
			FieldsV1: metav1.NewFieldsV1(`{"f:data":{".":{},"f:release":{}},"f:metadata":{"f:labels":{".":{},"f:name":{},"f:owner":{},"f:status":{},"f:version":{}}},"f:type":{}}`),
		}},
	}}
}

// typicalLease is a node's.
func typicalLease(i int) *coordinationv1.Lease {
	node, seconds, renewed := fmt.Sprintf("node-%05d", i), int32(40), metav1.NewMicroTime(epoch.Time)
	return &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{
			Name: node, Namespace: "kube-node-lease", UID: types.UID(fmt.Sprintf("b44307be-c485-49e0-8a1f-6d3c4586%04d", i)),
			ResourceVersion: fmt.Sprint(300000 + i), CreationTimestamp: epoch,
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: node, UID: types.UID("node-" + node)}},
			ManagedFields: []metav1.ManagedFieldsEntry{
				{Manager: "kubelet", Operation: "Update", Time: &epoch, FieldsV1: metav1.NewFieldsV1(`{"f:spec":{"f:holderIdentity":{},"f:renewTime":{}}}`)},
			},
		},
		Spec: coordinationv1.LeaseSpec{HolderIdentity: &node, LeaseDurationSeconds: &seconds, RenewTime: &renewed},
	}
}

type runtimeObject = interface {
	GetObjectKind() schema.ObjectKind
	DeepCopyObject() runtime.Object
}

func gvk(info model.KindInfo) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: info.Group, Version: info.Version, Kind: string(info.Kind)}
}
