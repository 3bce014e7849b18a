package logtail

import "github.com/careen-tui/careen/internal/sanitize"

// Stream makes the lines of a text safe to show, one after the other: it remembers
// whether it stands within a private key. The zero Stream is at the beginning.
type Stream struct{ m masker }

// Line is a line sanitised, masked and cut at limit bytes.
func (s *Stream) Line(raw string, limit int) string {
	return sanitize.Line(s.m.mask(sanitize.Line(raw, readLimit)), limit)
}

// Mask is the line with what looks like a credential masked, otherwise as it is.
func (s *Stream) Mask(line string) string { return s.m.mask(line) }
