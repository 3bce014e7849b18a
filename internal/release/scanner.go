package release

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

const windowBytes = 32 << 10

// scanner reads one JSON text from a stream through a fixed window. It checks the
// whole grammar and keeps only what it is asked for.
type scanner struct {
	r        io.Reader
	buf      [windowBytes]byte
	pos, end int
	base     int64 // offset of buf[0] in the text
	blanks   int64
	depth    int
	key      []byte
	scratch  []byte
}

func (s *scanner) reset(r io.Reader) {
	s.r, s.pos, s.end, s.base, s.blanks, s.depth = r, 0, 0, 0, 0, 0
}

func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// fill reads the next window; io.EOF is the end of the text.
func (s *scanner) fill() error {
	s.base += int64(s.end)
	s.pos, s.end = 0, 0
	if s.base > maxExpanded {
		return errExpanded
	}
	for {
		n, err := s.r.Read(s.buf[:])
		s.end = n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// get returns the next byte; within a value the end of the text is an error.
func (s *scanner) get() (byte, error) {
	if s.pos == s.end {
		if err := s.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				return 0, errCutJSON
			}
			return 0, err
		}
	}
	c := s.buf[s.pos]
	s.pos++
	return c, nil
}

// peek passes over white space and returns the byte behind it without taking it.
func (s *scanner) peek() (byte, error) {
	for {
		for ; s.pos < s.end; s.pos++ {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\n', '\r':
				if s.blanks++; s.blanks > maxBlanks {
					return 0, errBlanks
				}
			default:
				return c, nil
			}
		}
		if err := s.fill(); err != nil {
			if errors.Is(err, io.EOF) {
				return 0, errCutJSON
			}
			return 0, err
		}
	}
}

func (s *scanner) expect(want byte) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != want {
		return syntaxAt(s.offset())
	}
	s.pos++
	return nil
}

// finish makes sure that nothing but white space follows.
func (s *scanner) finish() error {
	_, err := s.peek()
	switch {
	case err == nil:
		return errTrailing
	case errors.Is(err, errCutJSON):
		return nil
	default:
		return err
	}
}

// object calls f with each key, folded as encoding/json folds it, at the start of
// its value; f must consume the value. The key is valid until f reads on.
func (s *scanner) object(f func(key []byte) error) error {
	if err := s.open('{'); err != nil {
		return err
	}
	defer func() { s.depth-- }()
	if c, err := s.peek(); err != nil {
		return err
	} else if c == '}' {
		s.pos++
		return nil
	}
	for {
		if c, err := s.peek(); err != nil {
			return err
		} else if c != '"' {
			return syntaxAt(s.offset())
		}
		key, _, err := s.text(s.key[:0], 64)
		if err != nil {
			return err
		}
		s.key = key
		if err := s.expect(':'); err != nil {
			return err
		}
		if _, err := s.peek(); err != nil {
			return err
		}
		if err := f(fold(key)); err != nil {
			return err
		}
		if more, err := s.more('}'); !more {
			return err
		}
	}
}

// array calls f at the start of each element; f must consume it.
func (s *scanner) array(f func(i int) error) error {
	if err := s.open('['); err != nil {
		return err
	}
	defer func() { s.depth-- }()
	if c, err := s.peek(); err != nil {
		return err
	} else if c == ']' {
		s.pos++
		return nil
	}
	for i := 0; ; i++ {
		if _, err := s.peek(); err != nil {
			return err
		}
		if err := f(i); err != nil {
			return err
		}
		if more, err := s.more(']'); !more {
			return err
		}
	}
}

func (s *scanner) open(c byte) error {
	if s.depth++; s.depth > maxDepth {
		return errDepth
	}
	return s.expect(c)
}

func (s *scanner) more(end byte) (bool, error) {
	c, err := s.peek()
	if err != nil {
		return false, err
	}
	s.pos++
	switch c {
	case ',':
		return true, nil
	case end:
		return false, nil
	default:
		return false, syntaxAt(s.offset() - 1)
	}
}

// skip passes over one value.
func (s *scanner) skip() error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	switch c {
	case '{':
		return s.object(func([]byte) error { return s.skip() })
	case '[':
		return s.array(func(int) error { return s.skip() })
	case '"':
		_, _, err := s.text(nil, 0)
		return err
	default:
		_, err := s.bare()
		return err
	}
}

// bare reads a number, true, false or null; the result is valid until the next
// read.
func (s *scanner) bare() ([]byte, error) {
	start := s.offset()
	s.scratch = s.scratch[:0]
	for {
		if s.pos == s.end {
			if err := s.fill(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, err
			}
		}
		c := s.buf[s.pos]
		if c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
		if len(s.scratch) >= maxText {
			return nil, syntaxAt(start)
		}
		s.scratch = append(s.scratch, c)
		s.pos++
	}
	switch string(s.scratch) {
	case "true", "false", "null":
		return s.scratch, nil
	}
	if !validNumber(s.scratch) {
		return nil, syntaxAt(start)
	}
	return s.scratch, nil
}

func validNumber(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("-"))
	whole, rest := digits(b)
	if whole == 0 || whole > 1 && b[0] == '0' {
		return false
	}
	b = rest
	if len(b) > 0 && b[0] == '.' {
		n, rest := digits(b[1:])
		if n == 0 {
			return false
		}
		b = rest
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		b = b[1:]
		if len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		n, rest := digits(b)
		if n == 0 {
			return false
		}
		b = rest
	}
	return len(b) == 0
}

func digits(b []byte) (n int, rest []byte) {
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n, b[n:]
}

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

// fold maps a key to what encoding/json takes it for: case does not matter, and
// two letters outside ASCII fold to k and s. It may change key.
func fold(key []byte) []byte {
	for i, c := range key {
		if c >= 'A' && c <= 'Z' {
			key[i] = c + 'a' - 'A'
		}
	}
	if bytes.IndexByte(key, 0xc5) >= 0 || bytes.IndexByte(key, 0xe2) >= 0 {
		key = bytes.ReplaceAll(bytes.ReplaceAll(key, []byte("\u017f"), []byte("s")), []byte("\u212a"), []byte("k"))
	}
	return key
}
