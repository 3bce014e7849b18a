package release

import (
	"bytes"
	"fmt"

	"github.com/careen-tui/careen/internal/model"
)

// objects lists the objects of a manifest, at most limit; trouble names the
// documents that could not be read. Namespaces are as written.
func (s *source) objects(manifest []byte, limit int) (list []model.Declared, truncated bool, trouble string) {
	bad, firstBad := 0, 0
	var why string
	number := 0
	for len(manifest) > 0 {
		var doc []byte
		doc, manifest = cutDocument(manifest)
		number++
		found, reason := s.document(doc)
		if reason != "" {
			if bad++; bad == 1 {
				firstBad, why = number, reason
			}
			continue
		}
		if room := limit - len(list); len(found) > room {
			found, truncated = found[:room], true
		}
		list = append(list, found...)
	}
	switch {
	case bad == 1:
		trouble = fmt.Sprintf("document %d of the manifest %s", firstBad, why)
	case bad > 1:
		trouble = fmt.Sprintf("document %d of the manifest %s, and %d more cannot be read", firstBad, why, bad-1)
	}
	return list, truncated, trouble
}

// cutDocument splits off the text before the next line that begins with "---".
func cutDocument(text []byte) (doc, rest []byte) {
	for at := 0; at < len(text); {
		line := text[at:]
		if bytes.HasPrefix(line, []byte("---")) && (len(line) == 3 || blank(line[3])) {
			return text[:at], line[3:]
		}
		next := bytes.IndexByte(line, '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return text, nil
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// header is what a document says about the object it declares.
type header struct {
	apiVersion, kind, name, namespace []byte
	keep                              bool
}

func (h *header) declared() model.Declared {
	d := model.Declared{APIVersion: line(short(h.apiVersion)), Keep: h.keep}
	d.Ref = model.Ref{
		Kind:      KindOf(d.APIVersion, line(short(h.kind))),
		Namespace: line(short(h.namespace)),
		Name:      line(short(h.name)),
	}
	return d
}

func short(b []byte) []byte { return b[:min(len(b), maxName+ahead)] }

// document reads one document: by its lines where it is written as almost all are,
// else with a YAML parser. A document without content yields nothing.
func (s *source) document(doc []byte) (list []model.Declared, reason string) {
	var h header
	switch h.read(doc) {
	case nothing:
		return nil, ""
	case understood:
		return []model.Declared{h.declared()}, ""
	case odd:
	}
	if len(doc) > maxOddDocument || s.odd+len(doc) > maxOddTotal {
		return nil, "is too large to be parsed"
	}
	s.odd += len(doc)
	return parse(doc)
}
