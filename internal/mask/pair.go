package mask

import "strings"

// A credential may be named in one field and stand in another: {name: DB_PASSWORD,
// value: x}, <add key="AccountKey" value="x"/>, <entry key="db.password">x</entry>.

var (
	naming  = words(`name key id property variable var field param parameter option setting env argument`)
	valuing = words(`value val content text data default string stringvalue`)
)

// maxPartner is how far from a name its value is looked for, in bytes.
const maxPartner = 4096

// pair reports whether a name stands itself as the value of a field that names
// something, and hides the value that belongs to it.
func (l *line) pair(f field) bool {
	t := l.text
	i := f.from
	for i > 0 && (isQuote(t[i-1]) || t[i-1] == '\\') {
		i--
	}
	i = backOverBlanks(t, i)
	if i == 0 || t[i-1] != ':' && t[i-1] != '=' {
		return false
	}
	i = backOverBlanks(t, i-1)
	for i > 0 && (isQuote(t[i-1]) || t[i-1] == '\\') {
		i--
	}
	end := i
	for i > 0 && isNameByte(t[i-1]) {
		i--
	}
	if !naming[strings.ToLower(t[i:end])] {
		return false
	}
	l.partner(f, i)
	return true
}

func backOverBlanks(t string, i int) int {
	for i > 0 && isBlank(t[i-1]) {
		i--
	}
	return i
}

// partner hides the value that goes with a name: in the same braces or tag, or on one
// of the next lines.
func (l *line) partner(f field, start int) {
	t := l.text
	from := start
	for from > 0 && start-from < maxPartner && t[from-1] != '{' && t[from-1] != '<' && t[from-1] != '}' {
		from--
	}
	to := f.to
	for to < len(t) && to-f.to < maxPartner && t[to] != '<' && t[to] != '{' {
		to++
	}
	found := l.valueWithin(from, start, f.kind) || l.valueWithin(f.to, to, f.kind)
	if gt := strings.IndexByte(t[f.to:], '>'); gt >= 0 && strings.IndexByte(t[from:start], '=') < 0 && from > 0 && t[from-1] == '<' && t[f.to+gt-1] != '/' {
		l.elementAt(f.to+gt+1, tagName(t, from))
		return
	}
	if !found && strings.TrimSpace(strings.Trim(t[f.to:], `"',\`)) == "" {
		l.block = block{kind: paired, left: maxPair, indent: -1}
	}
}

// valueWithin hides the values of fields called "value" between two places.
func (l *line) valueWithin(from, to int, what kind) (found bool) {
	t := l.text
	for i := from; i < to; {
		if !isNameByte(t[i]) {
			i++
			continue
		}
		begin := i
		for i < to && isNameByte(t[i]) {
			i++
		}
		if !valuing[strings.ToLower(t[begin:i])] {
			continue
		}
		f := field{from: begin, to: i, kind: what, where: begins}
		if at, ok := l.separated(&f); ok && !isBreak(t, at) {
			l.value(f, at)
			found = true
		}
	}
	return found
}

// pairedValue masks a line behind one that named a credential.
func (s *Stream) pairedValue(line string) (out string, taken bool) {
	text := strings.TrimLeft(line, " \t\"'<")
	end := 0
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	word := strings.ToLower(text[:end])
	left := s.block.left
	s.block = block{}
	if valuing[word] {
		l := scan(line, s)
		from := len(line) - len(text)
		f := field{from: from, to: from + end, kind: password, where: ofALine}
		if at, ok := l.separated(&f); ok {
			l.value(f, at)
		} else if strings.HasPrefix(text[end:], ">") {
			l.elementAt(from+end+1, word)
		}
		s.block = l.block
		return l.result(), true
	}
	if left > 0 && !naming[word] && word != "valuefrom" && !strings.HasPrefix(strings.TrimSpace(line), "- ") && !strings.HasPrefix(strings.TrimSpace(line), "}") {
		s.block = block{kind: paired, left: left, indent: -1}
		out := scan(line, s)
		if out.block.kind != open {
			s.block = out.block
		}
		return out.result(), true
	}
	return "", false
}
