package connect

import (
	"os/exec"
	"syscall"
)

// detached starts a process without a console (winbase.h, DETACHED_PROCESS).
const detached = 0x00000008

// runApart runs a command without a console.
func runApart(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: detached | syscall.CREATE_NEW_PROCESS_GROUP}
	return cmd.Run()
}
