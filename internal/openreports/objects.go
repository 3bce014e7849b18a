package openreports

import "strings"

// Variant is one of the APIs.
type Variant struct {
	APIVersion    string
	Kind, Cluster string // of the object for a namespace, and for the cluster
	Resource      string // plural of Kind
	Clusters      string // plural of Cluster
	headed        bool   // whether the object has a source of its own
}

// Group is the API group.
func (v Variant) Group() string {
	group, _, _ := strings.Cut(v.APIVersion, "/")
	return group
}

// Version is the version in which the group's objects are written.
func (v Variant) Version() string {
	_, version, _ := strings.Cut(v.APIVersion, "/")
	return version
}

// The variants.
var (
	OpenReports = Variant{
		APIVersion: "openreports.io/v1alpha1", Kind: "Report", Cluster: "ClusterReport",
		Resource: "reports", Clusters: "clusterreports", headed: true,
	}
	PolicyReports = Variant{
		APIVersion: "wgpolicyk8s.io/v1alpha2", Kind: "PolicyReport", Cluster: "ClusterPolicyReport",
		Resource: "policyreports", Clusters: "clusterpolicyreports",
	}
)

// Report is one object of either variant.
type Report struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Source     string   `json:"source,omitempty"`
	Scope      *Object  `json:"scope,omitempty"`
	Summary    Summary  `json:"summary"`
	Results    []Result `json:"results,omitempty"`
}

// Metadata are the object's own.
type Metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Object refers to one of the cluster.
type Object struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
}

// Summary counts results, those that were left out among them; Pass counts the probes
// that looked and found nothing.
type Summary struct {
	Pass  int `json:"pass"`
	Fail  int `json:"fail"`
	Warn  int `json:"warn"`
	Error int `json:"error"`
	Skip  int `json:"skip"`
}

// Result is one finding.
type Result struct {
	Source     string            `json:"source"`
	Policy     string            `json:"policy"`
	Rule       string            `json:"rule,omitempty"`
	Severity   string            `json:"severity,omitempty"`
	Timestamp  Timestamp         `json:"timestamp"`
	Result     Outcome           `json:"result"`
	Scored     bool              `json:"scored,omitempty"`
	Resources  []Object          `json:"resources,omitempty"`
	Message    string            `json:"message,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
}

// Timestamp is a time as these objects write it.
type Timestamp struct {
	Seconds int64 `json:"seconds"`
	Nanos   int32 `json:"nanos"`
}

// Outcome is what became of a probe on one subject.
type Outcome string

// The outcomes that careen reports.
const (
	Fail  Outcome = "fail"
	Warn  Outcome = "warn"  // severity low
	Error Outcome = "error" // unknown: not everything could be looked at
	Skip  Outcome = "skip"  // known: a baseline or a waiver has it
)
