package main

import "syscall"

// childAttributes put a child into a process group of its own, so that a
// terminal's interrupt reaches only its parent, and let the kernel kill it when
// the thread that started it ends.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
