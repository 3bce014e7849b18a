//go:build unix

package logfile

import (
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// open opens a log for appending, and follows no link in its place.
func open(path string) (*os.File, error) {
	flags := os.O_APPEND | os.O_CREATE | os.O_WRONLY
	if !strings.HasPrefix(path, "/dev/") { // /dev/stderr is a link
		flags |= unix.O_NOFOLLOW
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if errors.Is(err, unix.ELOOP) {
		return nil, notFollowed(path)
	}
	return f, err
}
