package mask

import "strings"

// sql hides passwords in statements: IDENTIFIED BY 'x', PASSWORD 'x', PASSWORD('x').
func (l *line) sql() {
	for _, word := range [...]string{"identified by ", "identified by values ", "password ", "password(", "passwd(", "requirepass ", "masterauth "} {
		for at := 0; ; {
			i := indexFold(l.text[at:], word)
			if i < 0 {
				break
			}
			at += i + len(word)
			from := blanks(l.text, at)
			if m, inner, ok := markAt(l.text, from); ok && m.quote != '`' {
				to, _, closed := closing(l.text, m, inner)
				if closed && !isHarmless(l.text[inner:to], field{}) && !isProse(l.text[inner:to]) {
					l.hide(inner, to)
				}
			} else if strings.HasPrefix(word, "identified") && from < len(l.text) {
				if end := bareEnd(l.text, from); isMixed(l.text[from:end]) {
					l.hide(from, end)
				}
			}
		}
	}
}

func indexFold(text, word string) int {
	for i := 0; i+len(word) <= len(text); i++ {
		if hasPrefixFold(text[i:], word) {
			return i
		}
	}
	return -1
}

// passwordFile hides the passwords of lines of netrc and pgpass, and of directives of a
// name and a password.
func (l *line) passwordFile() {
	l.netrc()
	l.pgpass()
}

// netrcWords begin the lines of an entry of netrc.
var netrcWords = words("machine default login")

// netrc reads "machine m login l password p", which may be spread over lines, and
// directives of the same form: "requirepass p".
func (l *line) netrc() {
	if indexFold(l.text, "pass") < 0 && indexFold(l.text, "auth") < 0 {
		return
	}
	list := shellWords(l.text, 0)
	known := l.netrcEntry
	for i, w := range list {
		known = known || i == 0 && netrcWords[w.text]
		if i+1 == len(list) || isHarmless(list[i+1].text, field{}) {
			return
		}
		next := list[i+1]
		if !isBlank(l.byteAt(w.to)) || strings.IndexByte("=:>", l.byteAt(next.from)) >= 0 {
			continue
		}
		switch w.text {
		case "password", "passwd":
			if known || i == 0 && len(list) == 2 && !isWord(next.text) {
				l.hide(next.from, next.to)
			}
		case "auth-pass": // of Redis Sentinel: sentinel auth-pass NAME PASSWORD
			if i+2 < len(list) {
				l.hide(list[i+2].from, list[i+2].to)
			}
		default:
			if i == 0 && len(list) == 2 && sortOfWord(w.text) == password && w.text != "pass" && (w.text == "requirepass" || w.text == "masterauth" || !isWord(next.text)) {
				l.hide(next.from, next.to)
			}
		}
	}
}

// pgpass reads "host:port:database:user:password" (PostgreSQL, 34.16).
func (l *line) pgpass() {
	t := strings.TrimRight(l.text, " \t\r")
	start := blanks(t, 0)
	var fields [4]string
	i := start
	for n := range fields {
		end := i
		for end < len(t) && t[end] != ':' {
			if t[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(t) || end == i || strings.ContainsAny(t[i:end], " \t\"'{}[]<>=") {
			return
		}
		fields[n] = t[i:end]
		i = end + 1
	}
	port, user := fields[1], fields[3]
	if i >= len(t) || t[i] == ':' || port != "*" && (len(port) < 2 || strings.Trim(port, "0123456789") != "") || strings.Trim(t[start:], "0123456789abcdefABCDEF:.") == "" {
		return
	}
	if user != "*" && (isDigit(user[0]) || fields[2] != "*" && isNumber(fields[2])) || isBlank(t[i]) {
		return
	}
	l.hide(i, len(t))
}
