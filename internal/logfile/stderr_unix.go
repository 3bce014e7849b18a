//go:build unix

package logfile

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Stderr is the process's standard error, which can be taken from the terminal:
// what is written there would tear the screen. It is for one goroutine.
type Stderr struct {
	log   *os.File
	saved int // a copy of what it was; -1 while it is not taken
}

// NewStderr takes nothing yet.
func NewStderr(log *os.File) *Stderr { return &Stderr{log, -1} }

// Take points standard error at the log.
func (s *Stderr) Take() error {
	if s.saved >= 0 {
		return nil
	}
	saved, err := unix.Dup(2)
	if err != nil {
		return fmt.Errorf("setting standard error aside: %w", err)
	}
	unix.CloseOnExec(saved)
	if err := unix.Dup2(int(s.log.Fd()), 2); err != nil {
		unix.Close(saved)
		return fmt.Errorf("sending standard error to the log: %w", err)
	}
	s.saved = saved
	return nil
}

// Restore gives it back.
func (s *Stderr) Restore() {
	if s.saved < 0 {
		return
	}
	_ = unix.Dup2(s.saved, 2)
	_ = unix.Close(s.saved)
	s.saved = -1
}
