//go:build unix

package controlplane

import "syscall"

// ownGroup keeps a terminal's interrupt from the cluster, so that it is careen that
// says when the cluster ends.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
