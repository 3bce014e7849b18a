package release

import (
	"bytes"
	"errors"
	"io"
)

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
