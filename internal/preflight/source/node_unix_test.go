//go:build unix

package source

import (
	"testing"

	"golang.org/x/sys/unix"
)

// node makes a device that would never end: /dev/zero.
func node(t *testing.T, path string) {
	t.Helper()
	if err := unix.Mknod(path, unix.S_IFCHR|0o666, int(unix.Mkdev(1, 5))); err != nil {
		t.Skip(err)
	}
}

// pipe makes a pipe that nobody writes to.
func pipe(t *testing.T, path string) {
	t.Helper()
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
}
