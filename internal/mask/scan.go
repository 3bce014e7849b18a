package mask

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// line is one line being looked at: what of it is to be hidden, and what it leaves
// open for the lines that follow.
type line struct {
	text       string
	depth      int  // of strings within strings
	more       bool // of such a string there are more lines
	netrcEntry bool // the line may belong to an entry of netrc

	spans   []span
	block   block
	strings []span          // those in double quotes
	done    int             // names before it stand in values that are hidden
	nested  int             // lists and objects before it were gone through
	quote   int             // where the next quote is, for headers
	absent  map[string]bool // closing tags that do not come any more
	plural  bool            // what is read now is a list called "secrets"
}

// span is a part of the text, in bytes, and what comes into its place.
type span struct {
	from, to int
	put      string
	literal  bool // a string whose content was masked by itself
}

const (
	maxDepth     = 5 // of strings within strings
	leastLiteral = 8 // bytes of a string that is looked at by itself
)

// scan looks for credentials in a line. Each way of looking sees the whole line, so
// that none depends on what another found.
func scan(text string, s *Stream) *line {
	l := &line{text: text, depth: s.depth, more: s.more, netrcEntry: s.netrc > 0}
	l.pem()
	l.literals()
	l.names()
	l.elements()
	l.urls()
	l.accounts()
	l.shell()
	l.sql()
	l.passwordFile()
	l.shapes()
	return l
}

func (l *line) hide(from, to int) {
	if from < to && !strings.HasPrefix(l.text[from:to], begun) {
		l.spans = append(l.spans, span{from: from, to: to, put: Hidden})
	}
}

func (l *line) byteAt(i int) byte {
	if i < 0 || i >= len(l.text) {
		return 0
	}
	return l.text[i]
}

// result is the line with what was found hidden.
func (l *line) result() string {
	if len(l.spans) == 0 {
		return l.text
	}
	var out strings.Builder
	at := 0
	for _, s := range l.merged() {
		out.WriteString(l.text[at:s.from])
		out.WriteString(s.put)
		at = s.to
	}
	out.WriteString(l.text[at:])
	return out.String()
}

// merged are the spans in order, without overlaps. Within a string that was masked by
// itself nothing else is hidden, unless all of it is.
func (l *line) merged() []span {
	var strs, rest []span
	for _, s := range l.spans {
		if s.literal {
			strs = append(strs, s)
		} else {
			rest = append(rest, s)
		}
	}
	slices.SortFunc(strs, byPlace)
	slices.SortFunc(rest, byPlace)
	rest = united(rest)
	out, used := make([]span, 0, len(l.spans)), 0
	for _, s := range rest {
		for used < len(strs) && strs[used].to <= s.from {
			out = append(out, strs[used])
			used++
		}
		for used < len(strs) && strs[used].from < s.to {
			str := strs[used]
			switch {
			case s.from <= str.from && str.to <= s.to:
				used++ // hidden as a whole
				continue
			case s.from < str.from:
				out = append(out, span{from: s.from, to: str.from, put: s.put})
			}
			s.from = min(str.to, s.to)
			if str.to > s.to {
				break
			}
			out = append(out, str)
			used++
		}
		if s.from < s.to {
			out = append(out, s)
		}
	}
	return append(out, strs[used:]...)
}

func byPlace(a, b span) int { return cmp.Or(a.from-b.from, b.to-a.to) }

// united makes one span of those that overlap or touch.
func united(list []span) []span {
	var out []span
	for _, s := range list {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// literals masks the content of strings in double quotes as text of their own: JSON
// within JSON, YAML within JSON.
func (l *line) literals() {
	if l.depth == maxDepth {
		return
	}
	for i := 0; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			i++
		case '"':
			end := stringEnd(l.text, i)
			if end < 0 {
				return
			}
			l.strings = append(l.strings, span{from: i, to: end})
			l.literal(i, end)
			i = end - 1
		}
	}
}

// stringEnd is the end of the string in double quotes that begins at i, -1 where it
// has none.
func stringEnd(text string, i int) int {
	for j := i + 1; j < len(text); j++ {
		switch text[j] {
		case '\\':
			j++
		case '"':
			return j + 1
		}
	}
	return -1
}

// closes reports whether the quote at i closes the string in which from stands.
func (l *line) closes(from, i int) bool {
	n, found := slices.BinarySearchFunc(l.strings, i, func(s span, i int) int { return s.to - 1 - i })
	return found && l.strings[n].from < from && endsHere(l.text, i+1)
}

func (l *line) literal(from, to int) {
	raw := l.text[from:to]
	if to-from < leastLiteral {
		return
	}
	plain, err := strconv.Unquote(raw)
	if err != nil {
		if plain, err = unquoteJSON(raw); err != nil {
			return
		}
	}
	masked := within(plain, l.depth+1)
	if masked != plain {
		l.spans = append(l.spans, span{from: from, to: to, put: quoteJSON(masked), literal: true})
	}
}
