package release

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// source is everything one decoding needs; sources are reused, so that a thousand
// records cost the memory of as many as are decoded at once.
type source struct {
	scanner
	raw      []byte // base64 decoded
	manifest []byte
	hook     []byte
	word     []byte
	bytes    bytes.Reader
	gzip     *gzip.Reader
	odd      int // bytes given to the YAML parser for this record
}

var sources = sync.Pool{New: func() any { return new(source) }}

// keepBytes is how large a buffer may be to be kept for the next record.
const keepBytes = 512 << 10

func (s *source) release() {
	for _, b := range []*[]byte{&s.raw, &s.manifest, &s.hook, &s.word, &s.key, &s.scanner.scratch} {
		if cap(*b) > keepBytes {
			*b = nil
		}
	}
	s.bytes.Reset(nil)
	s.reset(nil)
	sources.Put(s)
}

var magic = []byte{0x1f, 0x8b, 0x08}

// open starts the stream of JSON that stored holds. compressed reports whether it is
// gzip.
func (s *source) open(stored []byte) (compressed bool, err error) {
	s.odd = 0
	switch {
	case len(stored) == 0:
		return false, errEmpty
	case len(stored) > maxStored:
		return false, errStored
	}
	if need := base64.StdEncoding.DecodedLen(len(stored)); cap(s.raw) < need {
		s.raw = make([]byte, need)
	}
	n, err := base64.StdEncoding.Decode(s.raw[:cap(s.raw)], stored)
	if err != nil {
		return false, errBase64
	}
	s.raw = s.raw[:n]
	return s.start(s.raw)
}

func (s *source) start(raw []byte) (compressed bool, err error) {
	s.bytes.Reset(raw)
	if len(raw) <= 3 || !bytes.Equal(raw[:3], magic) {
		s.reset(stream{&s.bytes})
		return false, nil
	}
	if s.gzip == nil {
		s.gzip = new(gzip.Reader)
	}
	if err := s.gzip.Reset(&s.bytes); err != nil {
		return true, reason(err)
	}
	s.reset(stream{s.gzip})
	return true, nil
}

// stream turns the errors of gzip into reasons.
type stream struct{ io.Reader }

func (s stream) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil {
		err = reason(err)
	}
	return n, err
}

func reason(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errCut
	case errors.Is(err, gzip.ErrChecksum):
		return errChecksum
	case errors.Is(err, gzip.ErrHeader):
		return errTrailing
	case errors.As(err, &corrupt):
		return errDamaged
	default:
		return errDamaged
	}
}
