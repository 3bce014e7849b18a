package model

import "time"

// Workload is a Deployment, StatefulSet, DaemonSet, ReplicaSet,
// ReplicationController, Job or CronJob.
type Workload struct {
	Meta
	Desired            int32 // replicas wanted: spec.replicas, desired nodes, completions still to come
	Current            int32
	Ready              int32
	Updated            int32
	Available          int32
	ObservedGeneration int64
	Paused             bool // paused, or suspended
	Selector           *Selector
	Template           Template
	Conditions         []Condition
	Strategy           string // RollingUpdate, Recreate, OnDelete
	Revision           string // deployment.kubernetes.io/revision, or the StatefulSet's update revision
	CurrentRevision    string // a StatefulSet's current revision

	ServiceName       string // StatefulSet: the headless service
	ClaimTemplates    []ClaimTemplate
	OrdinalStart      int32
	RetainWhenDeleted string // persistentVolumeClaimRetentionPolicy.whenDeleted; empty means Retain
	RetainWhenScaled  string
	Active            int32     // Job: running pods
	Finished          time.Time // Job: completion time, or the time of its Failed condition
	Failed            bool      // Job
	Schedule          string    // CronJob
}

// Template is a pod template or a pod's own spec. Its references stand in the
// owning record's Refs.
type Template struct {
	Labels         map[string]string
	Annotations    map[string]string
	ServiceAccount string // never empty: "default" where none is named
	AutomountToken bool
	Containers     []Container // init containers first
	NodeName       string
	RestartPolicy  string
	HostNetwork    bool
}

// Container is a container's specification. Env values are not kept: what they
// name is in Hosts and in the record's Refs.
type Container struct {
	Name, Image string
	Init        bool
	Sidecar     bool // an init container that restarts always
	EnvNames    []string
	Hosts       []HostList
	Requests    map[string]string
	Limits      map[string]string
	Env         map[string]string // only the few plain settings named in KeptEnv
}

// KeptEnv are the environment variables whose plain values are kept, because a
// probe reads them. None may ever hold a credential.
var KeptEnv = []string{"SECRET_MANAGER_TYPE", "K8S_NAMESPACE"}

// ClaimTemplate is one of a StatefulSet's volumeClaimTemplates; the claims it
// makes are named template-set-ordinal.
type ClaimTemplate struct {
	Name, Class, Size string
}

// HostList is a value that lists hosts of the form
// name-N[.service[.namespace[.svc...]]][:port], separated by commas, spaces or
// semicolons, or repeated in an argument.
type HostList struct {
	Path    string // where it stands: spec.template.spec.containers[0].args[3], data.VMSTORAGE_ADDR
	Field   string // the variable, key or argument: VMSTORAGE_ADDR, --storageNode
	Members []Host
}

// Host is one member of a HostList.
type Host struct {
	Raw       string
	Set       string // the part before -N
	Ordinal   int
	Service   string // empty where the host stands alone
	Namespace string // empty where it is not named
	Port      string
}

// Pod is one pod.
type Pod struct {
	Meta
	Template   Template
	Phase      string
	Reason     string
	Message    string
	Node       string
	IP         string
	Started    time.Time
	Ready      bool
	Conditions []Condition
	Containers []ContainerStatus
}

// ContainerStatus is a container's state as the kubelet last told.
type ContainerStatus struct {
	Name     string
	Init     bool
	Ready    bool
	Restarts int32
	Waiting  *Waiting
	Running  time.Time // started at; zero where it does not run
	Exit     *Exit     // its present state, where it has terminated
	LastExit *Exit     // the run before this one
}

// Waiting is the reason why a container does not run.
type Waiting struct{ Reason, Message string }

// Exit is how a container ended.
type Exit struct {
	Code              int32
	Reason, Message   string
	Started, Finished time.Time
}

// LogTail is the end of a crash-looping container's previous log: read once per
// run, at most 200 lines and 256 KiB, sanitised, with what looks like a
// credential masked. Its name is pod/container.
type LogTail struct {
	Meta
	Pod       Ref
	Container string
	Restarts  int32 // the restart count it was read at
	Read      time.Time
	Lines     []string  // the last few
	Missing   []Absence // what the log says was not found, newest first
	Error     string    // why it could not be read
	Forbidden bool
}

// Absence is one line of a log that says that an object was not found.
type Absence struct {
	Kind Kind // Secret or ConfigMap
	Name string
	Line string
}
