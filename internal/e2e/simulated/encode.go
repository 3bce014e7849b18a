package simulated

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"google.golang.org/protobuf/encoding/protowire"
)

const (
	protobuf = "application/vnd.kubernetes.protobuf"
	version  = "100" // of the resource, for everything that is made
)

// measure is how many bytes a list has as protobuf: a server needs to know before it
// begins. The objects are made once for it and once to be sent.
func measure(meta *metav1.ListMeta, objects iter.Seq[object]) int {
	n := 1 + protowire.SizeBytes(meta.Size())
	for o := range objects {
		n += 1 + protowire.SizeBytes(o.Size())
	}
	return n
}

// envelope begins an answer in protobuf: runtime.Unknown, whose field 2 is the object.
func envelope(w io.Writer, gvk schema.GroupVersionKind, size int) error {
	var typ []byte
	typ = protowire.AppendTag(typ, 1, protowire.BytesType)
	typ = protowire.AppendString(typ, gvk.GroupVersion().String())
	typ = protowire.AppendTag(typ, 2, protowire.BytesType)
	typ = protowire.AppendString(typ, gvk.Kind)
	head := []byte{'k', '8', 's', 0}
	head = protowire.AppendTag(head, 1, protowire.BytesType)
	head = protowire.AppendBytes(head, typ)
	head = protowire.AppendTag(head, 2, protowire.BytesType)
	head = protowire.AppendVarint(head, uint64(size))
	_, err := w.Write(head)
	return err
}

// sendList sends a list of objects of that kind as protobuf.
func sendList(to io.Writer, gvk schema.GroupVersionKind, meta *metav1.ListMeta, size int, objects iter.Seq[object]) error {
	w := bufio.NewWriterSize(to, 64<<10)
	if err := envelope(w, gvk.GroupVersion().WithKind(gvk.Kind+"List"), size); err != nil {
		return err
	}
	raw, err := meta.Marshal()
	if err != nil {
		return err
	}
	buf := protowire.AppendTag(nil, 1, protowire.BytesType)
	if _, err := w.Write(protowire.AppendBytes(buf, raw)); err != nil {
		return err
	}
	for o := range objects {
		n := o.Size()
		buf = protowire.AppendTag(buf[:0], 2, protowire.BytesType)
		buf = protowire.AppendVarint(buf, uint64(n))
		at := len(buf)
		if cap(buf) < at+n {
			buf = append(make([]byte, 0, 2*(at+n)), buf...)
		}
		buf = buf[:at+n]
		if _, err := o.MarshalToSizedBuffer(buf[at:]); err != nil {
			return err
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return w.Flush()
}

// sendOne sends an object as protobuf.
func sendOne(w io.Writer, gvk schema.GroupVersionKind, o object) error {
	raw := make([]byte, o.Size())
	if _, err := o.MarshalToSizedBuffer(raw); err != nil {
		return err
	}
	if err := envelope(w, gvk, len(raw)); err != nil {
		return err
	}
	_, err := w.Write(raw)
	return err
}

// sendJSON sends a list as JSON.
func sendJSON(to io.Writer, gvk schema.GroupVersionKind, meta *metav1.ListMeta, objects iter.Seq[object]) error {
	w := bufio.NewWriterSize(to, 64<<10)
	head, err := json.Marshal(map[string]any{"kind": gvk.Kind + "List", "apiVersion": gvk.GroupVersion().String(), "metadata": meta})
	if err != nil {
		return err
	}
	_, _ = w.Write(head[:len(head)-1])
	_, _ = w.WriteString(`,"items":[`)
	between := ""
	for o := range objects {
		raw, err := asJSON(gvk, o)
		if err != nil {
			return err
		}
		_, _ = w.WriteString(between)
		if _, err := w.Write(raw); err != nil {
			return err
		}
		between = ","
	}
	_, _ = w.WriteString("]}\n")
	return w.Flush()
}

func asJSON(gvk schema.GroupVersionKind, o runtime.Object) ([]byte, error) {
	o.GetObjectKind().SetGroupVersionKind(gvk)
	return json.Marshal(o)
}
