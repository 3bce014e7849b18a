package model

// The kinds that careen reads; what is known of each is a row of the table. Release,
// Record and LogTail are careen's own: a Record is one stored revision of a Helm
// release, a LogTail the end of a crash-looping container's previous log.
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
	KindLease                 Kind = "Lease"
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

	// KindCustom stands for every custom resource at once in a probe's Needs and Uses and
	// in coverage; a custom resource's own Ref carries its real kind and group.
	KindCustom Kind = "CustomResource"

	KindRelease Kind = "Release"
	KindRecord  Kind = "Record"
	KindLogTail Kind = "LogTail"
)

// KindInfo is what careen knows of a kind: a row of the table. Whatever depends on the
// kind of an object reads a column, or looks at the type of its row.
type KindInfo struct {
	Kind                     Kind
	Group, Version, Resource string // where it is served; of careen's own kinds Resource alone, as coverage calls it
	Namespaced               bool
	Row                      Row    // a nil pointer to the type of its rows; nil where it has none
	Short                    string // what is written where there is little room, and understood on the command line
	Alias                    string // kubectl's short name, where Short is another

	Within         []string // the only namespaces in which it is watched; nil for all
	Fields, Labels string   // selectors of the objects that are read; empty for all

	Hub   bool // joins what has nothing to do with each other: a time line looks at it, but not beyond
	Made  bool // controllers make it in consequence of something else: it is no change of an operator's
	Part  bool // says something of another object, which is drawn and dated in its place
	Quiet bool // its changes are no events of a time line
	Many  bool // there are so many that a screen has the others read first

	// Concerns are the namespaces that a move of a cluster-scoped object concerns.
	Concerns Concern

	// Of careen's own kinds: Of is the kind whose rows it is made of, Shown how findings
	// call it, Rights what must be granted to read it.
	Of, Shown Kind
	Rights    []Right
}

// Builtin lists the kinds that are read from every API server, in the order in which
// they are read: small and decisive kinds first, pods and events last because they
// take longest.
var Builtin = []KindInfo{
	{Kind: KindNamespace, Version: "v1", Resource: "namespaces", Row: (*Namespace)(nil), Short: "ns", Hub: true, Concerns: Itself},
	{Kind: KindServiceAccount, Version: "v1", Resource: "serviceaccounts", Namespaced: true, Row: (*ServiceAccount)(nil), Short: "sa"},
	{Kind: KindSecret, Version: "v1", Resource: "secrets", Namespaced: true, Row: (*Secret)(nil), Short: "secret", Fields: "type!=" + HelmSecretType},
	{Kind: KindConfigMap, Version: "v1", Resource: "configmaps", Namespaced: true, Row: (*ConfigMap)(nil), Short: "cm", Labels: "owner!=helm"},
	{Kind: KindDeployment, Group: "apps", Version: "v1", Resource: "deployments", Namespaced: true, Row: (*Workload)(nil), Short: "deploy"},
	{Kind: KindStatefulSet, Group: "apps", Version: "v1", Resource: "statefulsets", Namespaced: true, Row: (*Workload)(nil), Short: "sts"},
	{Kind: KindDaemonSet, Group: "apps", Version: "v1", Resource: "daemonsets", Namespaced: true, Row: (*Workload)(nil), Short: "ds"},
	{Kind: KindReplicaSet, Group: "apps", Version: "v1", Resource: "replicasets", Namespaced: true, Row: (*Workload)(nil), Short: "rs", Made: true},
	{Kind: KindReplicationController, Version: "v1", Resource: "replicationcontrollers", Namespaced: true, Row: (*Workload)(nil), Short: "rc"},
	{Kind: KindJob, Group: "batch", Version: "v1", Resource: "jobs", Namespaced: true, Row: (*Workload)(nil), Short: "job"},
	{Kind: KindCronJob, Group: "batch", Version: "v1", Resource: "cronjobs", Namespaced: true, Row: (*Workload)(nil), Short: "cj"},
	{Kind: KindClaim, Version: "v1", Resource: "persistentvolumeclaims", Namespaced: true, Row: (*Claim)(nil), Short: "pvc"},
	{Kind: KindVolume, Version: "v1", Resource: "persistentvolumes", Row: (*Volume)(nil), Short: "pv", Concerns: Tied},
	{Kind: KindStorageClass, Group: "storage.k8s.io", Version: "v1", Resource: "storageclasses", Row: (*StorageClass)(nil), Short: "sc", Hub: true},
	{Kind: KindVolumeAttachment, Group: "storage.k8s.io", Version: "v1", Resource: "volumeattachments", Row: (*Attachment)(nil), Short: "volumeattachment", Made: true, Quiet: true, Concerns: Tied},
	{Kind: KindService, Version: "v1", Resource: "services", Namespaced: true, Row: (*Service)(nil), Short: "svc"},
	{Kind: KindEndpointSlice, Group: "discovery.k8s.io", Version: "v1", Resource: "endpointslices", Namespaced: true, Row: (*EndpointSlice)(nil), Short: "endpointslice", Made: true, Part: true, Quiet: true},
	{Kind: KindIngress, Group: "networking.k8s.io", Version: "v1", Resource: "ingresses", Namespaced: true, Row: (*Ingress)(nil), Short: "ing"},
	{Kind: KindIngressClass, Group: "networking.k8s.io", Version: "v1", Resource: "ingressclasses", Row: (*Object)(nil), Short: "ingressclass", Hub: true},
	{Kind: KindNetworkPolicy, Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies", Namespaced: true, Row: (*NetworkPolicy)(nil), Short: "netpol"},
	{Kind: KindRole, Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "roles", Namespaced: true, Row: (*Role)(nil), Short: "role"},
	{Kind: KindRoleBinding, Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "rolebindings", Namespaced: true, Row: (*Binding)(nil), Short: "binding"},
	{Kind: KindClusterRole, Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterroles", Row: (*Role)(nil), Short: "clusterrole", Hub: true},
	{Kind: KindClusterRoleBinding, Group: "rbac.authorization.k8s.io", Version: "v1", Resource: "clusterrolebindings", Row: (*Binding)(nil), Short: "clusterbinding"},
	{Kind: KindResourceQuota, Version: "v1", Resource: "resourcequotas", Namespaced: true, Row: (*Quota)(nil), Short: "quota"},
	{Kind: KindLimitRange, Version: "v1", Resource: "limitranges", Namespaced: true, Row: (*LimitRange)(nil), Short: "limits"},
	{Kind: KindPDB, Group: "policy", Version: "v1", Resource: "poddisruptionbudgets", Namespaced: true, Row: (*DisruptionBudget)(nil), Short: "pdb"},
	{Kind: KindHPA, Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers", Namespaced: true, Row: (*Autoscaler)(nil), Short: "hpa"},
	{Kind: KindPriorityClass, Group: "scheduling.k8s.io", Version: "v1", Resource: "priorityclasses", Row: (*Object)(nil), Short: "pc", Hub: true},
	{Kind: KindRuntimeClass, Group: "node.k8s.io", Version: "v1", Resource: "runtimeclasses", Row: (*Object)(nil), Short: "runtimeclass", Hub: true},
	{Kind: KindValidatingWebhook, Group: "admissionregistration.k8s.io", Version: "v1", Resource: "validatingwebhookconfigurations", Row: (*WebhookConfig)(nil), Short: "validatingwebhook"},
	{Kind: KindMutatingWebhook, Group: "admissionregistration.k8s.io", Version: "v1", Resource: "mutatingwebhookconfigurations", Row: (*WebhookConfig)(nil), Short: "mutatingwebhook"},
	{Kind: KindAPIService, Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices", Row: (*Object)(nil), Short: "apiservice"},
	{Kind: KindCRD, Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions", Row: (*Object)(nil), Short: "crd"},
	{Kind: KindNode, Version: "v1", Resource: "nodes", Row: (*Node)(nil), Short: "node", Alias: "no", Hub: true, Quiet: true, Concerns: Tied},
	{Kind: KindLease, Group: "coordination.k8s.io", Version: "v1", Resource: "leases", Namespaced: true, Row: (*Lease)(nil), Short: "lease", Within: []string{"kube-system"}, Made: true, Part: true, Quiet: true},
	{Kind: KindEvent, Version: "v1", Resource: "events", Namespaced: true, Row: (*Event)(nil), Short: "event", Alias: "ev", Fields: "type=Warning", Made: true, Part: true, Quiet: true, Many: true},
	{Kind: KindPod, Version: "v1", Resource: "pods", Namespaced: true, Row: (*Pod)(nil), Short: "pod", Alias: "po", Made: true, Many: true},
}

// own lists the kinds that no server serves: what careen makes of other objects, and
// KindCustom, whose row stands for every kind that is not in the table.
var own = []KindInfo{
	{Kind: KindRelease, Resource: "releases", Namespaced: true, Short: "release", Of: KindRecord},
	{
		Kind: KindRecord, Resource: "releases", Namespaced: true, Row: (*Record)(nil), Short: "record", Part: true, Of: KindSecret, Shown: KindRelease,
		// Revisions are listed by their metadata; the newest body is one GET.
		Rights: []Right{{Resource: "secrets", Verbs: []string{"get", "list", "watch"}}, {Resource: "configmaps", Verbs: []string{"get", "list", "watch"}}},
	},
	{
		Kind: KindLogTail, Resource: "podlogs", Namespaced: true, Row: (*LogTail)(nil), Short: "log", Made: true, Part: true, Quiet: true, Of: KindPod, Shown: KindPod,
		Rights: []Right{{Resource: "pods", Verbs: watching}, {Resource: "pods/log", Verbs: []string{"get"}}},
	},
	{
		Kind: KindCustom, Resource: "customresources", Namespaced: true, Row: (*Object)(nil), Short: "custom",
		Rights: []Right{{Group: "apiextensions.k8s.io", Resource: "customresourcedefinitions", Verbs: watching}},
	},
}
