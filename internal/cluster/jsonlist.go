package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kjson "sigs.k8s.io/json"
)

// readJSONList decodes a JSON list object by object.
func readJSONList(from io.Reader, fresh func() message, take func(runtime.Object, part) bool) (list metav1.ListMeta, err error) {
	in := &perItem{Reader: from}
	dec := json.NewDecoder(in)
	if err := opens(dec, '{'); err != nil {
		return list, err
	}
	kind := ""
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return list, cutShort(err)
		}
		switch key {
		case "items":
			done, err := jsonItems(dec, in, fresh, take)
			if err != nil || done {
				return list, err
			}
		case "metadata":
			err = dec.Decode(&list)
		case "kind":
			err = dec.Decode(&kind)
		default:
			var other json.RawMessage
			err = dec.Decode(&other)
		}
		if err != nil {
			return list, cutShort(err)
		}
		in.read = 0
	}
	if _, err := dec.Token(); err != nil {
		return list, cutShort(err)
	}
	if kind == "Status" {
		return list, errors.New("reading a list: the server answered with a Status")
	}
	return list, nil
}

// jsonItems reads the array of items; done means that take wants no more.
func jsonItems(dec *json.Decoder, in *perItem, fresh func() message, take func(runtime.Object, part) bool) (done bool, err error) {
	token, err := dec.Token()
	if err != nil {
		return false, cutShort(err)
	}
	if token == nil { // items: null
		return false, nil
	}
	if token != json.Delim('[') {
		return false, errWireList
	}
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return false, cutShort(err)
		}
		in.read = 0
		o := fresh()
		if err := kjson.UnmarshalCaseSensitivePreserveInts(raw, o); err != nil {
			return false, fmt.Errorf("decoding an object of a list: %w", err)
		}
		if !take(o, part{}) {
			return true, nil
		}
	}
	_, err = dec.Token()
	return false, err
}

func opens(dec *json.Decoder, want json.Delim) error {
	token, err := dec.Token()
	switch {
	case err != nil:
		return cutShort(err)
	case token != want:
		return errWireList
	}
	return nil
}

// perItem bounds what is read between two objects. The decoder reads ahead by no more
// than its buffer, which grows with the largest object.
type perItem struct {
	io.Reader
	read int
}

func (p *perItem) Read(b []byte) (int, error) {
	if p.read > 2*maxItem {
		return 0, errWireItem
	}
	n, err := p.Reader.Read(b)
	p.read += n
	return n, err
}
