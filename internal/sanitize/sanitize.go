// Package sanitize makes text from a cluster safe to print: names, messages,
// annotations and logs are written by whoever may write to the cluster, and a
// terminal obeys escape sequences. What is removed: C0 controls but for the
// newline, DEL, C1 controls, whole escape sequences (CSI, OSC, DCS, SOS, PM,
// APC), bidirectional controls, zero-width and other invisible format
// characters. Invalid UTF-8 becomes U+FFFD, a tab a space. Every result is
// bounded. The package is pure.
package sanitize

import (
	"strings"
	"unicode"
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
				b.WriteByte('\n')
			} else {
				b.WriteByte(' ')
			}
		case r == '\t':
			b.WriteByte(' ')
		case r < 0x20 || r >= 0x7f && r <= 0x9f || hidden(r):
		default: // an invalid byte decodes to U+FFFD, which is what is written
			b.WriteRune(r)
		}
	}
	return bound(b.String(), limit)
}

// bound cuts at a rune's edge.
func bound(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit - len(ellipsis)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + ellipsis
}

// hidden tells whether a rune takes no room or steers the text around it.
func hidden(r rune) bool {
	switch {
	case r < 0xa0:
		return false
	case r == 0x034f || r == 0x115f || r == 0x1160 || r == 0x17b4 || r == 0x17b5 || r == 0x3164 || r == 0xffa0:
		return true // joiners and fillers that draw nothing
	case r >= 0x180b && r <= 0x180f, r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0000 && r <= 0xe0fff:
		return true // variation selectors and tags
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// sequence is the length of the escape sequence at the start of s, 0 where none
// begins. A string sequence without its end stops at the newline.
func sequence(s string, r rune, size int) int {
	var kind byte
	switch r {
	case 0x1b:
		if len(s) < 2 {
			return 1
		}
		kind, size = s[1], 2
	case 0x90, 0x98, 0x9b, 0x9d, 0x9e, 0x9f:
		kind = byte(r) - 0x40
	default:
		return 0
	}
	switch kind {
	case '[':
		return size + control(s[size:])
	case ']', 'P', 'X', '^', '_':
		return size + stringEnd(s[size:])
	}
	if kind >= 0x20 && kind <= 0x2f {
		return size + escape(s[size:])
	}
	if kind < 0x30 || kind > 0x7e {
		return 1 // a lone ESC: what follows is judged by itself
	}
	return size
}

// control is the length of a CSI's parameters, intermediates and final byte.
func control(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// escape is the length of an escape's further intermediates and final byte.
func escape(s string) int {
	i := 0
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		i++
	}
	return i
}

// stringEnd is the length up to and with BEL, ESC \ or U+009C.
func stringEnd(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == 0x07:
			return i + 1
		case s[i] == '\n':
			return i
		case s[i] == 0x1b:
			if i+1 < len(s) && s[i+1] == '\\' {
				return i + 2
			}
			return i
		case s[i] == 0xc2 && i+1 < len(s) && s[i+1] == 0x9c:
			return i + 2
		}
	}
	return len(s)
}
