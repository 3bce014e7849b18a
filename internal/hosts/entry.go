package hosts

import (
	"strings"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

// span is a stretch of a text, from its first byte to behind its last.
type span struct{ from, to int }

func (s span) of(text string) string { return text[s.from:s.to] }

// entry is one entry of a list.
type entry struct {
	unit   span // all of it: the piece between two separators, the line, the flag with its value
	gap    int  // where what separates it from the one before begins; unit.from where none stands before it
	flag   word // before the unit, where it has one of its own
	scheme span
	name   span // the host's name, with its trailing dot
	ports  int  // where the ports end, which begin behind the name

	id   string // what is shown of that which stands before the scheme: "1@", "server.1="
	tail string // and of that which stands behind the ports: ":observer"

	kind kind
	host model.Host // of a member
}

type kind int8

// maxID bounds what stands before a host in its entry.
const maxID = 128

const (
	member   kind = iota
	stranger      // another host
	option        // a setting behind the hosts
	bare          // one word, which is a host among hosts alone
	open          // a variable or a pattern: it may stand for any host
)

// raw is an entry as it is shown and compared, without credentials, path and query.
func (e *entry) raw(text string) string {
	return e.id + e.scheme.of(text) + text[e.name.from:e.ports] + e.tail
}

// schemes are those that are written without slashes: Open vSwitch, Thanos.
var schemes = []string{"tcp:", "ssl:", "tls:", "udp:", "dns+", "dnssrv+", "dnssrvnoa+"}

// entry reads one piece of a list.
func (d *doc) entry(at span) (entry, bool) {
	e := entry{unit: at, gap: at.from}
	inner, ok := unquoted(d.text, at)
	if !ok || inner.from == inner.to || d.text[inner.from] == '-' {
		return e, false
	}
	i, text := inner.from, d.text[:inner.to]
	if w := wordRun(text[i:]); w > 0 && w <= maxID && i+w < len(text) && text[i+w] == '=' {
		word := text[i : i+w]
		if mask.Name(word) {
			e.kind = option
			return e, true
		}
		e.id, i = word+"=", i+w+1
	}
	if k := strings.IndexByte(text[i:], '@'); k > 0 && isNumber(text[i:i+k]) {
		e.id, i = e.id+text[i:i+k+1], i+k+1
	}
	e.scheme = span{i, i + schemeRun(text[i:])}
	authority := text[e.scheme.to:]
	if k := strings.IndexAny(authority, "/?#"); k >= 0 {
		authority = authority[:k]
	}
	i = e.scheme.to
	if k := strings.LastIndexByte(authority, '@'); k >= 0 {
		url := e.scheme.to > e.scheme.from && strings.Count(authority, "@") == 1
		if strings.ContainsAny(authority[:k], blank) || !url && strings.ContainsAny(authority[:k], ",;|") {
			return e, false
		}
		i += k + 1
	}
	h, n := hostName(text[i:])
	if w := wordRun(text[i:]); n == 0 && i == e.scheme.from && w > 0 && w <= maxID && i+w < len(text) && text[i+w] == '/' {
		// A group of hosts, as VictoriaMetrics names them: group1/vmstorage-0.vmstorage:8400.
		if g, m := hostName(text[i+w+1:]); m > 0 && (g.Service != "" || strings.HasPrefix(text[i+w+1+m:], ":")) {
			e.id += text[i : i+w+1]
			i += w + 1
			h, n, e.scheme = g, m, span{i, i}
		}
	}
	if n > 0 {
		e.host, e.name = h, span{i, i + n}
		e.ports = i + n + portsRun(text[i+n:])
		e.tail, ok = tail(text[e.ports:], e.ports > e.name.to, e.scheme.to > e.scheme.from)
		if ok {
			return e, true
		}
	}
	e.kind, ok = d.strange(e, text[i:])
	return e, ok
}

// strange says what an entry is that names no member.
func (d *doc) strange(e entry, rest string) (kind, bool) {
	whole := e.unit.of(d.text)
	switch {
	case strings.ContainsAny(whole, blank):
		return 0, false
	case strings.HasPrefix(rest, "[") && strings.Contains(rest, "]:"):
		return stranger, true
	case strings.ContainsAny(whole, "${*%<[]"):
		bracket := strings.IndexByte("{[", whole[0]) >= 0 && !strings.HasPrefix(whole, "{{")
		return open, !bracket && hasLetter(strings.ToLower(whole)) && !strings.ContainsAny(whole, ",#?=@;|\"'`")
	}
	n := wordRun(rest)
	name, rest := rest[:n], rest[n:]
	ports := portsRun(rest)
	if _, ok := tail(rest[ports:], ports > 0, e.scheme.to > e.scheme.from); n == 0 || !ok || strings.Trim(name, "0123456789") == "" {
		return option, strings.Contains(e.id, "=")
	}
	if ports == 0 && e.scheme.from == e.scheme.to && !strings.Contains(name, ".") {
		if strings.Contains(e.id, "=") {
			return option, true
		}
		return bare, true
	}
	return stranger, true
}

// unquoted takes the quotes off a piece; ok is false where they do not match.
func unquoted(text string, at span) (span, bool) {
	if at.from == at.to || !isQuote(text[at.from]) {
		return at, at.from == at.to || !isQuote(text[at.to-1])
	}
	q := text[at.from]
	inner := span{at.from + 1, at.to - 1}
	return inner, inner.from <= inner.to && text[at.to-1] == q && strings.IndexByte(inner.of(text), q) < 0
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func isNumber(s string) bool { return s != "" && len(s) <= 10 && strings.Trim(s, "0123456789") == "" }

// schemeRun is how many bytes a scheme takes at the start of s: "jdbc:mysql://".
func schemeRun(s string) int {
	for _, p := range schemes {
		if strings.HasPrefix(s, p) {
			return len(p)
		}
	}
	n := 0
	for n < len(s) && (isWord(s[n]) || s[n] == '+' || s[n] == ':') {
		n++
	}
	if n > 1 && n <= maxID && s[n-1] == ':' && strings.HasPrefix(s[n:], "//") {
		return n + 2
	}
	return 0
}

// portsRun is how many bytes a host's ports take: ":2888:3888".
func portsRun(s string) int {
	n := 0
	for n < len(s) && s[n] == ':' {
		end := n + 1
		for end < len(s) && isDigit(s[end]) && end-n <= 5 {
			end++
		}
		if end == n+1 || end < len(s) && (isWord(s[end]) && s[end] != '.') {
			break
		}
		n = end
	}
	return n
}

// tail reports whether s may follow a host and its ports, and what is shown of it: a
// path or a query, of which nothing is (the query of a URL may hold commas); a weight; the role and the client port of a
// ZooKeeper server (zookeeperReconfig: ":observer;0.0.0.0:2181").
func tail(s string, ports, url bool) (shown string, ok bool) {
	switch {
	case s == "":
		return "", true
	case strings.IndexByte("/?#", s[0]) >= 0:
		path, query := s, ""
		if i := strings.IndexAny(s, "?#"); i >= 0 && url {
			path, query = s[:i], s[i:]
		}
		return "", !strings.ContainsAny(path, ",;|"+blank+"\"'`") && !strings.ContainsAny(query, blank+"\"'`") && !strings.Contains(query, "://")
	case !ports:
		return "", false
	case s[0] == '=':
		return s, isNumber(s[1:])
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(s, ":participant"), ":observer")
	if rest == "" {
		return s, true
	}
	client, found := strings.CutPrefix(rest, ";")
	if i := strings.LastIndexByte(client, ':'); i >= 0 {
		found = found && strings.Trim(client[:i], "0123456789.") == ""
		client = client[i+1:]
	}
	return s, found && isNumber(client)
}
