package release

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/careen-tui/careen/internal/model"
)

// Rename is a new apiVersion for the objects of a kind that a manifest declares under
// another.
type Rename struct {
	Kind     model.Kind
	From, To string
}

var (
	errNoManifest = errors.New("it has no manifest")
	errNotText    = errors.New("its manifest is not well-formed text")
	errRenamed    = errors.New("its manifest declares none of them, or not one key to a line")
)

// Rewrite changes the apiVersion of objects in the manifest of a record's JSON, as
// helm-mapkubeapis does, and leaves every other byte as it is. It is refused where a
// rename finds no document, or one that is not written one key to a line.
func Rewrite(record []byte, renames []Rename) ([]byte, error) {
	out, err := rewrite(record, renames)
	if err != nil {
		return nil, fmt.Errorf("rewriting the record: %w", err)
	}
	return out, nil
}

func rewrite(record []byte, renames []Rename) ([]byte, error) {
	s := sources.Get().(*source)
	defer s.release()
	s.bytes.Reset(record)
	s.reset(stream{&s.bytes})
	e := &edit{source: s}
	var at span
	err := e.object(func(key []byte) error {
		if string(key) == "manifest" {
			return e.mark(&at)
		}
		return e.skip()
	})
	if err == nil {
		err = e.finish()
	}
	if err != nil {
		return nil, err
	}
	if !at.found {
		return nil, errNoManifest
	}
	var manifest string
	if json.Unmarshal(record[at.start:at.end], &manifest) != nil || strings.ContainsRune(manifest, utf8.RuneError) {
		return nil, errNotText
	}
	for _, r := range renames {
		var n int
		if manifest, n = renamed(manifest, r); n == 0 {
			return nil, errRenamed
		}
	}
	for _, left := range declaredIn(manifest) {
		for _, r := range renames {
			if left.Ref.Kind == r.Kind && left.APIVersion == r.From {
				return nil, errRenamed
			}
		}
	}
	text, err := json.Marshal(manifest)
	if err != nil {
		return nil, errNotText
	}
	return splice(record, change{at.start, at.end, text}), nil
}

func declaredIn(manifest string) []model.Declared {
	s := sources.Get().(*source)
	defer s.release()
	list, _, _ := s.objects([]byte(manifest), maxObjects)
	return list
}

// renamed changes the line apiVersion of each document of a kind, and counts them.
func renamed(manifest string, r Rename) (out string, n int) {
	s := sources.Get().(*source)
	defer s.release()
	var b strings.Builder
	rest := []byte(manifest)
	for len(rest) > 0 {
		doc, after := cutDocument(rest)
		list, _ := s.document(doc)
		if at, line := versionLine(doc); line != nil && len(list) == 1 && list[0].Ref.Kind == r.Kind && list[0].APIVersion == r.From {
			b.Write(doc[:at])
			b.Write(bytes.Replace(line, []byte(r.From), []byte(r.To), 1))
			doc = doc[at+len(line):]
			n++
		}
		b.Write(doc)
		if after != nil {
			b.WriteString("---")
		}
		rest = after
	}
	return b.String(), n
}

// versionLine is the one line of a document that says its apiVersion, and where it
// begins; nil where there is none, or more than one.
func versionLine(doc []byte) (at int, found []byte) {
	offset := 0
	for line := range bytes.Lines(doc) {
		if bytes.HasPrefix(line, []byte("apiVersion:")) {
			if found != nil {
				return 0, nil
			}
			at, found = offset, line
		}
		offset += len(line)
	}
	return at, found
}
