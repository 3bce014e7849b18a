package logfile

import (
	"io/fs"
	"os"
)

// open opens a log for appending, and follows no link in its place. Windows has no flag
// for that; to make a link there takes a right that few accounts have.
func open(path string) (*os.File, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, notFollowed(path)
	}
	return os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
}
