package mask

import (
	"slices"
	"strings"
)

// Stream masks the lines of a text one after the other: it remembers whether it
// stands within a private key, or behind a name whose value comes on the next line.
// The zero Stream is at the beginning of a text.
type Stream struct {
	block  block
	secret bool // the lines are of a Secret's manifest
	whole  bool // and so is the text, wherever it says so
	depth  int  // of strings within strings
	more   bool // of such a string there are more lines
	netrc  int  // lines that may belong to an entry of netrc
}

// Mask is a line, without its newline, with its credentials masked. A line without
// any is returned as it is.
func (s *Stream) Mask(line string) string {
	s.manifest(line)
	if s.block.kind != open {
		if out, taken := s.continued(line); taken {
			return out
		}
	}
	if s.secret && isData(line) {
		s.block = block{kind: values, indent: indentOf(line), left: maxBlock}
		return line
	}
	if s.netrc--; netrcWords[firstWord(line)] {
		s.netrc = maxNetrc
	}
	if !suspect(line) {
		return line
	}
	l := scan(line, s)
	s.block = l.block
	return l.result()
}

// manifest notes where the lines of a Secret begin and end.
func (s *Stream) manifest(line string) {
	if s.whole {
		return
	}
	switch {
	case strings.HasPrefix(line, "---"):
		s.secret = false
	case strings.Contains(line, "kind:"):
		s.secret = secretManifest(line)
	}
}

// maxNetrc is how many lines an entry of netrc has at most.
const maxNetrc = 4

func isData(line string) bool {
	switch strings.TrimSpace(line) {
	case "data:", "stringData:":
		return true
	}
	return false
}

// Text is a text of any number of lines with its credentials masked. One without any
// is returned as it is.
func Text(text string) string { return within(text, 0) }

// within is Text for the content of a string that stands depth strings deep.
func within(text string, depth int) string {
	whole := secretManifest(text)
	if !whole && !suspect(text) {
		return text
	}
	s := Stream{secret: whole, whole: whole, depth: depth}
	lines := strings.Split(text, "\n")
	s.more = len(lines) > 1
	for i := range lines {
		lines[i] = s.Mask(lines[i])
		if s.block.kind == armoured && !s.block.sure {
			s.block.sure = slices.ContainsFunc(lines[i+1:min(len(lines), i+1+maxPEM)], func(l string) bool { return strings.Contains(l, pemEnd) })
			s.block.left = maxPEM
		}
	}
	return strings.Join(lines, "\n")
}

// secretManifest reports whether a text holds a Secret as YAML. Its kind comes behind
// its data where fields are sorted.
func secretManifest(text string) bool {
	const kind = "kind: Secret"
	for {
		i := strings.Index(text, kind)
		if i < 0 {
			return false
		}
		text = text[i+len(kind):]
		if text == "" || strings.ContainsRune("\n\r ", rune(text[0])) {
			return true
		}
	}
}
