//go:build !linux

package main

import "syscall"

// childAttributes put a child into a process group of its own, so that a
// terminal's interrupt reaches only its parent. That the parent died it learns
// from followParent.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
