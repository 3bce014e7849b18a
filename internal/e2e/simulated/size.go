package simulated

import (
	"fmt"
	"iter"
)

// Size says how much there is. All numbers are of the whole cluster.
type Size struct {
	Namespaces, Nodes int
	Workloads         int // Deployments, each with a ReplicaSet, a Service, an account, a Secret and a ConfigMap
	Pods              int // spread evenly over the workloads
	Releases          int // of Helm: the first of the workloads are theirs, each with a PVC
	Revisions         int // of each release
	Wrong             int // one of how many workloads has something wrong; 0 for none
	Definitions       int // CustomResourceDefinitions
	Custom            int // objects of each of them
}

// The sizes that careen's budgets are stated for.
var (
	Usual  = Size{Namespaces: 100, Nodes: 120, Workloads: 1000, Pods: 10_000, Releases: 1000, Revisions: 3, Wrong: 50}
	Large  = Size{Namespaces: 200, Nodes: 1500, Workloads: 5000, Pods: 50_000, Releases: 2000, Revisions: 3, Wrong: 50}
	Utmost = Size{Namespaces: 500, Nodes: 5000, Workloads: 15_000, Pods: 150_000, Releases: 3000, Revisions: 3, Wrong: 50}
)

// fault is what is wrong with a workload.
type fault int

const (
	nothing fault = iota
	badImage
	noConfigMap
	stuckRelease
	faults
)

// wrong spreads the faults evenly; the first workload has one.
func (s Size) wrong(workload int) fault {
	if s.Wrong == 0 || workload%s.Wrong != 0 {
		return nothing
	}
	f := 1 + fault(workload/s.Wrong)%(faults-1)
	if f == stuckRelease && workload >= s.Releases {
		return badImage
	}
	return f
}

// Namespace is the name of a namespace. Names have one width, so that they are in order
// where their numbers are.
func Namespace(i int) string { return fmt.Sprintf("team-%04d", i) }

// Workload is the name of a workload, and of what belongs to it.
func Workload(i int) string { return fmt.Sprintf("app-%05d", i) }

// Node is the name of a node.
func Node(i int) string { return fmt.Sprintf("node-%05d", i) }

func (s Size) namespaceOf(workload int) string { return Namespace(workload % s.Namespaces) }

// namespaces are the numbers of those that a request is about.
func (s Size) namespaces(of string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range s.Namespaces {
			if of != "" && of != Namespace(i) {
				continue
			}
			if !yield(i) {
				return
			}
		}
	}
}

// workloads are the numbers of those in a namespace, or in all, in the order in which a
// server lists them.
func (s Size) workloads(namespace string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for ns := range s.namespaces(namespace) {
			for i := ns; i < s.Workloads; i += s.Namespaces {
				if !yield(i) {
					return
				}
			}
		}
	}
}

// pods are how many a workload has, and the number of its first.
func (s Size) pods(workload int) (first, n int) {
	first = workload * s.Pods / s.Workloads
	return first, (workload+1)*s.Pods/s.Workloads - first
}
