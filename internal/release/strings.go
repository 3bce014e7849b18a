package release

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// run is the length of the string content at the start of b: up to a quote, a
// backslash or a control character. It looks at eight bytes at a time.
func run(b []byte) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, back := w^ones*'"', w^ones*'\\'
		special := ((w - ones*0x20) &^ w) | ((quote - ones) &^ quote) | ((back - ones) &^ back)
		if special &= high; special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
		i++
	}
	return i
}

// text reads a string and appends its first limit bytes, unescaped, to dst; size
// is its whole length in bytes.
func (s *scanner) text(dst []byte, limit int) (out []byte, size int, err error) {
	if err := s.expect('"'); err != nil {
		return dst, 0, err
	}
	stop := len(dst) + limit
	for {
		if s.pos == s.end {
			if err := s.fill(); errors.Is(err, io.EOF) {
				return dst, size, errCutJSON
			} else if err != nil {
				return dst, size, err
			}
		}
		i := s.pos + run(s.buf[s.pos:s.end])
		size += i - s.pos
		if room := stop - len(dst); room > 0 {
			dst = append(dst, s.buf[s.pos:min(i, s.pos+room)]...)
		}
		if s.pos = i; i == s.end {
			continue
		}
		c := s.buf[i]
		s.pos++
		switch c {
		case '"':
			return dst, size, nil
		case '\\':
			var b [8]byte
			n, err := s.escape(b[:])
			if err != nil {
				return dst, size, err
			}
			size += n
			if len(dst)+n <= stop {
				dst = append(dst, b[:n]...)
			} else {
				stop = len(dst)
			}
		default:
			return dst, size, syntaxAt(s.offset() - 1)
		}
	}
}

// escape reads what follows a backslash and writes it as UTF-8.
func (s *scanner) escape(b []byte) (int, error) {
	c, err := s.get()
	if err != nil {
		return 0, err
	}
	switch c {
	case '"', '\\', '/':
		b[0] = c
	case 'b':
		b[0] = '\b'
	case 'f':
		b[0] = '\f'
	case 'n':
		b[0] = '\n'
	case 'r':
		b[0] = '\r'
	case 't':
		b[0] = '\t'
	case 'u':
		r, err := s.hex()
		if err != nil {
			return 0, err
		}
		return s.surrogates(b, r)
	default:
		return 0, syntaxAt(s.offset() - 1)
	}
	return 1, nil
}

// surrogates completes a UTF-16 pair; a half that stands alone becomes U+FFFD, as
// encoding/json has it.
func (s *scanner) surrogates(b []byte, r rune) (int, error) {
	if !utf16.IsSurrogate(r) {
		return utf8.EncodeRune(b, r), nil
	}
	if err := s.window(6); err != nil {
		return 0, err
	}
	if next := s.buf[s.pos:s.end]; len(next) >= 6 && next[0] == '\\' && next[1] == 'u' {
		if second, err := strconv.ParseUint(string(next[2:6]), 16, 16); err == nil {
			if whole := utf16.DecodeRune(r, rune(second)); whole != utf8.RuneError {
				s.pos += 6
				return utf8.EncodeRune(b, whole), nil
			}
		}
	}
	return utf8.EncodeRune(b, utf8.RuneError), nil
}

// window makes n bytes stand in the window, or all that are left.
func (s *scanner) window(n int) error {
	if s.end-s.pos >= n {
		return nil
	}
	rest := copy(s.buf[:], s.buf[s.pos:s.end])
	s.base += int64(s.pos)
	s.pos, s.end = 0, rest
	for s.end < n {
		m, err := s.r.Read(s.buf[s.end:])
		s.end += m
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) hex() (rune, error) {
	var b [4]byte
	for i := range b {
		c, err := s.get()
		if err != nil {
			return 0, err
		}
		b[i] = c
	}
	v, err := strconv.ParseUint(string(b[:]), 16, 16)
	if err != nil {
		return 0, syntaxAt(s.offset())
	}
	return rune(v), nil
}
