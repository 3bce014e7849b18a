package mask

import "strings"

// value hides the value that begins at i of a field.
func (l *line) value(f field, i int) {
	t := l.text
	comment := f.by == colon && f.where == ofALine && strings.HasPrefix(t[i:], "# ")
	if l.closes(f.from, i) {
		return
	}
	if isBreak(t, i) || comment {
		if f.by == colon && f.where == ofALine && (i >= len(t) || comment) {
			l.block = block{kind: below, indent: l.column(f), left: maxBlock}
		}
		return
	}
	if f.by == colon && f.where == ofALine && isBlockScalar(t[i:]) {
		l.block = block{kind: scalar, indent: l.column(f), left: maxBlock}
		return
	}
	if i+1 < len(t) && strings.IndexByte("bBuUrR", t[i]) >= 0 && isQuote(t[i+1]) {
		i++ // b'...' and u'...' of Python
	}
	prose := f.by == colon && !f.quoted && (f.loose && f.where == amid || f.class) || f.said
	if m, from, ok := markAt(t, i); ok {
		l.quotedValue(f, m, from, prose)
		return
	}
	if strings.HasPrefix(t[i:], "{{") {
		return // a template names a value
	}
	if (t[i] == '{' || t[i] == '[') && !prose {
		if i >= l.nested {
			l.inside(f, i)
		}
		return
	}
	switch {
	case f.said || f.class && prose:
		l.bareValue(f, i, true)
	case (f.kind == login || f.kind == cookie) && f.by == colon:
		l.header(f, i)
	case f.where == ofALine && (f.by == colon || f.by == equals && l.isProperty(f, i)):
		l.wholeLine(f, i)
	default:
		l.bareValue(f, i, prose)
	}
}

// column is how deep the entry of a field stands.
func (l *line) column(f field) int {
	i := f.from
	if i > 0 && isQuote(l.text[i-1]) {
		i--
	}
	if strings.TrimLeft(l.text[:i], " -") != "" {
		return indentOf(l.text)
	}
	return i
}

// isBlockScalar reports whether a YAML value is on the lines below: "|", ">-", "!!binary |2".
func isBlockScalar(text string) bool {
	for i, word := range strings.Fields(text) {
		switch word[0] {
		case '!', '&':
			continue
		case '|', '>':
			rest := strings.TrimLeft(word[1:], "+-0123456789")
			after := strings.Fields(text)[i+1:]
			return rest == "" && (len(after) == 0 || strings.HasPrefix(after[0], "#"))
		}
		return false
	}
	return false
}

func (l *line) quotedValue(f field, m mark, from int, prose bool) {
	t := l.text
	to, end, closed := closing(t, m, from)
	content := t[from:to]
	switch {
	case isHarmless(content, f):
		return
	case f.said && (f.kind == secret && isObjectName(content) || isComplaint(firstWord(content)) || isProse(content)):
		return
	case prose && !f.said && !telling(content, f.kind):
		return
	case f.kind == license && len(content) < longLicense:
		return
	case f.by == colon && f.loose && f.where != begins && !f.quoted && f.kind != password && isProse(content):
		return
	}
	if scheme := firstWord(content); f.kind == login && isScheme(scheme) && len(scheme) < len(content) {
		from = blanks(t, from+len(scheme))
	}
	l.put(from, to)
	if m.slashes == 0 {
		l.put(end, l.adjoining(end))
	}
	if !closed && f.where == ofALine && f.by == colon && m.slashes == 0 {
		l.block = block{kind: unclosed, indent: l.column(f), left: maxQuote, mark: m}
	}
}

// adjoining is the end of what a shell would add to the word whose first part ends
// at i: 'it'\”s'.
func (l *line) adjoining(i int) int {
	t := l.text
	for i < len(t) {
		if isBlank(t[i]) || isBreak(t, i) || strings.IndexByte(",;)}]:&|<>/?", t[i]) >= 0 {
			return i
		}
		if t[i] == '\\' && i+1 < len(t) && t[i+1] == '\'' {
			i += 2
			continue
		}
		if m, from, ok := markAt(t, i); ok {
			if m.slashes > 0 || endsHere(t, from) {
				return i
			}
			_, i, _ = closing(t, m, from)
			continue
		}
		i++
	}
	return i
}

// isProperty reports whether a line is nothing but a name and a value, as in INI and
// properties, rather than one of several assignments or one before a command.
func (l *line) isProperty(f field, i int) bool {
	rest := l.text[i:]
	if hasAssignment(rest) || strings.ContainsAny(rest, "&;") && bareEnd(rest, 0) < len(rest) {
		return false
	}
	name := l.text[f.from:f.to]
	return strings.ContainsAny(l.text[f.to:i], " \t") || strings.ToUpper(name) != name
}

// wholeLine hides a value that goes on to the end of its line.
func (l *line) wholeLine(f field, i int) {
	end := lineEnd(l.text, i)
	text := l.text[i:end]
	many := strings.ContainsAny(text, " \t")
	switch {
	case isHarmless(text, f), f.kind == license && len(text) < longLicense:
		return
	case many && (f.by == colon || f.loose) && (f.loose && f.kind != password && isWord(firstWord(text)) || complains(text)):
		l.tellingWords(i, end)
		return
	}
	if strings.HasSuffix(text, `\`) {
		l.block = block{kind: continues, left: maxQuote}
	}
	if q := l.byteAt(f.from - 1); isQuote(q) && !f.quoted && strings.HasSuffix(text, string(q)) {
		end-- // the quote around name and value
	}
	l.put(i, end)
}

// put hides a value, in which no name is looked for any more.
func (l *line) put(from, to int) {
	l.hide(from, to)
	l.done = max(l.done, to)
}

// tellingWords hides of a sentence the words that are none.
func (l *line) tellingWords(from, to int) {
	for i := from; i < to; {
		if isBlank(l.text[i]) {
			i++
			continue
		}
		end := i
		for end < to && !isBlank(l.text[end]) {
			end++
		}
		if word := strings.Trim(l.text[i:end], `"'.,;:()[]`); len(word) >= 8 && telling(word, secret) && !strings.Contains(word, "=") {
			l.hide(i, end)
		}
		i = end
	}
}

// lineEnd is where the value that begins at i ends that may hold blanks: at the end
// of the line, before a comment, or before another entry.
func lineEnd(t string, i int) int {
	end := i
	for end < len(t) && !isBreak(t, end) {
		if end > i && t[end] == '#' && isBlank(t[end-1]) {
			break
		}
		if t[end] == ',' && end+1 < len(t) && t[end+1] == ' ' && startsEntry(t[end+1:]) {
			break
		}
		end++
	}
	for end > i && isBlank(t[end-1]) {
		end--
	}
	return end
}

func (l *line) bareValue(f field, i int, prose bool) {
	t := l.text
	end := bareEnd(t, i)
	text := t[i:end]
	rest := strings.TrimSpace(t[end:])
	switch {
	case text == "" || isHarmless(text, f), f.kind == license && len(text) < longLicense:
		return
	case f.by == blank && (text[0] == '-' || isConnective(text)):
		return
	case prose && !telling(text, f.kind):
		if f.kind != password || f.class || f.said || rest != "" || isComplaint(text) || len(text) < 4 {
			return
		}
	case f.by == colon && rest != "" && isComplaint(firstWord(text)):
		return
	}
	if f.kind == login && isScheme(text) && rest != "" {
		i = blanks(t, end)
		end = bareEnd(t, i)
	}
	l.put(i, end)
}

// header hides the value of a header: the scheme of an authorization is told.
func (l *line) header(f field, i int) {
	end := max(i, l.quote)
	for end < len(l.text) && !isBreak(l.text, end) && !isQuote(l.text[end]) {
		end++
	}
	l.quote = end
	for end > i && l.text[end-1] == '\\' {
		end--
	}
	text := l.text[i:end]
	if isHarmless(strings.TrimSpace(text), f) {
		return
	}
	first := firstWord(text)
	if isScheme(first) && len(text) > len(first) {
		i = blanks(l.text, i+len(first))
		text = l.text[i:end]
		first = firstWord(text)
		if isConnective(first) || strings.EqualFold(first, "authentication") || strings.EqualFold(first, "realm") || strings.HasPrefix(text, "realm=") {
			return
		}
		l.put(i, end)
		return
	}
	if isWord(first) && !strings.Contains(text, "=") && strings.ContainsRune(text, ' ') {
		l.tellingWords(i, end)
		l.done = max(l.done, end)
		return
	}
	l.put(i, end)
}
