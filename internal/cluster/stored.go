package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
	corev1 "k8s.io/api/core/v1"
)

// maxStored bounds the answer to a GET of one Secret or ConfigMap: etcd takes
// 1.5 MiB, and JSON adds a third.
const maxStored = 4 << 20

// recordKey is where Helm keeps a record in its Secret or ConfigMap.
const recordKey = "release"

// buffer holds one answer at a time. What it returns is valid until it is reused.
type buffer struct{ bytes.Buffer }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// stored reads an answer and returns the value under "release" and the object's
// version. The value is empty where there is none, which is for the decoder to say.
func (b *buffer) stored(from io.Reader) (value []byte, version string, err error) {
	b.Reset()
	if b.Cap() > maxStored/4 {
		b.Buffer = bytes.Buffer{} // a rare large one is not kept
	}
	n, err := b.ReadFrom(io.LimitReader(from, maxStored+1))
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("reading a record: %w", err)
	case n > maxStored:
		return nil, "", fmt.Errorf("reading a record: it is larger than %d bytes", maxStored)
	}
	if raw, ok := bytes.CutPrefix(b.Bytes(), protobufMagic); ok {
		return wireStored(raw)
	}
	obj, _, err := codecs.UniversalDeserializer().Decode(b.Bytes(), nil, nil)
	if err != nil {
		return nil, "", errors.New("reading a record: the answer is neither protobuf nor JSON")
	}
	switch o := obj.(type) {
	case *corev1.Secret:
		return o.Data[recordKey], o.ResourceVersion, nil
	case *corev1.ConfigMap:
		return []byte(o.Data[recordKey]), o.ResourceVersion, nil
	}
	return nil, "", errors.New("reading a record: the answer is neither a Secret nor a ConfigMap")
}

// protobufMagic begins every protobuf answer: "k8s" and a zero byte, then a
// runtime.Unknown whose field 2 is the object.
var protobufMagic = []byte{'k', '8', 's', 0}

var errWire = errors.New("reading a record: the answer is not well-formed")

// wireStored finds two fields in a Secret or ConfigMap without decoding, or
// copying, the rest: metadata (1) . resourceVersion (6) and data (2).
func wireStored(raw []byte) (value []byte, version string, err error) {
	object, err := wireField(raw, 2, nil)
	if err != nil {
		return nil, "", err
	}
	meta, err := wireField(object, 1, nil)
	if err != nil {
		return nil, "", err
	}
	rv, err := wireField(meta, 6, nil)
	if err != nil {
		return nil, "", err
	}
	entry, err := wireField(object, 2, func(entry []byte) bool {
		key, err := wireField(entry, 1, nil)
		return err == nil && string(key) == recordKey
	})
	if err != nil {
		return nil, "", err
	}
	value, err = wireField(entry, 2, nil)
	return value, string(rv), err
}

// wireField returns the first field of that number which pick takes, of those that
// hold bytes; nil where there is none.
func wireField(message []byte, want protowire.Number, pick func([]byte) bool) ([]byte, error) {
	for len(message) > 0 {
		number, typ, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, errWire
		}
		message = message[n:]
		if number == want && typ == protowire.BytesType {
			value, n := protowire.ConsumeBytes(message)
			if n < 0 {
				return nil, errWire
			}
			if pick == nil || pick(value) {
				return value, nil
			}
			message = message[n:]
			continue
		}
		if n = protowire.ConsumeFieldValue(number, typ, message); n < 0 {
			return nil, errWire
		}
		message = message[n:]
	}
	return nil, nil
}
