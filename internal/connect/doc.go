// Package connect is the one way from careen to a cluster: it reads the kubeconfig
// as kubectl does and makes the clients that the process shares. Every request,
// Helm's too, passes one guard, which knows the mode and lets no write out of a
// read-only process, and one gate, which holds requests back during a login.
package connect
