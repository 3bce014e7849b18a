package simulated

import (
	"fmt"
	"iter"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// began is when everything was made: yesterday, in whole seconds.
var began = metav1.NewTime(time.Now().Add(-24 * time.Hour).Truncate(time.Second))

var httpPort = intstr.FromString("http")

func written(manager, subresource, fields string) metav1.ManagedFieldsEntry {
	return metav1.ManagedFieldsEntry{
		Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "v1", Subresource: subresource, Time: &began,
		FieldsType: "FieldsV1", FieldsV1: metav1.NewFieldsV1(fields),
	}
}

// meta is that of an object of a workload.
func (s *Server) meta(i, class int, name string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{
		Name: name, Namespace: s.namespaceOf(i), UID: uid(class, i), ResourceVersion: fmt.Sprint(class*100_000 + i), CreationTimestamp: began,
		Labels: labels(Workload(i)), Generation: 1,
		ManagedFields: []metav1.ManagedFieldsEntry{written("helm", "", `{"f:metadata":{"f:annotations":{".":{},"f:meta.helm.sh/release-name":{}},"f:labels":{".":{},"f:app.kubernetes.io/name":{}}}}`)},
	}
	if i < s.Releases {
		m.Labels["app.kubernetes.io/managed-by"] = "Helm"
		m.Annotations = map[string]string{"meta.helm.sh/release-name": Workload(i), "meta.helm.sh/release-namespace": m.Namespace}
	}
	return m
}

// each makes one object of each workload in turn.
func each[T object](s *Server, q query, of func(i int) T) iter.Seq[object] {
	return func(yield func(object) bool) {
		for i := range s.workloads(q.namespace) {
			if !yield(of(i)) {
				return
			}
		}
	}
}

// ready is how many of a workload's pods are ready.
func (s *Server) ready(i int) (ready, n int32) {
	_, pods := s.Size.pods(i)
	n = int32(pods)
	switch s.wrong(i) {
	case badImage:
		return max(n-1, 0), n
	case noConfigMap:
		return 0, n
	case nothing, stuckRelease, faults:
	}
	return n, n
}

func (s *Server) deployments(q query) iter.Seq[object] {
	return each(s, q, func(i int) *appsv1.Deployment {
		ready, n := s.ready(i)
		one := int32(10)
		d := &appsv1.Deployment{ObjectMeta: s.meta(i, uidWorkload, Workload(i)), Spec: appsv1.DeploymentSpec{
			Replicas: &n, Selector: &metav1.LabelSelector{MatchLabels: labels(Workload(i))}, Template: asked(i, s.wrong(i)), RevisionHistoryLimit: &one,
		}}
		d.Annotations = with(d.Annotations, "deployment.kubernetes.io/revision", "1")
		d.Status = appsv1.DeploymentStatus{
			ObservedGeneration: 1, Replicas: n, UpdatedReplicas: n, ReadyReplicas: ready, AvailableReplicas: ready, UnavailableReplicas: n - ready,
			Conditions: []appsv1.DeploymentCondition{
				{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, LastUpdateTime: began, LastTransitionTime: began, Reason: "MinimumReplicasAvailable"},
				{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, LastUpdateTime: began, LastTransitionTime: began, Reason: "NewReplicaSetAvailable"},
			},
		}
		return d
	})
}

// asked is a template as it was written: what admission adds to a pod is not in it.
func asked(i int, f fault) corev1.PodTemplateSpec {
	t := template(i, f)
	t.Spec.Volumes, t.Spec.Tolerations = t.Spec.Volumes[:1], nil
	t.Spec.Containers[0].VolumeMounts = t.Spec.Containers[0].VolumeMounts[:1]
	return t
}

func (s *Server) replicaSets(q query) iter.Seq[object] {
	return each(s, q, func(i int) *appsv1.ReplicaSet {
		ready, n := s.ready(i)
		yes := true
		r := &appsv1.ReplicaSet{ObjectMeta: s.meta(i, uidSet, Workload(i)+"-"+hash)}
		r.Labels, r.Annotations = with(labels(Workload(i)), "pod-template-hash", hash), map[string]string{"deployment.kubernetes.io/revision": "1"}
		r.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "Deployment", Name: Workload(i), UID: uid(uidWorkload, i), Controller: &yes, BlockOwnerDeletion: &yes}}
		t := asked(i, s.wrong(i))
		t.Labels["pod-template-hash"] = hash
		r.Spec = appsv1.ReplicaSetSpec{Replicas: &n, Selector: &metav1.LabelSelector{MatchLabels: with(labels(Workload(i)), "pod-template-hash", hash)}, Template: t}
		r.Status = appsv1.ReplicaSetStatus{Replicas: n, FullyLabeledReplicas: n, ReadyReplicas: ready, AvailableReplicas: ready, ObservedGeneration: 1}
		return r
	})
}

func with(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

func (s *Server) services(q query) iter.Seq[object] {
	return each(s, q, func(i int) *corev1.Service {
		ip := fmt.Sprintf("10.96.%d.%d", i>>8&255, i&255)
		return &corev1.Service{ObjectMeta: s.meta(i, uidOther, Workload(i)), Spec: corev1.ServiceSpec{
			Selector: labels(Workload(i)), Type: corev1.ServiceTypeClusterIP, ClusterIP: ip, ClusterIPs: []string{ip},
			Ports: []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: httpPort, Protocol: corev1.ProtocolTCP}},
		}}
	})
}

func (s *Server) slices(q query) iter.Seq[object] {
	return each(s, q, func(i int) *discoveryv1.EndpointSlice {
		yes, name, port, tcp := true, "http", int32(8080), corev1.ProtocolTCP
		e := &discoveryv1.EndpointSlice{ObjectMeta: s.meta(i, uidOther+1, Workload(i)+"-abcde"), AddressType: discoveryv1.AddressTypeIPv4}
		e.Labels = map[string]string{discoveryv1.LabelServiceName: Workload(i), discoveryv1.LabelManagedBy: "endpointslice-controller.k8s.io"}
		e.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "Service", Name: Workload(i), UID: uid(uidOther, i), Controller: &yes, BlockOwnerDeletion: &yes}}
		e.Ports = []discoveryv1.EndpointPort{{Name: &name, Port: &port, Protocol: &tcp}}
		first, n := s.Size.pods(i)
		f := s.wrong(i)
		for number := first; number < min(first+n, first+1000); number++ {
			node := Node(number % s.Nodes)
			ready := f != noConfigMap && (f != badImage || number != first)
			e.Endpoints = append(e.Endpoints, discoveryv1.Endpoint{
				Addresses: []string{fmt.Sprintf("10.%d.%d.%d", 1+number>>16, number>>8&255, number&255)}, NodeName: &node,
				Conditions: discoveryv1.EndpointConditions{Ready: &ready, Serving: &ready, Terminating: new(bool)},
				TargetRef:  &corev1.ObjectReference{Kind: "Pod", Namespace: s.namespaceOf(i), Name: podName(i, number), UID: uid(uidPod, number)},
			})
		}
		return e
	})
}

func (s *Server) events(q query) iter.Seq[object] {
	return func(yield func(object) bool) {
		for i := range s.workloads(q.namespace) {
			if s.wrong(i) != badImage {
				continue
			}
			first, _ := s.Size.pods(i)
			now := metav1.NewTime(time.Now().Truncate(time.Second))
			e := &corev1.Event{
				ObjectMeta:     s.meta(i, uidOther+2, podName(i, first)+".17a2b3c4d5e6f708"),
				InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: s.namespaceOf(i), Name: podName(i, first), UID: uid(uidPod, first), APIVersion: "v1"},
				Reason:         "Failed", Message: "Failed to pull image: not found", Type: corev1.EventTypeWarning, Count: 40, FirstTimestamp: began, LastTimestamp: now,
				Source: corev1.EventSource{Component: "kubelet", Host: Node(first % s.Nodes)},
			}
			if !yield(e) {
				return
			}
		}
	}
}
