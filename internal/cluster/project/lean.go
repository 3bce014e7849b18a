package project

import "google.golang.org/protobuf/encoding/protowire"

// Numbers of fields in protobuf, of k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto.
const (
	objectMetadata     = 1 // of every object
	metaManagedFields  = 17
	managedFieldsV1    = 7
	managedSubresource = 8
	fieldsV1Raw        = 1
)

// statusPart is the subresource whose writes are no change of a row.
const statusPart = "status"

// Lean takes from an object in protobuf what no row holds of its managed fields, before
// it is decoded: the entries of its status, and of the others all names but those that
// a Write tells. They are as much as a third of what a small object costs to decode. What
// is not well-formed comes back as it is, for whoever decodes it to judge. The result is
// valid until buf is used again.
func Lean(raw []byte, buf *LeanBuffer) []byte {
	meta, rest, ok := field(raw, objectMetadata)
	if !ok {
		return raw
	}
	buf.meta = buf.meta[:0]
	changed := false
	for in := meta; len(in) > 0; {
		number, typ, head := protowire.ConsumeTag(in)
		if head < 0 {
			return raw
		}
		size := protowire.ConsumeFieldValue(number, typ, in[head:])
		if size < 0 {
			return raw
		}
		whole := in[:head+size]
		in = in[len(whole):]
		if number != metaManagedFields || typ != protowire.BytesType {
			buf.meta = append(buf.meta, whole...)
			continue
		}
		changed = true
		entry, _ := protowire.ConsumeBytes(whole[head:])
		if ok := buf.add(entry); !ok {
			return raw
		}
	}
	if !changed {
		return raw
	}
	buf.object = protowire.AppendTag(buf.object[:0], objectMetadata, protowire.BytesType)
	buf.object = protowire.AppendBytes(buf.object, buf.meta)
	buf.object = append(buf.object, rest...)
	return buf.object
}

// LeanBuffer is the memory that Lean works in; its zero value may be used.
type LeanBuffer struct{ object, meta, entry []byte }

// add appends a shorter entry of the managed fields to the metadata; none for one of the
// status.
func (b *LeanBuffer) add(entry []byte) (ok bool) {
	b.entry = b.entry[:0]
	status := false
	for in := entry; len(in) > 0; {
		number, typ, head := protowire.ConsumeTag(in)
		if head < 0 {
			return false
		}
		size := protowire.ConsumeFieldValue(number, typ, in[head:])
		if size < 0 {
			return false
		}
		whole := in[:head+size]
		in = in[len(whole):]
		if typ == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(whole[head:])
			switch number {
			case managedSubresource:
				status = string(value) == statusPart
			case managedFieldsV1:
				if len(value) == 0 {
					break
				}
				fields, more, ok := field(value, fieldsV1Raw)
				if !ok || len(more) > 0 {
					return false
				}
				b.entry = protowire.AppendTag(b.entry, managedFieldsV1, protowire.BytesType)
				b.entry = protowire.AppendBytes(b.entry, summaryFor(fields))
				continue
			}
		}
		b.entry = append(b.entry, whole...)
	}
	if status {
		return true
	}
	b.meta = protowire.AppendTag(b.meta, metaManagedFields, protowire.BytesType)
	b.meta = protowire.AppendBytes(b.meta, b.entry)
	return true
}

// field returns the value of the field with which a message begins, and what follows it.
func field(raw []byte, want protowire.Number) (value, rest []byte, ok bool) {
	number, typ, head := protowire.ConsumeTag(raw)
	if head < 0 || number != want || typ != protowire.BytesType {
		return nil, nil, false
	}
	value, size := protowire.ConsumeBytes(raw[head:])
	if size < 0 {
		return nil, nil, false
	}
	return value, raw[head+size:], true
}

// summaries are FieldsV1 in protobuf, by what owned reports of them: the outer two levels
// of names that a Write tells. Replicas are below the spec.
var summaries = map[[3]bool][]byte{
	{}:                  summaryOf(`{}`),
	{true}:              summaryOf(`{"f:data":{}}`),
	{false, true}:       summaryOf(`{"f:spec":{}}`),
	{true, true}:        summaryOf(`{"f:data":{},"f:spec":{}}`),
	{false, true, true}: summaryOf(`{"f:spec":{"f:replicas":{}}}`),
	{true, true, true}:  summaryOf(`{"f:data":{},"f:spec":{"f:replicas":{}}}`),
}

func summaryFor(fields []byte) []byte {
	data, spec, replicas := owned(fields)
	return summaries[[3]bool{data, spec, replicas}]
}

func summaryOf(fields string) []byte {
	return protowire.AppendString(protowire.AppendTag(nil, fieldsV1Raw, protowire.BytesType), fields)
}
