package release

import (
	"bytes"
	"errors"
	"io"
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
