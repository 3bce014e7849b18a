package widget

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of cells that s takes; s holds no escape sequence. It is
// the only measure of width in careen.
func Width(s string) int {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

// Clean makes s safe to draw on one line: line breaks and tabs become blanks,
// other controls are dropped, and clusters whose width terminals disagree about
// (joined or toned emoji, flags) become their first rune, or a question mark.
func Clean(s string) string {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return clean(s)
		}
	}
	return s
}

func clean(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		s = s[len(cluster):]
		r, size := utf8.DecodeRuneInString(cluster)
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case r < ' ' || (r >= 0x7f && r < 0xa0) || invisible(r):
		case r == utf8.RuneError && size == 1, r >= 0x1f1e6 && r <= 0x1f1ff: // a flag is two runes, and an input shows one of them alone
			b.WriteByte('?')
		case width > 0 && width == ansi.StringWidthWc(cluster):
			b.WriteString(cluster)
		default:
			first := cluster[:size]
			if w := ansi.StringWidth(first); w > 0 && w == ansi.StringWidthWc(first) {
				b.WriteString(first)
			} else {
				b.WriteByte('?')
			}
		}
	}
	return b.String()
}

// invisible reports whether a rune changes how others are shown, and nothing else.
func invisible(r rune) bool {
	switch {
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0xad, r == 0x61c:
		return true
	case r == 0x2028, r == 0x2029, r >= 0xe0000 && r <= 0xe007f:
		return true
	}
	return false
}

// Cut shortens s to at most w cells; where something had to go, it ends in mark.
func Cut(s string, w int, mark string) string {
	if w <= 0 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	if mw := Width(mark); mw > w {
		mark = ""
	}
	return ansi.Truncate(s, w, mark)
}

// CutMiddle shortens s to at most w cells by taking out its middle, since the end
// of a name tells more than what stands before it.
func CutMiddle(s string, w int, mark string) string {
	if w <= 0 {
		return ""
	}
	full := Width(s)
	if full <= w {
		return s
	}
	room := w - Width(mark)
	if room < 4 {
		return Cut(s, w, mark)
	}
	head := room * 2 / 5
	left := ansi.Truncate(s, head, "")
	tail := room - Width(left)
	right := ansi.TruncateLeft(s, full-tail, "")
	if Width(right) > tail { // a wide rune stood on the cut
		right = ansi.TruncateLeft(s, full-tail+1, "")
	}
	return left + mark + right
}

// Pad appends blanks up to w cells; a longer s is returned as it is.
func Pad(s string, w int) string {
	if n := w - Width(s); n > 0 {
		return s + blanks(n)
	}
	return s
}

const blank = "                                                                                                                                "

func blanks(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blank) {
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

func firstCluster(s string) int {
	c, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return max(len(c), 1)
}
