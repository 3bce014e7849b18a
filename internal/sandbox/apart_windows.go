package sandbox

import (
	"os/exec"
	"syscall"
)

// detached starts a process without a console (winbase.h, DETACHED_PROCESS).
const detached = 0x00000008

// apart has a command run without a console.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: detached | syscall.CREATE_NEW_PROCESS_GROUP}
}
