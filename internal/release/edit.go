package release

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Edit sets info.status and info.description in a record's JSON and leaves every
// other byte as it is. A field that is absent is put in; a record that names one of
// them twice is refused, since readers do not agree on which counts.
func Edit(record []byte, status, description string) ([]byte, error) {
	s := sources.Get().(*source)
	defer s.release()
	s.bytes.Reset(record)
	s.reset(stream{&s.bytes})
	e := &edit{source: s}
	if err := e.locate(); err != nil {
		return nil, fmt.Errorf("editing the record: %w", err)
	}
	var out []byte
	var err error
	if !e.info.found {
		out, err = e.withInfo(record, status, description)
	} else {
		out, err = e.within(record, status, description)
	}
	if err != nil {
		return nil, fmt.Errorf("editing the record: %w", err)
	}
	return out, nil
}

// span is where a value stands; found is false where there is none.
type span struct {
	found      bool
	start, end int64
}

type edit struct {
	*source
	top, info           span // start is behind the opening brace
	null                span // info: null
	topEmpty, infoEmpty bool
	status, description span
}

func (e *edit) locate() error {
	c, err := e.peek()
	if err != nil {
		return err
	}
	if c != '{' {
		return errNotObject
	}
	e.top.start, e.topEmpty, e.infoEmpty = e.offset()+1, true, true
	seen := false
	err = e.object(func(key []byte) error {
		e.topEmpty = false
		if string(key) != "info" {
			return e.skip()
		}
		if seen {
			return errTwice
		}
		seen = true
		return e.locateInfo()
	})
	if err != nil {
		return err
	}
	return e.finish()
}

func (e *edit) locateInfo() error {
	c, err := e.peek()
	if err != nil {
		return err
	}
	if c != '{' {
		e.null.start = e.offset()
		if err := e.source.null("info", "an object"); err != nil {
			return err
		}
		e.null.found, e.null.end = true, e.offset()
		return nil
	}
	e.info.found, e.info.start = true, e.offset()+1
	return e.object(func(key []byte) error {
		e.infoEmpty = false
		switch string(key) {
		case "status":
			return e.mark(&e.status)
		case "description":
			return e.mark(&e.description)
		default:
			return e.skip()
		}
	})
}

func (e *edit) mark(at *span) error {
	if at.found {
		return errTwice
	}
	if _, err := e.peek(); err != nil {
		return err
	}
	at.start = e.offset()
	err := e.skip()
	at.found, at.end = true, e.offset()
	return err
}

func (e *edit) withInfo(record []byte, status, description string) ([]byte, error) {
	st, de, err := quoted(status, description)
	if err != nil {
		return nil, err
	}
	info := fmt.Appendf(nil, `{"status":%s,"description":%s}`, st, de)
	if e.null.found {
		return splice(record, change{e.null.start, e.null.end, info}), nil
	}
	info = append([]byte(`"info":`), info...)
	if !e.topEmpty {
		info = append(info, ',')
	}
	return splice(record, change{e.top.start, e.top.start, info}), nil
}

func (e *edit) within(record []byte, status, description string) ([]byte, error) {
	st, de, err := quoted(status, description)
	if err != nil {
		return nil, err
	}
	var add [][]byte
	var changes []change
	if e.status.found {
		changes = append(changes, change{e.status.start, e.status.end, st})
	} else {
		add = append(add, append([]byte(`"status":`), st...))
	}
	if e.description.found {
		changes = append(changes, change{e.description.start, e.description.end, de})
	} else {
		add = append(add, append([]byte(`"description":`), de...))
	}
	if len(changes) == 2 && changes[1].start < changes[0].start {
		changes[0], changes[1] = changes[1], changes[0]
	}
	if len(add) > 0 {
		text := bytes.Join(add, []byte(","))
		if !e.infoEmpty {
			text = append(text, ',')
		}
		changes = append([]change{{e.info.start, e.info.start, text}}, changes...)
	}
	return splice(record, changes...), nil
}

func quoted(status, description string) (st, de []byte, err error) {
	if st, err = json.Marshal(status); err != nil {
		return nil, nil, fmt.Errorf("writing the status: %w", err)
	}
	if de, err = json.Marshal(description); err != nil {
		return nil, nil, fmt.Errorf("writing the description: %w", err)
	}
	return st, de, nil
}

// change replaces the bytes from start to end.
type change struct {
	start, end int64
	text       []byte
}

// splice applies changes that are in order and do not overlap.
func splice(record []byte, changes ...change) []byte {
	size := len(record)
	for _, c := range changes {
		size += len(c.text)
	}
	out, at := make([]byte, 0, size), int64(0)
	for _, c := range changes {
		out = append(append(out, record[at:c.start]...), c.text...)
		at = c.end
	}
	return append(out, record[at:]...)
}
