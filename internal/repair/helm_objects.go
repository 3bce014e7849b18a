package repair

import (
	"errors"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/careen-tui/careen/internal/release"
)

// errUnclear says that a record's text may not be to Helm what it is to careen.
var errUnclear = errors.New("the record's manifest cannot be read document by document")

// declaredBy is every object that a record has Helm make, hooks included. A document that
// could be read in two ways is an error: it is read from its own text, never from what
// the record says of it.
func declaredBy(record *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	contents, err := contentsOf(record)
	if err != nil {
		return nil, err
	}
	var out []*unstructured.Unstructured
	for _, text := range contents {
		for i, doc := range strings.Split("\n"+text, "\n---") {
			if i > 0 { // the rest of a separator's line is nobody's
				_, doc, _ = strings.Cut(doc, "\n")
			}
			if blank(doc) {
				continue
			}
			u, err := parseManifest([]byte(doc))
			if err != nil || u.IsList() || strings.HasSuffix(u.GetKind(), "List") {
				return nil, errUnclear
			}
			out = append(out, u)
		}
	}
	return out, nil
}

// blank reports whether a document holds nothing but comments.
func blank(doc string) bool {
	for line := range strings.Lines(doc) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return false
		}
	}
	return true
}

// contentsOf are the texts of a record that Helm applies: its manifest and its hooks.
func contentsOf(record *unstructured.Unstructured) ([]string, error) {
	stored, err := storedRecord(record)
	if err != nil {
		return nil, err
	}
	c, err := release.Read(stored)
	if err != nil {
		return nil, err
	}
	out := []string{c.Manifest}
	for _, h := range c.Hooks {
		out = append(out, h.Manifest)
	}
	return out, nil
}

// targetDigest stands for what a record has Helm make, so that an undo can tell whether
// somebody exchanged it since.
func targetDigest(record *unstructured.Unstructured) string {
	contents, err := contentsOf(record)
	if err != nil {
		return ""
	}
	return digest([]byte(strings.Join(contents, "\x00")))
}
