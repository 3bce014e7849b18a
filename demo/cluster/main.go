// Command careen-cluster is a Kubernetes control plane in one binary: etcd, the
// API server, the controller manager, the scheduler and KWOK, each a process of
// this same executable, and a stand-in for the kubelet that gives pods the
// statuses, events and logs that a real one would.
package main

import (
	"fmt"
	"os"
)

const usage = `careen-cluster runs a real Kubernetes control plane on this machine.

Usage:
  careen-cluster up [flags]     start everything and stay until interrupted
  careen-cluster version        print the Kubernetes version it serves

Run "careen-cluster up -h" for its flags.
`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	name := os.Args[1]
	if run, ok := components[name]; ok {
		os.Args = append([]string{name}, os.Args[2:]...)
		followParent()
		os.Exit(run())
	}
	switch name {
	case "up":
		os.Exit(up(os.Args[2:]))
	case "version", "--version":
		fmt.Println(serverVersion())
	case "help", "-h", "--help":
		fmt.Print(usage)
	default:
		fmt.Fprintf(os.Stderr, "careen-cluster: unknown command %q\n\n%s", name, usage)
		os.Exit(2)
	}
}
