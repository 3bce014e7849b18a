package sanitize

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Writer lets through to another what careen itself means to send to a terminal:
// printable text, newlines and tabs, and with Styles colours and the like (SGR). All
// other controls and escape sequences are dropped, invisible characters as Line drops
// them, and invalid UTF-8 becomes U+FFFD. Text in JSON, YAML or XML stays what it was
// but for what is dropped, since those are written with none of it. A sequence, or a
// character, may be spread over several writes. It is for one goroutine.
type Writer struct {
	to     io.Writer
	styles bool
	rest   string // the begin of a sequence or character whose end has not come yet
	inside bool   // within a string sequence
	before rune   // what was written last
}

// maxRest is how many bytes of a sequence are waited for.
const maxRest = 256

// NewWriter returns a Writer to another.
func NewWriter(to io.Writer, styles bool) *Writer { return &Writer{to: to, styles: styles} }

// Write never writes less than it is given, unless the other does.
func (w *Writer) Write(p []byte) (int, error) {
	text := w.rest + string(p)
	w.rest = ""
	var out strings.Builder
	out.Grow(len(text))
	for text != "" {
		if w.inside {
			end := stringEnd(text)
			w.inside = end == len(text) && !ended(text)
			if w.inside && strings.HasSuffix(text, "\xc2") { // the first byte of U+009C
				w.rest = "\xc2"
			}
			text = text[end:]
			continue
		}
		n := w.next(&out, text)
		if n == 0 {
			w.rest = text
			break
		}
		text = text[n:]
	}
	if out.Len() > 0 {
		if _, err := io.WriteString(w.to, out.String()); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// ended reports whether text ends with what ends a string sequence.
func ended(text string) bool {
	return strings.HasSuffix(text, "\x07") || strings.HasSuffix(text, "\x1b\\") || strings.HasSuffix(text, "\u009c")
}

// next passes what stands at the beginning of text, and returns its length; 0 where its
// end has not come yet.
func (w *Writer) next(out *strings.Builder, text string) int {
	end := 0
	for end < len(text) && (text[end] >= 0x20 && text[end] < 0x7f || text[end] == '\n' || text[end] == '\t') {
		end++
	}
	if end > 0 {
		out.WriteString(text[:end])
		w.before = rune(text[end-1])
		return end
	}
	if !utf8.FullRuneInString(text) {
		return 0
	}
	r, size := utf8.DecodeRuneInString(text)
	if r == 0x1b && len(text) == 1 {
		return 0
	}
	if n := sequence(text, r, size); n > 0 {
		return w.sequence(out, text, n, size)
	}
	switch {
	case r < 0x20 || r >= 0x7f && r <= 0x9f, r == '\u2028' || r == '\u2029':
		return size
	case hidden(r):
		if len(text) == size || !utf8.FullRuneInString(text[size:]) {
			return 0
		}
		if next, _ := utf8.DecodeRuneInString(text[size:]); !joins(w.before, r, next) {
			return size
		}
	}
	out.WriteRune(r)
	w.before = r
	return size
}

// sequence passes the escape sequence of n bytes at the beginning of text if it is one
// of careen's own.
func (w *Writer) sequence(out *strings.Builder, text string, n, size int) int {
	n = min(n, maxRest)         // as where it comes in parts
	kind := text[size-1] - 0x40 // of a C1 control
	if text[0] == 0x1b {
		if kind, size = text[1], 2; n == 1 {
			return n
		}
	}
	switch kind {
	case ']', 'P', 'X', '^', '_':
		w.inside = true
		return size
	case '[':
		if last := text[n-1]; n == len(text) && (n == size || last < 0x40 || last > 0x7e) && n < maxRest {
			return 0
		}
		if w.styles && text[0] == 0x1b && isStyle(text[2:n]) {
			out.WriteString(text[:n])
		}
	default:
		if last := text[n-1]; n == len(text) && n > 1 && last >= 0x20 && last <= 0x2f && n < maxRest {
			return 0
		}
	}
	return n
}

// isStyle reports whether the end of a CSI sequence is that of SGR with parameters that
// colour, embolden or underline; those that conceal text or make it blink are not.
func isStyle(s string) bool {
	params, ok := strings.CutSuffix(s, "m")
	if !ok || strings.Trim(params, "0123456789;") != "" {
		return false
	}
	list := strings.Split(params, ";")
	for i := 0; i < len(list); i++ {
		switch p := list[i]; p {
		case "38", "48": // a colour by its number, or by its parts
			if i+1 < len(list) && list[i+1] == "5" {
				i += 2
			} else {
				i += 4
			}
		case "5", "6", "8":
			return false
		default:
			if len(p) > 3 {
				return false
			}
		}
	}
	return true
}

// Styled is text that is drawn, without anything that a Writer with styles would not let
// through.
func Styled(text string) string {
	var out strings.Builder
	out.Grow(len(text))
	_, _ = NewWriter(&out, true).Write([]byte(text)) // a Builder takes all
	return out.String()
}
