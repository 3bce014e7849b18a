package logtail

import (
	"strings"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/sanitize"
)

// Stream makes the lines of a text safe to show, one after the other: it remembers
// what the lines before left open, such as a private key. The zero Stream is at the
// beginning.
type Stream struct{ masked mask.Stream }

// Line is the last state of a line, sanitised, masked and cut at limit bytes.
func (s *Stream) Line(raw string, limit int) string {
	return sanitize.Line(s.masked.Mask(state(raw)), limit)
}

// state is what a terminal would show of a line in the end: programs draw a bar of
// progress by going back to its beginning. It is sanitised, so that nothing within a
// word keeps it from being recognised.
func state(raw string) string {
	for rest := raw; ; {
		i := strings.LastIndexByte(rest, '\r')
		line := sanitize.Line(rest[i+1:], readLimit)
		if i < 0 || strings.TrimSpace(line) != "" {
			return line
		}
		rest = rest[:i]
	}
}
