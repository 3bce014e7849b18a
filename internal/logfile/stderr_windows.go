package logfile

import (
	"fmt"
	"os"

	"golang.org/x/sys/windows"
)

// Stderr is the process's standard error, which can be taken from the terminal:
// what is written there would tear the screen. It is for one goroutine.
type Stderr struct {
	log   *os.File
	saved *os.File // what it was; nil while it is not taken
}

// NewStderr takes nothing yet.
func NewStderr(log *os.File) *Stderr { return &Stderr{log: log} }

// Take points standard error at the log: for this process, and for those that it starts.
func (s *Stderr) Take() error {
	if s.saved != nil {
		return nil
	}
	if err := windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(s.log.Fd())); err != nil {
		return fmt.Errorf("sending standard error to the log: %w", err)
	}
	s.saved, os.Stderr = os.Stderr, s.log
	return nil
}

// Restore gives it back.
func (s *Stderr) Restore() {
	if s.saved == nil {
		return
	}
	_ = windows.SetStdHandle(windows.STD_ERROR_HANDLE, windows.Handle(s.saved.Fd()))
	os.Stderr, s.saved = s.saved, nil
}
