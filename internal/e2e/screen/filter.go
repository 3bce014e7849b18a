package screen

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// filter stands between a program and the emulator, which does not know two things
// that modern renderers send: REP (repeat the last character), which is spelled
// out, and private sequences (keyboard protocols, queries), which are left out,
// since the emulator would take them for others.
type filter struct {
	to      io.Writer
	pending []byte // an escape sequence, or a character, that is not whole yet
	last    []byte // the last printed character
}

func (f *filter) write(p []byte) {
	data := append(f.pending, p...)
	f.pending = nil
	var out bytes.Buffer
	for len(data) > 0 {
		if data[0] != 0x1b {
			n := f.character(data)
			if n == 0 {
				break
			}
			out.Write(data[:n])
			data = data[n:]
			continue
		}
		n, ok := sequence(data)
		if !ok {
			break
		}
		f.escape(&out, data[:n])
		data = data[n:]
	}
	f.pending = bytes.Clone(data)
	_, _ = f.to.Write(out.Bytes())
}

// character returns the length of the character at the front; 0 where it is cut.
func (f *filter) character(data []byte) int {
	if data[0] < 0x20 {
		return 1
	}
	if !utf8.FullRune(data) {
		return 0
	}
	_, n := utf8.DecodeRune(data)
	f.last = append(f.last[:0], data[:n]...)
	return n
}

func (f *filter) escape(out *bytes.Buffer, seq []byte) {
	if len(seq) < 3 || seq[1] != '[' {
		if len(seq) < 2 || bytes.IndexByte([]byte("]P_^X"), seq[1]) < 0 { // strings: titles, clipboard, queries
			out.Write(seq)
		}
		return
	}
	final, params := seq[len(seq)-1], seq[2:len(seq)-1]
	private := len(params) > 0 && bytes.IndexByte([]byte("<=>"), params[0]) >= 0
	query := len(params) > 0 && params[0] == '?' && final != 'h' && final != 'l'
	intermediate := bytes.ContainsAny(params, " $!\"'")
	switch {
	case private, query, intermediate:
	case final == 'b':
		n, err := strconv.Atoi(string(params))
		if err != nil {
			n = 1
		}
		out.Write(bytes.Repeat(f.last, min(n, 1000)))
	case final == 'm':
		out.Write(bytes.ReplaceAll(seq, []byte(":"), []byte(";")))
	default:
		out.Write(seq)
	}
}

// sequence measures the escape sequence at the front of data; ok is false where
// its end has not come yet.
func sequence(data []byte) (n int, ok bool) {
	if len(data) < 2 {
		return 0, false
	}
	switch data[1] {
	case '[':
		for i := 2; i < len(data); i++ {
			if data[i] >= 0x40 && data[i] <= 0x7e {
				return i + 1, true
			}
		}
		return 0, false
	case ']', 'P', '_', '^', 'X':
		for i := 2; i < len(data); i++ {
			if data[i] == 0x07 {
				return i + 1, true
			}
			if data[i] == 0x1b && i+1 < len(data) && data[i+1] == '\\' {
				return i + 2, true
			}
		}
		return 0, false
	case '(', ')', '#', ' ':
		return 3, len(data) >= 3
	}
	return 2, true
}
