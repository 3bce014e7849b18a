package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/careen-tui/careen/demo/cluster/standin"
)

const pollEvery = 50 * time.Millisecond

// await calls check until it returns true, and fails with what it lastly
// complained of when ctx ends.
func await(ctx context.Context, what string, check func(context.Context) (bool, error)) error {
	var last error
	for {
		ok, err := check(ctx)
		if ok {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			if last == nil {
				last = ctx.Err()
			}
			return fmt.Errorf("waiting for %s: %w", what, last)
		case <-time.After(pollEvery):
		}
	}
}

// awaitServer returns when the API server says of itself that it is ready.
func awaitServer(ctx context.Context, client kubernetes.Interface) error {
	return await(ctx, "the API server", func(ctx context.Context) (bool, error) {
		_, err := client.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
		return err == nil, err
	})
}

// plant makes what a cluster has before anyone uses it: nodes, storage classes,
// and the right of the viewers.
func plant(ctx context.Context, client kubernetes.Interface, o options, kubeletPort int) error {
	for i := range o.nodes {
		node := newNode(fmt.Sprintf("careen-node-%d", i+1), kubeletPort)
		if _, err := client.CoreV1().Nodes().Create(ctx, node, metav1.CreateOptions{}); !made(err) {
			return fmt.Errorf("creating a node: %w", err)
		}
	}
	for _, class := range storageClasses() {
		if _, err := client.StorageV1().StorageClasses().Create(ctx, class, metav1.CreateOptions{}); !made(err) {
			return fmt.Errorf("creating a storage class: %w", err)
		}
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: viewersGroup},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "view"},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: viewersGroup}},
	}
	if _, err := client.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{}); !made(err) {
		return fmt.Errorf("granting viewers their role: %w", err)
	}
	return nil
}

func made(err error) bool { return err == nil || apierrors.IsAlreadyExists(err) }

func newNode(name string, kubeletPort int) *corev1.Node {
	capacity := corev1.ResourceList{
		corev1.ResourceCPU:              resource.MustParse("1k"),
		corev1.ResourceMemory:           resource.MustParse("4Ti"),
		corev1.ResourceEphemeralStorage: resource.MustParse("4Ti"),
		corev1.ResourcePods:             resource.MustParse("100k"),
	}
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
			corev1.LabelHostname:   name,
			corev1.LabelOSStable:   "linux",
			corev1.LabelArchStable: "amd64",
		}},
		Status: corev1.NodeStatus{
			Capacity:    capacity,
			Allocatable: capacity,
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: "127.0.0.1"},
				{Type: corev1.NodeHostName, Address: name},
			},
			DaemonEndpoints: corev1.NodeDaemonEndpoints{
				KubeletEndpoint: corev1.DaemonEndpoint{Port: int32(kubeletPort)},
			},
			NodeInfo: corev1.NodeSystemInfo{
				KubeletVersion:          serverVersion(),
				ContainerRuntimeVersion: "kwok://0.8.0",
				OperatingSystem:         "linux",
				Architecture:            "amd64",
				OSImage:                 "careen stand-in",
				KernelVersion:           "kwok",
			},
		},
	}
}

// storageClasses are served by the stand-in's provisioner: the default one, one
// whose volumes outlive their claims, and one that waits for a pod.
func storageClasses() []*storagev1.StorageClass {
	class := func(name string, policy corev1.PersistentVolumeReclaimPolicy, mode storagev1.VolumeBindingMode) *storagev1.StorageClass {
		return &storagev1.StorageClass{
			ObjectMeta:        metav1.ObjectMeta{Name: name},
			Provisioner:       standin.Provisioner,
			ReclaimPolicy:     &policy,
			VolumeBindingMode: &mode,
		}
	}
	standard := class("standard", corev1.PersistentVolumeReclaimDelete, storagev1.VolumeBindingImmediate)
	standard.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	return []*storagev1.StorageClass{
		standard,
		class("standard-retain", corev1.PersistentVolumeReclaimRetain, storagev1.VolumeBindingImmediate),
		class("standard-wait", corev1.PersistentVolumeReclaimDelete, storagev1.VolumeBindingWaitForFirstConsumer),
	}
}

// awaitUsable returns when pods can be created and scheduled: the namespace
// default has its account, and every node is ready and free of taints.
func awaitUsable(ctx context.Context, client kubernetes.Interface, o options) error {
	err := await(ctx, "the default service account", func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().ServiceAccounts("default").Get(ctx, "default", metav1.GetOptions{})
		return err == nil, err
	})
	if err != nil {
		return err
	}
	return await(ctx, "nodes to be ready", func(ctx context.Context) (bool, error) {
		nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		ready := 0
		for _, node := range nodes.Items {
			if isReady(node) && len(node.Spec.Taints) == 0 {
				ready++
			}
		}
		return ready >= o.nodes, fmt.Errorf("%d of %d are", ready, o.nodes)
	})
}

func isReady(node corev1.Node) bool {
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}
