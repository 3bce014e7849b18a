package release

import (
	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/sanitize"
)

// ahead is how far a string is read past its limit, so that a cut shows.
const ahead = 4

// line copies a name or word out of a record, sanitised, in at most maxName bytes.
func line(b []byte) string {
	if w, ok := words[string(b)]; ok {
		return w
	}
	return sanitize.Line(string(b), maxName)
}

// lines is line for text of several lines, in at most maxText bytes, masked: a
// description quotes the errors of a cluster.
func lines(b []byte) string {
	if w, ok := words[string(b)]; ok {
		return w
	}
	return sanitize.Text(mask.Text(sanitize.Text(string(b), maxText)), maxText)
}
