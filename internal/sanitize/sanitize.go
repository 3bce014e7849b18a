// Package sanitize makes text from a cluster safe to print: names, messages,
// annotations and logs are written by whoever may write to the cluster, and a
// terminal obeys escape sequences. What is removed: C0 controls but for the
// newline, DEL, C1 controls, whole escape sequences (CSI, OSC, DCS, SOS, PM,
// APC), bidirectional controls, tags, zero-width and other invisible format
// characters, but for joiners and variation selectors where a script or an emoji
// needs them. Invalid UTF-8 becomes U+FFFD, a tab and a lone carriage return a space.
// Every result is bounded. A Writer is the way of such text to a terminal. The package
// is pure.
package sanitize

import (
	"strings"
	"unicode/utf8"
)

const ellipsis = "…"

// Line returns s on one line, safe, in at most limit bytes; what is longer ends
// with an ellipsis. A clean string is returned as it is, without allocating.
func Line(s string, limit int) string {
	if plain(s, false) && len(s) <= limit {
		return s
	}
	return clean(s, limit, false)
}

// Text is Line for text of several lines: newlines stay.
func Text(s string, limit int) string {
	if plain(s, true) && len(s) <= limit {
		return s
	}
	return clean(s, limit, true)
}

// plain is the fast path: printable ASCII only, and newlines where they may stay.
func plain(s string, newlines bool) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c > 0x7e {
			if c != '\n' || !newlines {
				return false
			}
		}
	}
	return true
}

func clean(s string, limit int, newlines bool) string {
	if limit < len(ellipsis) {
		return ""
	}
	var b strings.Builder
	b.Grow(min(len(s), limit))
	var before rune // what was written last
	write := func(r rune) {
		b.WriteRune(r)
		before = r
	}
	for i := 0; i < len(s); {
		if b.Len() > limit {
			break
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if n := sequence(s[i:], r, size); n > 0 {
			i += n
			continue
		}
		i += size
		switch {
		case r == '\n' || r == '\u2028' || r == '\u2029':
			if newlines {
				write('\n')
			} else {
				write(' ')
			}
		case r == '\r' && i < len(s) && s[i] == '\n':
		case r == '\t' || r == '\r':
			write(' ')
		case r < 0x20 || r >= 0x7f && r <= 0x9f:
		case hidden(r):
			next, _ := utf8.DecodeRuneInString(s[i:])
			if joins(before, r, next) {
				write(r)
			}
		default: // an invalid byte decodes to U+FFFD, which is what is written
			write(r)
		}
	}
	return bound(b.String(), limit)
}

// bound cuts at a rune's edge, and not behind a joiner.
func bound(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.TrimRight(s[:cut], "\u200c\u200d") + ellipsis
}
