package sandbox

import (
	"os/exec"
	"runtime"
)

// RunApart runs a command apart and waits for its end.
func RunApart(cmd *exec.Cmd) error {
	apart(cmd)
	runtime.LockOSThread() // Linux ends the command with the thread that started it
	defer runtime.UnlockOSThread()
	return cmd.Run()
}
