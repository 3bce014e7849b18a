//go:build unix

package sandbox

import (
	"os/exec"
	"syscall"
)

// apart has a command run in a session of its own, which has no terminal, and end
// with all that it started when its context ends. Linux ends it too when the thread
// that starts it ends, so start it from a locked one.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	endsWithUs(cmd.SysProcAttr)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
