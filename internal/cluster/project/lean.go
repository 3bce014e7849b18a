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
	number, meta, size := field(raw)
	if size < 0 || number != objectMetadata || meta == nil {
		return raw
	}
	rest := raw[size:]
	buf.meta = buf.meta[:0]
	changed := false
	for len(meta) > 0 {
		number, value, size := field(meta)
		switch {
		case size < 0:
			return raw
		case number != metaManagedFields || value == nil:
			buf.meta = append(buf.meta, meta[:size]...)
		case !buf.add(value):
			return raw
		default:
			changed = true
		}
		meta = meta[size:]
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
	for len(entry) > 0 {
		number, value, size := field(entry)
		switch {
		case size < 0:
			return false
		case number == managedFieldsV1 && len(value) > 0:
			inner, fields, whole := field(value)
			if whole != len(value) || inner != fieldsV1Raw || fields == nil {
				return false
			}
			b.entry = protowire.AppendTag(b.entry, managedFieldsV1, protowire.BytesType)
			b.entry = protowire.AppendBytes(b.entry, summaryFor(fields))
		default:
			if number == managedSubresource && value != nil {
				status = string(value) == statusPart
			}
			b.entry = append(b.entry, entry[:size]...)
		}
		entry = entry[size:]
	}
	if status {
		return true
	}
	b.meta = protowire.AppendTag(b.meta, metaManagedFields, protowire.BytesType)
	b.meta = protowire.AppendBytes(b.meta, b.entry)
	return true
}

// field is the one with which a message begins: its value where that is bytes, else nil, and how
// long it is; less than 0 where it is not well-formed.
func field(in []byte) (number protowire.Number, value []byte, size int) {
	number, typ, head := protowire.ConsumeTag(in)
	if head < 0 {
		return 0, nil, head
	}
	n := protowire.ConsumeFieldValue(number, typ, in[head:])
	if n < 0 {
		return 0, nil, n
	}
	if typ == protowire.BytesType {
		value, _ = protowire.ConsumeBytes(in[head:])
	}
	return number, value, head + n
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
