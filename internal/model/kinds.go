package model

// The kinds that careen reads. Release, Record and LogTail are careen's own:
// a Record is one stored revision of a Helm release, a LogTail the end of a
// crash-looping container's previous log.
const (
	KindPod                   Kind = "Pod"
	KindDeployment            Kind = "Deployment"
	KindReplicaSet            Kind = "ReplicaSet"
	KindStatefulSet           Kind = "StatefulSet"
	KindDaemonSet             Kind = "DaemonSet"
	KindJob                   Kind = "Job"
	KindCronJob               Kind = "CronJob"
	KindReplicationController Kind = "ReplicationController"
	KindService               Kind = "Service"
	KindEndpointSlice         Kind = "EndpointSlice"
	KindIngress               Kind = "Ingress"
	KindIngressClass          Kind = "IngressClass"
	KindNetworkPolicy         Kind = "NetworkPolicy"
	KindConfigMap             Kind = "ConfigMap"
	KindSecret                Kind = "Secret"
	KindServiceAccount        Kind = "ServiceAccount"
	KindRole                  Kind = "Role"
	KindRoleBinding           Kind = "RoleBinding"
	KindClusterRole           Kind = "ClusterRole"
	KindClusterRoleBinding    Kind = "ClusterRoleBinding"
	KindClaim                 Kind = "PersistentVolumeClaim"
	KindVolume                Kind = "PersistentVolume"
	KindStorageClass          Kind = "StorageClass"
	KindVolumeAttachment      Kind = "VolumeAttachment"
	KindEvent                 Kind = "Event"
	KindNamespace             Kind = "Namespace"
	KindNode                  Kind = "Node"
	KindResourceQuota         Kind = "ResourceQuota"
	KindLimitRange            Kind = "LimitRange"
	KindPDB                   Kind = "PodDisruptionBudget"
	KindHPA                   Kind = "HorizontalPodAutoscaler"
	KindPriorityClass         Kind = "PriorityClass"
	KindRuntimeClass          Kind = "RuntimeClass"
	KindValidatingWebhook     Kind = "ValidatingWebhookConfiguration"
	KindMutatingWebhook       Kind = "MutatingWebhookConfiguration"
	KindAPIService            Kind = "APIService"
	KindCRD                   Kind = "CustomResourceDefinition"

	// KindCustom stands for every custom resource at once in Probe.Reads and in
	// coverage; a custom resource's own Ref carries its real kind and group.
	KindCustom Kind = "CustomResource"

	KindRelease Kind = "Release"
	KindRecord  Kind = "Record"
	KindLogTail Kind = "LogTail"
)

// KindInfo says where a kind is served.
type KindInfo struct {
	Kind                     Kind
	Group, Version, Resource string
	Namespaced               bool
}

// Builtin lists the kinds served by every API server careen supports, in the
// order in which they are read: small and decisive kinds first, pods and events
// last because they take longest.
var Builtin = []KindInfo{
	{KindNamespace, "", "v1", "namespaces", false},
	{KindServiceAccount, "", "v1", "serviceaccounts", true},
	{KindSecret, "", "v1", "secrets", true},
	{KindConfigMap, "", "v1", "configmaps", true},
	{KindDeployment, "apps", "v1", "deployments", true},
	{KindStatefulSet, "apps", "v1", "statefulsets", true},
	{KindDaemonSet, "apps", "v1", "daemonsets", true},
	{KindReplicaSet, "apps", "v1", "replicasets", true},
	{KindReplicationController, "", "v1", "replicationcontrollers", true},
	{KindJob, "batch", "v1", "jobs", true},
	{KindCronJob, "batch", "v1", "cronjobs", true},
	{KindClaim, "", "v1", "persistentvolumeclaims", true},
	{KindVolume, "", "v1", "persistentvolumes", false},
	{KindStorageClass, "storage.k8s.io", "v1", "storageclasses", false},
	{KindVolumeAttachment, "storage.k8s.io", "v1", "volumeattachments", false},
	{KindService, "", "v1", "services", true},
	{KindEndpointSlice, "discovery.k8s.io", "v1", "endpointslices", true},
	{KindIngress, "networking.k8s.io", "v1", "ingresses", true},
	{KindIngressClass, "networking.k8s.io", "v1", "ingressclasses", false},
	{KindNetworkPolicy, "networking.k8s.io", "v1", "networkpolicies", true},
	{KindRole, "rbac.authorization.k8s.io", "v1", "roles", true},
	{KindRoleBinding, "rbac.authorization.k8s.io", "v1", "rolebindings", true},
	{KindClusterRole, "rbac.authorization.k8s.io", "v1", "clusterroles", false},
	{KindClusterRoleBinding, "rbac.authorization.k8s.io", "v1", "clusterrolebindings", false},
	{KindResourceQuota, "", "v1", "resourcequotas", true},
	{KindLimitRange, "", "v1", "limitranges", true},
	{KindPDB, "policy", "v1", "poddisruptionbudgets", true},
	{KindHPA, "autoscaling", "v2", "horizontalpodautoscalers", true},
	{KindPriorityClass, "scheduling.k8s.io", "v1", "priorityclasses", false},
	{KindRuntimeClass, "node.k8s.io", "v1", "runtimeclasses", false},
	{KindValidatingWebhook, "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", false},
	{KindMutatingWebhook, "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", false},
	{KindAPIService, "apiregistration.k8s.io", "v1", "apiservices", false},
	{KindCRD, "apiextensions.k8s.io", "v1", "customresourcedefinitions", false},
	{KindNode, "", "v1", "nodes", false},
	{KindEvent, "", "v1", "events", true},
	{KindPod, "", "v1", "pods", true},
}

// Info finds a built-in kind; ok is false for custom resources and careen's own
// kinds.
func Info(k Kind) (info KindInfo, ok bool) {
	for _, i := range Builtin {
		if i.Kind == k {
			return i, true
		}
	}
	return KindInfo{}, false
}

// WorkloadKinds are the kinds whose rows are *Workload.
var WorkloadKinds = []Kind{
	KindDeployment, KindStatefulSet, KindDaemonSet, KindReplicaSet, KindReplicationController, KindJob, KindCronJob,
}
