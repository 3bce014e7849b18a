package sandbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/fxamacker/cbor/v2"
)

// version is that of the messages. Both ends are the same program, but for one that
// was replaced on disk meanwhile.
const version = 1

// greeting is the first message of each side.
type greeting struct {
	Version  int
	Memory   uint64   // to the child: bytes that it may hold
	Message  uint32   // to the child: bytes of the largest message that it may get
	Enforced []string // from the child
}

// maxGreeting is the size of the largest greeting.
const maxGreeting = 4096

var (
	encoding = must(cbor.EncOptions{}.EncMode())
	decoding = must(cbor.DecOptions{
		MaxNestedLevels: 1000, MaxArrayElements: 1 << 20, MaxMapPairs: 1 << 20,
		TagsMd: cbor.TagsForbidden, IndefLength: cbor.IndefLengthForbidden, IntDec: cbor.IntDecConvertSignedOrFail,
		UTF8: cbor.UTF8DecodeInvalid, DefaultMapType: reflect.TypeFor[map[string]any](),
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// errMalformed is what is no message.
var errMalformed = errors.New("it sent what is not a message")

// write sends a message: its length in four bytes, then the message.
func write(w io.Writer, m any) error {
	text, err := encoding.Marshal(m)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	if uint64(len(text)) > 1<<31 {
		return errors.New("a message is too large")
	}
	if _, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(text)))); err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// read returns the next message's bytes; io.EOF where the other side has closed.
func read(r io.Reader, limit uint32) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > limit {
		return nil, fmt.Errorf("%w: %d bytes, and %d are the most", errMalformed, n, limit)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return text, nil
}

// decode reads a message. m is a pointer.
func decode(text []byte, m any) error {
	if err := decoding.Unmarshal(text, m); err != nil {
		return fmt.Errorf("%w: %w", errMalformed, err)
	}
	return nil
}
