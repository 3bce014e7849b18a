package dump

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"
)

// maxYAML bounds what is parsed as YAML at once: parsed, it takes up many times its
// size.
const maxYAML = 4 << 20

var errYAML = fmt.Errorf("an object of more than %d MiB of YAML was left out", maxYAML>>20)

// splitter cuts YAML into documents, and the items of a List out of them: however they
// are indented, each begins with a dash in the column of the first.
type splitter struct {
	d      *document
	buf    bytes.Buffer
	line   int // being read
	began  int // line of what is in buf
	items  bool
	column int // of the dashes; -1 until the first is seen
	long   bool
}

// yaml reads documents.
func (d *document) yaml(in *bufio.Reader) {
	s := &splitter{d: d, line: d.line, began: d.line + 1, column: -1}
	for {
		line, err := in.ReadSlice('\n')
		begins := true // a line, and not what is left of one
		for errors.Is(err, bufio.ErrBufferFull) {
			s.take(line, begins)
			begins = false
			line, err = in.ReadSlice('\n')
		}
		if len(line) > 0 || err == nil {
			s.take(line, begins)
		}
		if err != nil {
			s.flush(0)
			if !errors.Is(err, io.EOF) {
				d.line = s.line
				d.wrong(err)
			}
			if d.list != nil {
				d.finish()
			}
			return
		}
	}
}

// take reads a line, or a part of one that is very long.
func (s *splitter) take(line []byte, begins bool) {
	if begins {
		s.line++
		if line = s.mark(line); line == nil {
			return
		}
	}
	if s.buf.Len()+len(line) > maxYAML {
		s.long = true
		return
	}
	s.buf.Write(line)
}

// mark looks whether something ends or begins with a line, and returns what of it is
// still to be kept.
func (s *splitter) mark(line []byte) []byte {
	text := bytes.TrimLeft(line, " ")
	column := len(line) - len(text)
	text = bytes.TrimRight(text, " \r\n")
	switch {
	case column == 0 && (bytes.HasPrefix(line, []byte("---")) || bytes.Equal(text, []byte("..."))):
		s.flush(s.line + 1)
		s.close()
		if rest := bytes.TrimPrefix(bytes.TrimSpace(line), []byte("---")); len(rest) > 0 && rest[0] == ' ' && rest[1] != '#' {
			s.began = s.line
			return append(bytes.Clone(rest), '\n')
		}
		return nil
	case !s.items && column == 0 && bytes.HasPrefix(text, []byte("items:")) && !s.within():
		fields := s.header()
		s.d.begin(fields.Kind)
		s.items, s.began, s.column = true, s.line+1, -1
		if rest := bytes.TrimSpace(text[len("items:"):]); len(rest) > 0 && rest[0] != '#' {
			s.buf.Write(rest) // a list in brackets
			s.buf.WriteByte('\n')
			s.began = s.line
		}
		return nil
	case !s.items || len(text) == 0 || text[0] == '#':
		return line
	case isDash(text) && (s.column < 0 || column == s.column):
		s.flush(s.line)
		s.column = column
		out := bytes.Clone(line)
		out[column] = ' '
		return out
	case column == 0 && !isDash(text) && (s.column >= 0 || isKey(text)):
		s.flush(s.line) // the list's own fields after its items: kind, metadata
		s.items = false
		return line
	}
	return line
}

// within reports whether a List is being read whose items have ended.
func (s *splitter) within() bool { return s.d.list != nil }

func isDash(text []byte) bool {
	return bytes.HasPrefix(text, []byte("- ")) || bytes.Equal(text, []byte("-"))
}

func isKey(text []byte) bool {
	return 'a' <= text[0] && text[0] <= 'z' && bytes.Contains(text, []byte(":"))
}

// heading is what a List says of itself.
type heading struct {
	Kind string `json:"kind"`
}

// header reads the fields of a List that stand before its items, or after them.
func (s *splitter) header() (h heading) {
	_ = yaml.Unmarshal(s.buf.Bytes(), &h)
	s.buf.Reset()
	return h
}

// close ends a document.
func (s *splitter) close() {
	if s.d.list != nil {
		s.d.finish()
	}
	s.items, s.column = false, -1
}

// flush reads what was gathered: a document, or an item of a List. next is the line at
// which the next begins.
func (s *splitter) flush(next int) {
	switch {
	case s.long:
		s.d.problem(s.began, errYAML.Error())
	case s.d.list != nil && !s.items:
		s.d.list.typed(s.header().Kind)
	case len(bytes.TrimSpace(s.buf.Bytes())) > 0:
		s.d.line = s.began
		s.d.chunk(s.buf.Bytes(), s.d.list != nil)
	}
	s.buf.Reset()
	s.long, s.began = false, next
}

// yamlLine is where the parser says that something is wrong.
var yamlLine = regexp.MustCompile(`line (\d+): `)

// chunk reads one YAML document, or one item of a List.
func (d *document) chunk(text []byte, item bool) {
	if trimmed := bytes.TrimSpace(text); trimmed[0] == '{' && json.Valid(trimmed) {
		if bytes.Contains(trimmed, []byte(`"items"`)) {
			d.json(bytes.NewReader(trimmed))
			return
		}
		d.object(trimmed)
		return
	}
	raw, err := yaml.YAMLToJSON(text)
	switch {
	case err != nil && !item && bytes.Contains(text, []byte("{{")):
		d.c.template(d.place.name, d.line)
		return
	case err != nil:
		said, line := firstLine(err.Error()), d.line
		if m := yamlLine.FindStringSubmatchIndex(said); m != nil {
			n, _ := strconv.Atoi(said[m[2]:m[3]])
			line += n - 1
			said = said[:m[0]] + said[m[1]:]
		}
		if strings.Contains(said, "invalid map key") { // it quotes the key, which may be anything
			said = "a map is the key of another"
		}
		d.problem(line, "is not YAML: "+said)
		return
	case len(raw) > 2*maxObject: // aliases
		d.problem(d.line, errObject.Error())
		return
	}
	if bytes.HasPrefix(raw, []byte("[")) {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			for _, item := range list {
				d.object(item)
			}
		}
		return
	}
	d.object(raw)
}
