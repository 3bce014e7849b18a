package dump

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// json reads JSON values after each other. Lists are read item by item.
func (d *document) json(r io.Reader) {
	in := &lineReader{Reader: r, line: d.line + 1}
	dec := json.NewDecoder(in)
	for {
		err := d.next(dec, in)
		if errors.Is(err, errEnd) {
			return
		}
		if err != nil {
			d.line = in.lineAt(dec.InputOffset())
			d.wrong(err)
			if d.list != nil {
				d.finish()
			}
			return
		}
	}
}

var errEnd = errors.New("the file ends")

// next reads one value.
func (d *document) next(dec *json.Decoder, in *lineReader) error {
	token, err := dec.Token()
	if errors.Is(err, io.EOF) {
		return errEnd
	}
	d.line = in.lineAt(dec.InputOffset())
	switch {
	case err != nil:
		return err
	case token == json.Delim('['):
		return d.array(dec, in)
	case token == json.Delim('{'):
		return d.value(dec, in)
	}
	return fmt.Errorf("a value that is not an object")
}

// array reads the items of a list, the opening bracket being read.
func (d *document) array(dec *json.Decoder, in *lineReader) error {
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		d.line = in.lineAt(dec.InputOffset() - int64(len(raw)))
		if len(raw) > maxObject {
			d.problem(d.line, errObject.Error())
			continue
		}
		d.object(raw)
	}
	_, err := dec.Token()
	return err
}

// value reads an object whose brace was read: a List is known by its items, of which
// none is held; the fields of anything else are put together again.
func (d *document) value(dec *json.Decoder, in *lineReader) error {
	at := d.line
	fields := map[string]json.RawMessage{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		if name == "items" && d.list == nil {
			token, err := dec.Token()
			if err != nil {
				return err
			}
			d.begin(kindField(fields["kind"]))
			if token == json.Delim('[') {
				if err := d.array(dec, in); err != nil {
					return err
				}
			}
			continue
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		fields[name] = raw
	}
	if _, err := dec.Token(); err != nil {
		return err
	}
	if d.list != nil {
		d.list.typed(kindField(fields["kind"]))
		d.finish()
		return nil
	}
	whole, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	if d.line = at; len(whole) > maxObject {
		d.problem(at, errObject.Error())
		return nil
	}
	d.object(whole)
	return nil
}

func kindField(raw json.RawMessage) string {
	var kind string
	_ = json.Unmarshal(raw, &kind)
	return kind
}

// lineReader counts lines, and bounds what is read between two objects. The decoder
// reads ahead by no more than its buffer, which grows with the largest object.
type lineReader struct {
	io.Reader
	read, asked int64   // bytes read; where the line was asked for last
	line        int     // at asked
	breaks      []int64 // the ends of lines after asked
}

func (r *lineReader) Read(p []byte) (int, error) {
	left := 2*maxObject - (r.read - r.asked)
	if left <= 0 {
		return 0, errObject
	}
	n, err := r.Reader.Read(p[:min(int64(len(p)), left)])
	for i, b := range p[:n] {
		if b == '\n' {
			r.breaks = append(r.breaks, r.read+int64(i))
		}
	}
	r.read += int64(n)
	return n, err
}

// lineAt is the number of the line at an offset, which must not be before that of the
// last call.
func (r *lineReader) lineAt(offset int64) int {
	n := 0
	for n < len(r.breaks) && r.breaks[n] < offset {
		n++
	}
	r.line += n
	r.breaks = append(r.breaks[:0], r.breaks[n:]...)
	r.asked = max(r.asked, offset)
	return r.line
}
