package cluster

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/careen-tui/careen/internal/cluster/project"
)

const (
	// maxItem bounds one object of a list: etcd takes 1.5 MiB, aggregated servers more.
	maxItem = 16 << 20
	// maxObjects bounds what is kept of a kind: twice the pods that Kubernetes supports.
	maxObjects = 300_000
	listBuffer = 64 << 10
)

// message is an object that reads itself from protobuf. It keeps nothing of its
// input.
type message interface {
	runtime.Object
	Reset()
	Unmarshal(raw []byte) error
}

// part is how much of a list has been read, in bytes; all is 0 where the server does
// not say how long it is.
type part struct{ read, all int64 }

// readList decodes a list object by object as it arrives, and gives each to take
// until that wants no more: the list is never held in one piece. An object may be used
// until take returns, since the next is decoded into the same. All lists of the API
// have the same form: metadata (1) and items (2), within a runtime.Unknown. An answer
// that is not protobuf is read as JSON.
func readList(from io.Reader, fresh func() message, take func(runtime.Object, part) bool) (list metav1.ListMeta, err error) {
	in := &wireReader{Reader: bufio.NewReaderSize(from, listBuffer)}
	magic, err := in.Peek(len(protobufMagic))
	if err != nil {
		return list, cutShort(err)
	}
	if string(magic) != string(protobufMagic) {
		return readJSONList(in, fresh, take)
	}
	_, _ = in.Discard(len(protobufMagic))
	for {
		number, typ, err := in.tag()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return list, err
		}
		if number != 2 || typ != protowire.BytesType {
			if err := in.skip(typ); err != nil {
				return list, err
			}
			continue
		}
		size, err := in.varint()
		if err != nil {
			return list, err
		}
		return in.items(size, fresh, take)
	}
}

// wireReader reads protobuf from a stream. left counts down within a message of
// known length.
type wireReader struct {
	*bufio.Reader
	left int64
	buf  []byte
	lean project.LeanBuffer
}

// items reads a list of that many bytes.
func (r *wireReader) items(size uint64, fresh func() message, take func(runtime.Object, part) bool) (list metav1.ListMeta, err error) {
	if size > 1<<40 {
		return list, errWireList
	}
	o := fresh()
	for r.left = int64(size); r.left > 0; {
		number, typ, err := r.tag()
		if err != nil {
			return list, cutShort(err)
		}
		if typ != protowire.BytesType || number != 1 && number != 2 {
			if err := r.skip(typ); err != nil {
				return list, err
			}
			continue
		}
		raw, err := r.bytes()
		if err != nil {
			return list, err
		}
		if number == 1 {
			if err := list.Unmarshal(raw); err != nil {
				return list, fmt.Errorf("decoding a list: %w", err)
			}
			continue
		}
		renew(o)
		if err := o.Unmarshal(project.Lean(raw, &r.lean)); err != nil {
			return list, fmt.Errorf("decoding an object of a list: %w", err)
		}
		if !take(o, part{int64(size) - r.left, int64(size)}) {
			return list, nil
		}
	}
	if r.left < 0 {
		return list, errWireList
	}
	return list, nil
}

var (
	errWireList = errors.New("reading a list: the answer is not well-formed")
	errWireItem = errors.New("reading a list: an object is too large")
)

func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading a list: %w", err)
}

// ReadByte counts what it reads.
func (r *wireReader) ReadByte() (byte, error) {
	r.left--
	return r.Reader.ReadByte()
}

func (r *wireReader) varint() (uint64, error) {
	n, err := binary.ReadUvarint(r)
	if err != nil {
		return 0, cutShort(err)
	}
	return n, nil
}

// tag reads a field's number and type; io.EOF where the stream ends before it.
func (r *wireReader) tag() (protowire.Number, protowire.Type, error) {
	if _, err := r.Peek(1); err != nil {
		return 0, 0, err
	}
	n, err := r.varint()
	if err != nil {
		return 0, 0, err
	}
	number, typ := protowire.DecodeTag(n)
	if number < 1 {
		return 0, 0, errWireList
	}
	return number, typ, nil
}

// bytes reads a field that holds bytes. They are valid until the next call.
func (r *wireReader) bytes() ([]byte, error) {
	n, err := r.varint()
	if err != nil {
		return nil, err
	}
	if n > maxItem {
		return nil, fmt.Errorf("%w: %d bytes", errWireItem, n)
	}
	if uint64(cap(r.buf)) < n {
		r.buf = make([]byte, max(n, 16<<10))
	}
	buf := r.buf[:n]
	if _, err := io.ReadFull(r.Reader, buf); err != nil {
		return nil, cutShort(err)
	}
	r.left -= int64(n)
	return buf, nil
}

func (r *wireReader) skip(typ protowire.Type) error {
	switch typ {
	case protowire.VarintType:
		_, err := r.varint()
		return err
	case protowire.BytesType:
		_, err := r.bytes()
		return err
	case protowire.Fixed32Type, protowire.Fixed64Type:
		n := 4
		if typ == protowire.Fixed64Type {
			n = 8
		}
		r.left -= int64(n)
		if _, err := r.Discard(n); err != nil {
			return cutShort(err)
		}
		return nil
	}
	return errWireList
}
