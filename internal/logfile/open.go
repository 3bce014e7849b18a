package logfile

import "fmt"

// notFollowed is the error of a link in the log's place. Whoever could put it there would
// have careen write elsewhere.
func notFollowed(path string) error {
	return fmt.Errorf("%s is a symbolic link, which is not followed: name the file itself with --log-file", path)
}
