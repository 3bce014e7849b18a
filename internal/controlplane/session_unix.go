//go:build unix

package controlplane

import "syscall"

// ownSession keeps a terminal's interrupt from the cluster, so that it is careen that
// says when the cluster ends. And where the kernel shares processors between sessions, as
// Linux does, a cluster that is busy leaves the interface its half.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
