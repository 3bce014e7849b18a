package mask

import "strings"

// innocent are fields that tell where a credential is, below a field that is named
// for one: secret: {secretName: x, items: [{key: a, path: b}]}.
var innocent = words(`apiVersion defaultMode description example-name fieldPath format group items key keys kind mountPath name namespace
	optional resourceVersion type uid`)

func isInnocent(name string) bool {
	if innocent[name] {
		return true
	}
	list := split(name)
	return len(list) > 0 && isPointer(list[len(list)-1])
}

// inside hides every value of the list or object that begins at i, which a field is
// named for, but for those that tell where the credential is.
func (l *line) inside(f field, i int) {
	l.plural = f.counted && f.kind == secret
	l.brackets(i, nil)
	l.plural = false
}

// brackets goes on at i within the brackets of depth, and leaves the block open where
// they do not close in this line.
func (l *line) brackets(i int, depth []bool) {
	t := l.text
	defer func() { l.nested = max(l.nested, i) }()
	isTold := len(depth) > 0 && depth[len(depth)-1] // of the value that comes next
	name := ""
	for i < len(t) {
		c := t[i]
		m, from, quote := markAt(t, i)
		switch {
		case c == '{' || c == '[':
			depth = append(depth[:len(depth):len(depth)], name != "" && isInnocent(name) || len(depth) > 0 && isTold && name == "")
			name = ""
			i++
		case c == '}' || c == ']':
			if len(depth) > 0 {
				depth = depth[:len(depth)-1]
			}
			name = ""
			i++
			if len(depth) == 0 {
				return
			}
		case c == ',' || c == ';':
			name = ""
			i++
		case quote:
			to, end, _ := closing(t, m, from)
			if next := afterName(t, end); next > 0 {
				name, i = t[from:to], next
				break
			}
			l.member(from, to, name, depth)
			i = max(end, i+1)
		case isBlank(c) || c == '\\' || isBreak(t, i):
			i++
		default:
			end := i
			for end < len(t) && !isBlank(t[end]) && strings.IndexByte(`,;{}[]"'`, t[end]) < 0 && !isBreak(t, end) && !isAssign(t, end) {
				end++
			}
			if end == i {
				end++
			}
			if next := afterName(t, end); next > 0 && end < len(t) && isAssign(t, end) {
				name, i = t[i:end], next
				break
			}
			l.member(i, end, name, depth)
			i = end
		}
		isTold = len(depth) > 0 && depth[len(depth)-1]
	}
	if len(depth) > 0 {
		l.block = block{kind: bracketed, left: maxLists, depth: depth}
	}
}

// member hides one value of a list or object.
func (l *line) member(from, to int, name string, depth []bool) {
	text := l.text[from:to]
	switch {
	case depth[len(depth)-1], name != "" && isInnocent(name), isHarmless(text, field{}):
		return
	case l.plural && name == "" && !telling(text, secret):
		return // secrets: [a, b] names them
	}
	l.hide(from, to)
}

func isAssign(t string, i int) bool {
	if t[i] == '=' {
		return i+1 < len(t) && !isBlank(t[i+1]) && strings.IndexByte("=,;]}\"'", t[i+1]) < 0 || i+1 < len(t) && isQuote(t[i+1]) && (i+2 >= len(t) || !endsHere(t, i+2))
	}
	return t[i] == ':' && (i+1 == len(t) || isBlank(t[i+1]) || isQuote(t[i+1]) || strings.IndexByte("{[", t[i+1]) >= 0)
}

// afterName is where the value begins of the name that ends at i; 0 where it is none.
func afterName(t string, i int) int {
	i = blanks(t, i)
	switch {
	case i >= len(t):
		return 0
	case strings.HasPrefix(t[i:], "=>"):
		return blanks(t, i+2)
	case t[i] == ':' || t[i] == '=':
		return blanks(t, i+1)
	}
	return 0
}
