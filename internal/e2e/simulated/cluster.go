package simulated

import (
	"fmt"
	"iter"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/careen-tui/careen/internal/model"
)

func count(n int, of func(i int) object) iter.Seq[object] {
	return func(yield func(object) bool) {
		for i := range n {
			if !yield(of(i)) {
				return
			}
		}
	}
}

func (s *Server) namespaceList(query) iter.Seq[object] {
	return count(s.Namespaces, func(i int) object {
		name := Namespace(i)
		return &corev1.Namespace{
			ObjectMeta: metav1.ObjectMeta{Name: name, UID: uid(uidOther+20, i), ResourceVersion: "7", CreationTimestamp: began, Labels: map[string]string{corev1.LabelMetadataName: name}},
			Spec:       corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{corev1.FinalizerKubernetes}},
			Status:     corev1.NamespaceStatus{Phase: corev1.NamespaceActive},
		}
	})
}

// imagesOfNode is how many images a node tells of: the kubelet tells of up to fifty.
const imagesOfNode = 25

func (s *Server) nodes(query) iter.Seq[object] {
	amounts := corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("16"), corev1.ResourceMemory: resource.MustParse("64Gi"), corev1.ResourcePods: resource.MustParse("110"),
		corev1.ResourceEphemeralStorage: resource.MustParse("100Gi"),
	}
	images := make([]corev1.ContainerImage, imagesOfNode)
	for i := range images {
		images[i] = corev1.ContainerImage{SizeBytes: 100 << 20, Names: []string{
			fmt.Sprintf("registry.example.com/team/image-%02d@sha256:d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592", i), fmt.Sprintf("registry.example.com/team/image-%02d:1.2.3", i),
		}}
	}
	return count(s.Nodes, func(i int) object {
		name, ip, now := Node(i), fmt.Sprintf("172.16.%d.%d", i>>8, i&255), metav1.NewTime(time.Now().Truncate(time.Second)) // of whole seconds all have one size
		condition := func(t corev1.NodeConditionType, status corev1.ConditionStatus) corev1.NodeCondition {
			return corev1.NodeCondition{Type: t, Status: status, Reason: "Kubelet", Message: "as the kubelet says", LastHeartbeatTime: now, LastTransitionTime: began}
		}
		return &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{
				Name: name, UID: uid(uidNode, i), ResourceVersion: "7", CreationTimestamp: began,
				Labels:        map[string]string{corev1.LabelHostname: name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64", corev1.LabelTopologyZone: fmt.Sprintf("zone-%d", i%3)},
				Annotations:   map[string]string{"node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true"},
				ManagedFields: []metav1.ManagedFieldsEntry{written("kubelet", "", statusFields), written("kubelet", "status", statusFields)},
			},
			Spec: corev1.NodeSpec{ProviderID: "simulated://" + name},
			Status: corev1.NodeStatus{
				Capacity: amounts, Allocatable: amounts, Images: images,
				Conditions: []corev1.NodeCondition{
					condition(corev1.NodeMemoryPressure, corev1.ConditionFalse), condition(corev1.NodeDiskPressure, corev1.ConditionFalse),
					condition(corev1.NodePIDPressure, corev1.ConditionFalse), condition(corev1.NodeReady, corev1.ConditionTrue),
				},
				Addresses: []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: ip}, {Type: corev1.NodeHostName, Address: name}},
				NodeInfo: corev1.NodeSystemInfo{
					MachineID: name, SystemUUID: name, BootID: name, KernelVersion: "6.12.0", OSImage: "Linux", ContainerRuntimeVersion: "containerd://2.1.0",
					KubeletVersion: "v1.36.0", OperatingSystem: "linux", Architecture: "amd64",
				},
			},
		}
	})
}

const nodeLeases = "kube-node-lease"

func (s *Server) leases(q query) iter.Seq[object] {
	if q.namespace != "" && q.namespace != nodeLeases {
		return func(func(object) bool) {}
	}
	return count(s.Nodes, func(i int) object {
		name, seconds, now := Node(i), int32(40), metav1.NewMicroTime(time.Now().Truncate(time.Second))
		return &coordinationv1.Lease{
			ObjectMeta: metav1.ObjectMeta{
				Name: name, Namespace: nodeLeases, UID: uid(uidOther+21, i), ResourceVersion: "7", CreationTimestamp: began,
				OwnerReferences: []metav1.OwnerReference{{APIVersion: "v1", Kind: "Node", Name: name, UID: uid(uidNode, i)}},
			},
			Spec: coordinationv1.LeaseSpec{HolderIdentity: &name, LeaseDurationSeconds: &seconds, RenewTime: &now},
		}
	})
}

const className = "standard"

func (s *Server) classes(query) iter.Seq[object] {
	return count(1, func(int) object {
		return &storagev1.StorageClass{
			ObjectMeta: metav1.ObjectMeta{Name: className, UID: uid(uidOther+22, 0), ResourceVersion: "7", CreationTimestamp: began}, Provisioner: "disk.example.com",
		}
	})
}

func volumeOf(i int) string { return "pvc-" + string(uid(uidOther+23, i)) }

var oneGi = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}

func (s *Server) claims(q query) iter.Seq[object] {
	return func(yield func(object) bool) {
		class := className
		for i := range s.workloads(q.namespace) {
			if i >= s.Releases {
				continue
			}
			c := &corev1.PersistentVolumeClaim{
				ObjectMeta: s.meta(i, uidOther+23, Workload(i)),
				Spec: corev1.PersistentVolumeClaimSpec{
					AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, StorageClassName: &class, VolumeName: volumeOf(i),
					Resources: corev1.VolumeResourceRequirements{Requests: oneGi},
				},
				Status: corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, Capacity: oneGi},
			}
			if !yield(c) {
				return
			}
		}
	}
}

func (s *Server) volumes(query) iter.Seq[object] {
	return count(s.Releases, func(i int) object {
		return &corev1.PersistentVolume{
			ObjectMeta: metav1.ObjectMeta{Name: volumeOf(i), UID: uid(uidOther+24, i), ResourceVersion: "7", CreationTimestamp: began},
			Spec: corev1.PersistentVolumeSpec{
				Capacity: oneGi, AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, StorageClassName: className,
				PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
				PersistentVolumeSource:        corev1.PersistentVolumeSource{CSI: &corev1.CSIPersistentVolumeSource{Driver: "disk.example.com", VolumeHandle: volumeOf(i)}},
				ClaimRef: &corev1.ObjectReference{
					APIVersion: "v1", Kind: string(model.KindClaim), Namespace: s.namespaceOf(i), Name: Workload(i), UID: uid(uidOther+23, i),
				},
			},
			Status: corev1.PersistentVolumeStatus{Phase: corev1.VolumeBound},
		}
	})
}
