package controlplane

import (
	"fmt"
	"time"
)

// Components of a control plane, as commands name them.
const (
	Etcd              = "etcd"
	APIServer         = "kube-apiserver"
	ControllerManager = "kube-controller-manager"
	Scheduler         = "kube-scheduler"
	Kwok              = "kwok"
)

// Users that every cluster has, and the contexts of its kubeconfig that are
// theirs. Further ones are named by Options.Users; their contexts are DemoContext
// with a dash and the name.
const (
	Admin  = "admin"  // system:masters
	Viewer = "viewer" // the built-in role "view"
	CIBot  = "ci-bot" // no rights

	DemoContext   = "demo"
	ViewerContext = DemoContext + "-" + Viewer
	CIBotContext  = DemoContext + "-" + CIBot
)

// Options of a cluster. The zero value is a usable one.
type Options struct {
	// Binary is the executable; Locate finds it if empty.
	Binary string
	// Dir is where its files go: a directory that is empty or not there, a temporary
	// one if empty. It is gone after Stop.
	Dir string
	// Audit lets the API server write Cluster.AuditLog.
	Audit bool
	// Nodes is how many there are; 0 is three.
	Nodes int
	// Users are further ones: NAME or NAME=GROUP,GROUP.
	Users []string
	// Timeout is how long everything may take to become ready; 0 is two minutes.
	Timeout time.Duration
	// Progress is told what is built and started.
	Progress Progress
}

func (o Options) timeout() time.Duration {
	if o.Timeout == 0 {
		return 2 * time.Minute
	}
	return o.Timeout
}

func (o Options) arguments(dir string) []string {
	arguments := []string{"up", "--control", "--dir=" + dir, "--timeout=" + o.timeout().String()}
	if o.Audit {
		arguments = append(arguments, "--audit")
	}
	if o.Nodes > 0 {
		arguments = append(arguments, fmt.Sprintf("--nodes=%d", o.Nodes))
	}
	for _, user := range o.Users {
		arguments = append(arguments, "--user="+user)
	}
	return arguments
}
