package dump

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/careen-tui/careen/internal/model"
)

const (
	// maxObject bounds one object: etcd takes 1.5 MiB, and indentation doubles it.
	maxObject   = 8 << 20
	maxPreamble = 200 // lines that kubectl wrote before the first object
)

var errObject = fmt.Errorf("an object of more than %d MiB was left out", maxObject>>20)

// text reads JSON or YAML: one object, a List, or several of them after each other.
func (c *collector) text(name string, r io.Reader) error {
	in := bufio.NewReaderSize(r, peeked)
	line, ok, err := preamble(in)
	if err != nil || !ok {
		return err
	}
	d := &document{c: c, place: placeOf(name), line: line, seen: places{}}
	defer d.end()
	head, _ := in.Peek(peeked)
	isJSON := (head[0] == '{' || head[0] == '[') && !bytes.HasPrefix(head, []byte("{{"))
	if isJSON && !bytes.Contains(head, []byte("\n---")) {
		d.json(in)
		return nil
	}
	d.yaml(in)
	return nil
}

// preamble skips a byte order mark, blank lines, and what kubectl says before it prints
// objects. ok is false where nothing of a cluster follows.
func preamble(in *bufio.Reader) (lines int, ok bool, err error) {
	for lines < maxPreamble {
		if mark, err := in.Peek(3); err == nil && bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
			_, _ = in.Discard(3)
		}
		head, err := in.Peek(256)
		if len(head) == 0 {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return lines, false, err
		}
		if begins(head) {
			return lines, true, nil
		}
		if _, err := in.ReadSlice('\n'); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return lines, false, err
		}
		lines++
	}
	return lines, false, nil
}

// begins reports whether an object or a List begins here.
func begins(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	line = bytes.TrimRight(line, "\r ")
	if len(line) == 0 {
		return false
	}
	if line[0] == '{' || line[0] == '[' && !bytes.Contains(line, []byte("] ")) {
		return true
	}
	for _, key := range []string{"apiVersion:", "kind:", "items:", "metadata:", "---", "- apiVersion:", "- kind:", "- metadata:", "spec:", "data:", "status:"} {
		if bytes.HasPrefix(line, []byte(key)) {
			return true
		}
	}
	return false
}

// isManifest reports whether a text whose name says nothing looks like objects.
func isManifest(head []byte) bool {
	return begins(head) && bytes.Contains(head, []byte("apiVersion")) && bytes.Contains(head, []byte("kind"))
}

// document is a file of objects being read.
type document struct {
	c     *collector
	place place
	line  int   // of what is being read
	list  *list // that is being read; nil outside of one
	lists int   // that were read
	seen  places
	cut   bool // not all of it could be read
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// problem notes that a part of the file could not be read, so that it is not whole.
func (d *document) problem(line int, text string) { d.lacks("", line, text) }

// lacks notes that an object could not be read. kind is what it is, where that is known.
func (d *document) lacks(kind model.Kind, line int, text string) {
	d.cut = d.cut || kind == "" || kind == d.place.kind
	if d.list != nil {
		d.list.cut[kind] = true
	}
	d.c.problem(d.place.name, line, text)
}

// wrong notes where a file could not be read further.
func (d *document) wrong(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends early")
	}
	d.problem(d.line, "cannot be read further: "+firstLine(err.Error()))
}
