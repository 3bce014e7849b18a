package model

import (
	"encoding/json"
	"fmt"
	"time"
)

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
	Strategy           string `careen:"keep"` // RollingUpdate, Recreate, OnDelete
	Revision           string `careen:"name"` // deployment.kubernetes.io/revision, or the StatefulSet's update revision
	CurrentRevision    string `careen:"name"` // a StatefulSet's current revision

	ServiceName       string `careen:"name"` // StatefulSet: the headless service
	ClaimTemplates    []ClaimTemplate
	OrdinalStart      int32
	RetainWhenDeleted string    `careen:"keep"` // persistentVolumeClaimRetentionPolicy.whenDeleted; empty means Retain
	RetainWhenScaled  string    `careen:"keep"`
	Active            int32     // Job: running pods; CronJob: Jobs that run
	Finished          time.Time // Job: completion time, or the time of its Failed condition
	Failed            bool      // Job
	Started           time.Time // Job: when its pods were first made
	Retries           int32     // Job: backoffLimit
	Bounded           bool      // Job: it is ended when its time is up
	Schedule          *Schedule // CronJob

	MaxUnavailable string `careen:"keep"` // of a rolling update, a number or a share; empty where it has none
	MaxSurge       string `careen:"keep"`
	Partition      int32  // StatefulSet: pods below it are not updated
	Ordered        bool   // StatefulSet: it makes and replaces one pod after the other
}

// Template is a pod template or a pod's own spec. Its references stand in the
// owning record's Refs. Of a pod it has no labels, annotations and node: they are the pod's own.
type Template struct {
	Labels         map[string]string `careen:"key value"`
	Annotations    map[string]string `careen:"key notes"`
	ServiceAccount string            `careen:"name"` // never empty: "default" where none is named
	AutomountToken bool
	Containers     []Container // init containers first
	NodeName       string      `careen:"name"`
	RestartPolicy  string      `careen:"keep"`
	HostNetwork    bool
	Placement      *Placement
	DNSPolicy      string   `careen:"keep"`
	Nameservers    []string `careen:"keep"` // of dnsConfig
	Searches       bool     // dnsConfig has search domains
	Aliases        []string `careen:"name"` // the names of hostAliases
	FirstPort      int32    // of those that a sysctl leaves for connections that the pod opens; 0 where none is set
	LastPort       int32    // of them
}

// OfPod returns what a pod of the template has.
func (t Template) OfPod() *Template {
	t.Labels, t.Annotations, t.NodeName = nil, nil, ""
	return &t
}

// Container is a container's specification. Env values are not kept: what they
// name is in Hosts and in the record's Refs.
type Container struct {
	Name     string `careen:"name"`
	Image    string `careen:"image"`
	Init     bool
	Sidecar  bool // an init container that restarts always
	Ports    []ContainerPort
	Listens  []int32 // ports that its arguments and settings name without a host: the program may listen there, declared or not
	Probes   []Probe
	Mounts   []Mount
	Security Security
	EnvNames []string `careen:"text"` // as they stand in env: the index is that of a reference's path
	Twice    []string `careen:"text"` // variables that env sets twice, to different values
	Unset    []Unset  // what values of env name as $(NAME), and nothing sets before them
	Calls    []Call   // what its command asks the API server for by kubectl
	Endless  bool     // its command is a script that goes round in a loop which nothing in it leaves
	Hosts    []HostList
	Requests map[string]string `careen:"key keep"`
	Limits   map[string]string `careen:"key keep"`
	Env      map[string]string `careen:"keep text"` // only the few plain settings named in KeptEnv
}

// Unset is a variable that the value of another one names, and that is not set there.
type Unset struct {
	Index int    // of the other one, in env
	Name  string `careen:"text"`
}

// Call is a right that a container's command needs.
type Call struct {
	Verb      string `careen:"keep"`
	Resource  string `careen:"keep"`
	Group     string `careen:"api"`
	Namespace string `careen:"name"` // empty for the whole cluster
}

// ContainerPort is a port that a container declares.
type ContainerPort struct {
	Name     string `careen:"name"` // empty where it has none
	Protocol string `careen:"keep"` // TCP, UDP or SCTP, never empty
	Number   int32
	Host     int32  // the node's port, 0 where it takes none
	HostIP   string `careen:"keep"` // the node's address of which it takes it; empty for all
	Aside    bool   // by its name the program is watched or managed there, not used
}

// KeptEnv are the environment variables whose plain values are kept, because a
// probe reads them. None may ever hold a credential.
var KeptEnv = []string{"SECRET_MANAGER_TYPE", "K8S_NAMESPACE"}

// ClaimTemplate is one of a StatefulSet's volumeClaimTemplates; the claims it
// makes are named template-set-ordinal.
type ClaimTemplate struct {
	Name, Class string `careen:"name"`
	Size        string `careen:"keep"`
}

// HostList is a list of one set's members, as package hosts finds it in a value, a
// repeated flag, an array or in keys that differ by a number.
type HostList struct {
	Path     string `careen:"text"` // where it stands: spec.template.spec.containers[0].args[3], data.VMSTORAGE_ADDR
	Field    string `careen:"text"` // the nearest key above it: VMSTORAGE_ADDR, --storageNode, server.N
	Members  []Host // in their order
	Role     ListRole
	Open     bool   // it may name more hosts than can be read
	Numbered bool   // each member has a key of its own, and the keys are numbered
	Frozen   bool   // nothing can be put into it or taken out of it
	Entry    string `careen:"text"` // a further entry, with {} for the member's number and {+1} for the one after it; empty where it is not known
	Why      string `careen:"text"` // why it is not
}

// ListRole is what a list is for, as its key says.
type ListRole int8

// The roles of lists.
const (
	ListsAll      ListRole = iota // it is meant to name all members, as far as can be known
	ListsSome                     // it names those of one role: replicas, standbys
	ListsFounders                 // it names those to begin with: bootstrap and seed lists
)

// Host is one entry of a HostList.
type Host struct {
	Raw       string `careen:"name"` // all of it, without credentials, path and query: 1@node-0.node:7000
	Set       string `careen:"name"` // of the host's name, the part before -N
	Ordinal   int
	Service   string `careen:"name"` // empty where the host stands alone
	Namespace string `careen:"name"` // empty where it is not named
}

// Pod is one pod.
type Pod struct {
	Meta
	Template   *Template // never nil, and never changed: the pods of one template share it
	Phase      string    `careen:"keep"`
	Reason     string    `careen:"keep"`
	Message    string    `careen:"text"`
	Node       string    `careen:"name"`
	IP         string    `careen:"keep"`
	Started    time.Time
	Ready      bool
	Conditions []Condition
	Containers []ContainerStatus
}

// UnmarshalJSON reads a pod; one without a template has an empty one.
func (p *Pod) UnmarshalJSON(raw []byte) error {
	type plain Pod
	if err := json.Unmarshal(raw, (*plain)(p)); err != nil {
		return fmt.Errorf("pod: %w", err)
	}
	if p.Template == nil {
		p.Template = new(Template)
	}
	p.Template = p.Template.OfPod()
	return nil
}

// ContainerStatus is a container's state as the kubelet last told.
type ContainerStatus struct {
	Name     string `careen:"name"`
	Init     bool
	Ready    bool
	Restarts int32
	Waiting  *Waiting
	Running  time.Time // started at; zero where it does not run
	Exit     *Exit     // its present state, where it has terminated
	LastExit *Exit     // the run before this one
}

// Waiting is the reason why a container does not run.
type Waiting struct {
	Reason  string `careen:"keep"`
	Message string `careen:"text"`
}

// Exit is how a container ended.
type Exit struct {
	Code              int32
	Reason            string `careen:"keep"`
	Message           string `careen:"text"`
	Started, Finished time.Time
}

// LogTail is the end of a crash-looping container's previous log: read once per
// run, at most 200 lines and 256 KiB, sanitised, with what looks like a
// credential masked. Its name is pod/container.
type LogTail struct {
	Meta
	Pod       Ref
	Container string `careen:"name"`
	Restarts  int32  // the restart count it was read at
	Read      time.Time
	Lines     []string  `careen:"text"` // the last few
	Missing   []Absence // what the log says was not found, newest first
	Telling   *Telling  // why the program ended, or does not work; nil where the log does not say
	Well      bool      // the container runs and is ready, and yet says Telling again and again
	Of        int       // of one that is well: how many lines were read
	Said      *Telling  // of one that is well: what it said that tells most, were it only once; nil where a dump does not hold it
	Times     int       // of one that is well: how often, in the lines that were read
	First     time.Time // of one that is well: the first of these, by the log's own times, which it may not have
	Last      time.Time // likewise the newest
	Zone      bool      // these times say of which zone they are; else they are taken as UTC
	Error     string    `careen:"text"` // why it could not be read
	Forbidden bool
}

// Absence is one line of a log that says that an object was not found.
type Absence struct {
	Kind Kind   `careen:"keep"` // Secret or ConfigMap
	Name string `careen:"name"`
	Line string `careen:"text"`
}
