// Package controlplane finds, builds and runs the control plane of demo/cluster:
// a real etcd, API server, controller manager and scheduler, and simulated nodes,
// in one executable called careen-cluster.
//
// That executable is a Go module of its own, so that k8s.io/kubernetes stays out
// of careen's. It is looked for beside the running executable, then in the cache,
// under a hash of its sources; failing that it is built from the checkout.
//
// What Start began ends with Stop, with its context, and with this process,
// however that ends: careen-cluster ends when its stdin does.
package controlplane
