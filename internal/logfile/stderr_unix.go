//go:build unix

package logfile

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// TakeStderr points the process's standard error at the log, since what is written
// there would tear the screen, and returns how to give it back.
func TakeStderr(f *os.File) (restore func(), err error) {
	saved, err := unix.Dup(2)
	if err != nil {
		return nil, fmt.Errorf("setting standard error aside: %w", err)
	}
	unix.CloseOnExec(saved)
	if err := unix.Dup2(int(f.Fd()), 2); err != nil {
		unix.Close(saved)
		return nil, fmt.Errorf("sending standard error to the log: %w", err)
	}
	return func() {
		_ = unix.Dup2(saved, 2)
		_ = unix.Close(saved)
	}, nil
}
