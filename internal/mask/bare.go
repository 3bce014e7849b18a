package mask

import "strings"

// bareEnd is where the value without quotes that begins at i ends: at a blank, or at
// a sign that another entry, the end of a list or the end of a string follows. A
// password may hold such signs itself.
func bareEnd(t string, i int) int {
	start, opened := i, 0
	for i < len(t) {
		c := t[i]
		switch {
		case isBlank(c) || isBreak(t, i):
			return i
		case c == '\\':
			if i+1 < len(t) && t[i+1] == 't' {
				return i
			}
			if _, end, ok := markAt(t, i); ok && endsHere(t, end) {
				return i
			}
			i++ // what follows it belongs to the value, a blank too
		case isQuote(c) && i > start && endsHere(t, i+1):
			return i
		case c == ',' || c == ';' || c == '&' || c == '|':
			if i+1 == len(t) || isBlank(t[i+1]) || startsEntry(t[i+1:]) || c == '&' && t[i+1] == '&' {
				return i
			}
		case c == '{' || c == '[' || c == '(':
			opened++
		case c == '}' || c == ']' || c == ')':
			if opened == 0 && endsHere(t, i+1) {
				return i
			}
			opened = max(0, opened-1)
		case c == '<' && i+1 < len(t) && t[i+1] == '/':
			return i
		}
		i++
	}
	return len(t)
}

// endsHere reports whether what stands at i, behind a quote or bracket, is something
// that follows a value.
func endsHere(t string, i int) bool {
	return i >= len(t) || isBlank(t[i]) || isBreak(t, i) || strings.IndexByte(`,;.:})]>/&"'`+"`", t[i]) >= 0 || t[i] == '\\'
}

// startsEntry reports whether text begins with a name and a separator.
func startsEntry(text string) bool {
	i := blanks(text, 0)
	for i < len(text) && (isQuote(text[i]) || text[i] == '\\' || text[i] == '-') {
		i++
	}
	from := i
	for i < len(text) && (isNameByte(text[i]) || text[i] == ' ' && i-from < 40) {
		i++
	}
	if i == from || i == len(text) {
		return false
	}
	for i < len(text) && (isQuote(text[i]) || text[i] == '\\') {
		i++
	}
	return i < len(text) && (text[i] == '=' || text[i] == ':')
}

// hasAssignment reports whether a blank and then "name=" stand in text.
func hasAssignment(text string) bool {
	for i := 0; i < len(text); {
		if !isBlank(text[i]) {
			i++
			continue
		}
		i = blanks(text, i)
		from := i
		for i < len(text) && isNameByte(text[i]) {
			i++
		}
		if i > from && i < len(text) && text[i] == '=' {
			return true
		}
	}
	return false
}
