package simulated

import (
	"fmt"
	"iter"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// What kube-controller-manager and the kubelet leave in managedFields of each pod.
const (
	madeFields   = `{"f:metadata":{"f:annotations":{".":{},"f:checksum/config":{}},"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/instance":{},"f:app.kubernetes.io/name":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"00000000-0000-4000-8000-000000000000\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:env":{".":{},"k:{\"name\":\"DATABASE_HOST\"}":{".":{},"f:name":{},"f:value":{}},"k:{\"name\":\"LOG_LEVEL\"}":{".":{},"f:name":{},"f:value":{}},"k:{\"name\":\"PASSWORD\"}":{".":{},"f:name":{},"f:valueFrom":{".":{},"f:secretKeyRef":{}}},"k:{\"name\":\"PORT\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:readinessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}},"f:periodSeconds":{},"f:successThreshold":{},"f:timeoutSeconds":{}},"f:resources":{".":{},"f:limits":{".":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},"f:volumeMounts":{".":{},"k:{\"mountPath\":\"/etc/app\"}":{".":{},"f:mountPath":{},"f:name":{}}}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:serviceAccount":{},"f:serviceAccountName":{},"f:terminationGracePeriodSeconds":{},"f:volumes":{".":{},"k:{\"name\":\"config\"}":{".":{},"f:configMap":{".":{},"f:defaultMode":{},"f:name":{}},"f:name":{}}}}}`
	statusFields = `{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"PodReadyToStartContainers\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:phase":{},"f:podIP":{},"f:podIPs":{".":{},"k:{\"ip\":\"10.0.0.1\"}":{".":{},"f:ip":{}}},"f:startTime":{}}}`
	hash         = "6c787c5cb5"
	token        = "kube-api-access-"
)

// uid is a name of fixed width that nothing else of its class has.
func uid(class, i int) types.UID {
	return types.UID(fmt.Sprintf("%08x-0000-4000-8000-%012x", class, i))
}

const (
	uidWorkload = iota + 1
	uidSet
	uidPod
	uidNode
	uidOther
)

func labels(app string) map[string]string {
	return map[string]string{"app.kubernetes.io/name": app, "app.kubernetes.io/instance": app}
}

// template is of what the pods of a workload are made.
func template(i int, f fault) corev1.PodTemplateSpec {
	app, secret, config := Workload(i), Workload(i), Workload(i)
	if f == noConfigMap {
		config = "settings-of-" + app
	}
	mode, grace, seconds := int32(0o644), int64(30), int64(3607)
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labels(app), Annotations: map[string]string{"checksum/config": "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"}},
		Spec: corev1.PodSpec{
			ServiceAccountName: app, DeprecatedServiceAccount: app, RestartPolicy: corev1.RestartPolicyAlways, DNSPolicy: corev1.DNSClusterFirst,
			SchedulerName: corev1.DefaultSchedulerName, TerminationGracePeriodSeconds: &grace, SecurityContext: &corev1.PodSecurityContext{},
			Containers: []corev1.Container{{
				Name: "app", Image: image(app), ImagePullPolicy: corev1.PullIfNotPresent,
				Env: []corev1.EnvVar{
					{Name: "DATABASE_HOST", Value: "db.example.com"},
					{Name: "LOG_LEVEL", Value: "info"},
					{Name: "PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: "password"}}},
					{Name: "PORT", Value: "8080"},
				},
				Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}},
				Resources: corev1.ResourceRequirements{
					Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("32Mi")},
					Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("64Mi")},
				},
				ReadinessProbe: &corev1.Probe{
					ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/ready", Port: httpPort, Scheme: corev1.URISchemeHTTP}},
					PeriodSeconds: 10, TimeoutSeconds: 1, SuccessThreshold: 1, FailureThreshold: 3,
				},
				VolumeMounts:           []corev1.VolumeMount{{Name: "config", MountPath: "/etc/app"}, {Name: token, MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}},
				TerminationMessagePath: corev1.TerminationMessagePathDefault, TerminationMessagePolicy: corev1.TerminationMessageReadFile,
			}},
			Tolerations: []corev1.Toleration{tolerate(corev1.TaintNodeNotReady), tolerate(corev1.TaintNodeUnreachable)},
			Volumes: []corev1.Volume{
				{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: config}, DefaultMode: &mode}}},
				{Name: token, VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{DefaultMode: &mode, Sources: []corev1.VolumeProjection{
					{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token", ExpirationSeconds: &seconds}},
					{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: rootCA}, Items: []corev1.KeyToPath{{Key: "ca.crt", Path: "ca.crt"}}}},
					{DownwardAPI: &corev1.DownwardAPIProjection{Items: []corev1.DownwardAPIVolumeFile{{Path: "namespace", FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.namespace"}}}}},
				}}}},
			},
		},
	}
}

func image(app string) string { return "registry.example.com/team/" + app + ":1.2.3" }

func tolerate(key string) corev1.Toleration {
	seconds := int64(300)
	return corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: &seconds}
}

// podName is fixed in width.
func podName(workload, pod int) string {
	return fmt.Sprintf("%s-%s-x%06d", Workload(workload), hash, pod)
}

func (s *Server) pods(q query) iter.Seq[object] {
	return func(yield func(object) bool) {
		for i := range s.workloads(q.namespace) {
			first, n := s.Size.pods(i)
			pod := s.pod(i)
			for number := first; number < first+n; number++ {
				s.become(pod, i, number, number == first)
				if !yield(pod) {
					return
				}
			}
		}
	}
}

// pod is one of a workload's, but for what differs between them.
func (s *Server) pod(i int) *corev1.Pod {
	app, yes := Workload(i), true
	of := template(i, s.wrong(i))
	of.Labels["pod-template-hash"] = hash
	condition := func(t corev1.PodConditionType) corev1.PodCondition {
		return corev1.PodCondition{Type: t, Status: corev1.ConditionTrue, LastTransitionTime: began}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: s.namespaceOf(i), GenerateName: app + "-" + hash + "-", CreationTimestamp: began, Labels: of.Labels, Annotations: of.Annotations, Generation: 1,
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: app + "-" + hash, UID: uid(uidSet, i), Controller: &yes, BlockOwnerDeletion: &yes}},
			ManagedFields:   []metav1.ManagedFieldsEntry{written("kube-controller-manager", "", madeFields), written("kubelet", "status", statusFields)},
		},
		Spec: of.Spec,
		Status: corev1.PodStatus{
			QOSClass: corev1.PodQOSBurstable, StartTime: &began,
			Conditions: []corev1.PodCondition{condition(corev1.PodReadyToStartContainers), condition(corev1.PodInitialized), condition(corev1.PodReady), condition(corev1.ContainersReady), condition(corev1.PodScheduled)},
		},
	}
}

// become makes a pod that of a number.
func (s *Server) become(pod *corev1.Pod, i, number int, first bool) {
	ip, host := fmt.Sprintf("10.%d.%d.%d", 1+number>>16, number>>8&255, number&255), fmt.Sprintf("172.16.%d.%d", number%s.Nodes>>8, number%s.Nodes&255)
	pod.Name, pod.UID, pod.ResourceVersion = podName(i, number), uid(uidPod, number), fmt.Sprint(1_000_000+number)
	pod.Spec.NodeName = Node(number % s.Nodes)
	volume := fmt.Sprintf("%s%05x", token, number)
	pod.Spec.Volumes[1].Name, pod.Spec.Containers[0].VolumeMounts[1].Name = volume, volume
	st := &pod.Status
	st.PodIP, st.PodIPs, st.HostIP, st.HostIPs = ip, []corev1.PodIP{{IP: ip}}, host, []corev1.HostIP{{IP: host}}
	container := corev1.ContainerStatus{
		Name: "app", Image: pod.Spec.Containers[0].Image, Ready: true, Started: new(bool),
		ImageID:     "registry.example.com/team/app@sha256:d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592",
		ContainerID: fmt.Sprintf("containerd://d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf%08x", number),
		State:       corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: began}},
	}
	*container.Started = true
	st.Phase = corev1.PodRunning
	ready := corev1.ConditionTrue
	if f := s.wrong(i); f == noConfigMap || f == badImage && first {
		st.Phase, ready = corev1.PodPending, corev1.ConditionFalse
		container.Ready, container.ContainerID, *container.Started = false, "", false
		container.State = corev1.ContainerState{Waiting: waiting(i, f, container.Image)}
	}
	since := metav1.NewTime(began.Add(time.Duration(number%3600) * time.Second))
	for c := range st.Conditions {
		st.Conditions[c].LastTransitionTime = metav1.NewTime(since.Add(time.Duration(c) * time.Second))
	}
	pod.CreationTimestamp, st.StartTime = since, &since
	if container.State.Running != nil {
		container.State.Running.StartedAt = metav1.NewTime(since.Add(time.Second))
	}
	st.Conditions[2].Status, st.Conditions[3].Status = ready, ready
	st.ContainerStatuses = []corev1.ContainerStatus{container}
}

func waiting(i int, f fault, image string) *corev1.ContainerStateWaiting {
	if f == noConfigMap {
		return &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}
	}
	return &corev1.ContainerStateWaiting{
		Reason:  "ImagePullBackOff",
		Message: fmt.Sprintf("Back-off pulling image %q: rpc error: code = NotFound desc = failed to pull and unpack image %q: %s: not found", image, image, image),
	}
}
