package sandbox

import "syscall"

// endsWithUs has the kernel end the process when careen is killed.
func endsWithUs(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }
