package mask

import "strings"

// elements hides the content of XML elements that are named for a credential.
func (l *line) elements() {
	t := l.text
	for i := strings.IndexByte(t, '<'); i >= 0 && i+1 < len(t); {
		name := tagName(t, i+1)
		gt := strings.IndexByte(t[i:], '>')
		if gt < 0 {
			return
		}
		gt += i
		local := name[strings.LastIndexByte(name, ':')+1:]
		if local != "" && sortOf(local) != none && t[gt-1] != '/' {
			l.elementAt(gt+1, name)
		}
		next := strings.IndexByte(t[i+1:], '<')
		if next < 0 {
			return
		}
		i += 1 + next
	}
}

// tagName is the name of the element whose tag's name begins at i.
func tagName(t string, i int) string {
	end := i
	for end < len(t) && (isNameByte(t[end]) || t[end] == ':') {
		end++
	}
	return t[i:end]
}

// elementAt hides the content of an element from i on. Without a closing tag in the
// line it is one over several lines, if nothing but the tag stands before: "<token>"
// is also how usage texts write what is to be filled in.
func (l *line) elementAt(i int, name string) {
	t := l.text
	closing := "</" + name
	end := -1
	if !l.absent[closing] {
		end = strings.Index(t[i:], closing)
	}
	if end < 0 {
		if l.absent == nil {
			l.absent = map[string]bool{}
		}
		l.absent[closing] = true
		if strings.HasPrefix(strings.TrimLeft(t, " \t"), "<"+name) && (i == len(t) || !isBlank(t[i])) {
			l.hide(i, len(t))
			l.block = block{kind: element, left: maxQuote, indent: -1, close: closing}
		}
		return
	}
	from, to := blanks(t, i), i+end
	if rest, ok := strings.CutPrefix(t[from:to], "<![CDATA["); ok {
		from = to - len(rest)
		to -= len(rest) - len(strings.TrimSuffix(rest, "]]>"))
	}
	if !isHarmless(t[from:to], field{}) && !strings.HasPrefix(t[from:to], "<") {
		l.hide(from, to)
	}
}

// content masks a line within an element.
func (s *Stream) content(line string) string {
	end := strings.Index(line, s.block.close)
	if end < 0 {
		return hidden(line)
	}
	s.block = block{}
	l := scan(line, s)
	l.hide(blanks(line, 0), end)
	s.block = l.block
	return l.result()
}
