package mask

import "strings"

// block is what a line leaves open: how the lines that follow are to be read.
type block struct {
	kind   blockKind
	indent int    // of the entry that left it open
	left   int    // lines that it may go on for
	scalar int    // one more than the indentation of a block scalar's name, within a map of values
	depth  []bool // of brackets: whether what stands in them is told
	body   bool   // lines of a PEM block have come
	sure   bool   // its last line will
	mark   mark   // that closes a value
	close  string // that closes an element
}

type blockKind uint8

const (
	open      blockKind = iota // nothing
	armoured                   // a PEM block
	scalar                     // a YAML block scalar: deeper lines
	below                      // the value is on the next line, or is a map or list below
	values                     // a map of secret values: the data of a Secret
	unclosed                   // a quoted value goes on
	continues                  // behind a backslash
	nextItem                   // the next item of a list is the value of a flag
	paired                     // the value of what was named comes in a field of its own
	bracketed                  // a list or object
	element                    // the content of an XML element
)

// How many lines a block may go on for. What it hides is bounded by its own form as
// well: by the indentation, the letters of base64, the closing bracket.
const (
	maxBlock = 2000
	maxPEM   = 200
	maxLists = 200
	maxQuote = 50
	maxPair  = 3
)

// continued masks a line that stands in a block; taken is false where the block has
// ended before it.
func (s *Stream) continued(line string) (out string, taken bool) {
	b := &s.block
	if b.left--; b.left < 0 {
		*b = block{}
		return "", false
	}
	trimmed := strings.TrimSpace(line)
	if trimmed == "" && b.kind != armoured {
		return line, true
	}
	deeper := indentOf(line) > b.indent
	switch b.kind {
	case armoured:
		return s.armour(line)
	case scalar:
		if deeper {
			return hidden(line), true
		}
	case below, values:
		item := b.kind == below && indentOf(line) == b.indent && (trimmed == "-" || strings.HasPrefix(trimmed, "- "))
		if deeper || item {
			return s.entry(line), true
		}
	case unclosed:
		if deeper {
			if _, _, closed := closing(line, b.mark, 0); closed {
				*b = block{}
			}
			return hidden(line), true
		}
	case continues:
		if !strings.HasSuffix(line, `\`) {
			*b = block{}
		}
		return hidden(line), true
	case nextItem:
		*b = block{}
		return s.item(line)
	case paired:
		return s.pairedValue(line)
	case bracketed:
		if !strings.ContainsAny(line, `"',:{}[]`) && strings.Contains(trimmed, " ") {
			break // a line of prose
		}
		depth := b.depth
		l := scan(line, s)
		left := b.left
		l.brackets(0, depth)
		s.block = l.block
		s.block.left = min(s.block.left, left)
		return l.result(), true
	case element:
		if strings.Count(trimmed, " ") > 4 && !strings.Contains(line, b.close) {
			break // a line of prose
		}
		return s.content(line), true
	case open:
	}
	*b = block{}
	return "", false
}

// hidden is a line of which only the indentation is left.
func hidden(line string) string {
	i, end := indentOf(line), len(strings.TrimRight(line, "\r"))
	if i >= end || strings.HasPrefix(line[i:], begun) {
		return line
	}
	return line[:i] + Hidden + line[end:]
}

// entry masks a line of a map or list all of whose values are credentials.
func (s *Stream) entry(line string) string {
	b := &s.block
	indent := indentOf(line)
	if b.scalar > 0 && indent >= b.scalar {
		return hidden(line)
	}
	b.scalar = 0
	name, at, column := splitEntry(line)
	switch {
	case name == "" && (at == len(line) || b.kind == below && complains(line[at:])):
		return line
	case name != "" && isBlockScalar(line[at:]):
		b.scalar = column + 1
		return line
	case b.kind == below && name != "" && isInnocent(name):
		return scan(line, s).result()
	case at == len(line), isHarmless(line[at:], field{}), strings.HasPrefix(line[at:], begun):
		return line
	case strings.Trim(line[at:], "{}[], ") == "":
		return line
	}
	return line[:at] + Hidden
}

// splitEntry takes a line of YAML apart: its name, where its value begins, and in
// which column the name does.
func splitEntry(line string) (name string, value, column int) {
	i := indentOf(line)
	for i+1 < len(line) && line[i] == '-' && isBlank(line[i+1]) {
		i = blanks(line, i+1)
	}
	if line[i:] == "-" {
		return "", len(line), i
	}
	column = i
	start := i
	if i < len(line) && isQuote(line[i]) {
		i++
	}
	from := i
	for i < len(line) && (isNameByte(line[i]) || line[i] == '/') {
		i++
	}
	name = line[from:i]
	if i < len(line) && isQuote(line[i]) {
		i++
	}
	if name == "" || i >= len(line) || line[i] != ':' || i+1 < len(line) && !isBlank(line[i+1]) {
		return "", start, column
	}
	return name, blanks(line, i+1), column
}

// item masks an item of a list, as YAML or JSON write it, that is the value of the flag
// before it.
func (s *Stream) item(line string) (out string, taken bool) {
	i := indentOf(line)
	if strings.HasPrefix(line[i:], "- ") {
		i = blanks(line, i+1)
	} else if i >= len(line) || !isQuote(line[i]) {
		return "", false
	}
	end := len(strings.TrimRight(line, "\r"))
	if m, from, ok := markAt(line, i); ok {
		i = from
		end, _, _ = closing(line, m, from)
	}
	if text := line[i:end]; strings.HasPrefix(text, "-") || isHarmless(text, field{}) {
		return "", false
	}
	l := scan(line, s)
	l.hide(i, end)
	s.block = l.block
	return l.result(), true
}
