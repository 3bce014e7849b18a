package hosts

import (
	"strings"

	"github.com/careen-tui/careen/internal/mask"
)

// listed are the directives that name one host of several each time: nginx's upstream
// and HAProxy's backend have a server, HAProxy's peers a peer; the others are common
// in files of the same form.
var listed = set("server peer node member host backend endpoint broker store target")

// statement reads a statement of a text of lines, and returns where it ends: behind
// the bracket that it opens, if it does. unit is all of it, with its dash if it is an
// item of a sequence.
func (d *doc) statement(at, unit span, level, to int) int {
	text := at.of(d.text)
	switch name := d.sectionName(text); {
	case name != "":
		d.section(name)
		return at.to
	case text[0] == '[' || text[0] == '{' && !strings.HasPrefix(text, "{{"):
		return d.bracket(at.from, to, "")
	}
	key, sign, value := d.cutKey(at)
	if sign == '=' && (unit.from < at.from || d.named(at)) { // "=" is no sign of YAML
		key = ""
	}
	if key == "" || key[0] == '-' {
		return d.keyless(at, unit, level, to)
	}
	rest := value.of(d.text)
	switch {
	case rest == "" || strings.IndexByte("|>&!", rest[0]) >= 0:
		d.push(ofKey, level, key)
	case rest[0] == '[' || rest[0] == '{' && !strings.HasPrefix(rest, "{{"):
		return d.bracket(value.from, to, key)
	case hasFlag(rest):
		f := d.push(ofKey, level, key)
		d.words(value, f.id)
	default:
		list := d.value(key, sign, unit, value, unit.from)
		d.push(ofKey, level, key).list = list
	}
	return at.to
}

// keyless reads a statement without a sign between key and value: a command line, a
// block that opens, a directive, or hosts alone.
func (d *doc) keyless(at, unit span, level, to int) int {
	text := at.of(d.text)
	sequence := unit.from < at.from
	brace := strings.IndexByte(text, '{')
	switch {
	case sequence:
		t := d.top()
		d.item(&t.command, unit, at, unit.from)
	case hasFlag(text):
		d.words(at, d.push(ofKey, level, "").id)
		return at.to
	case brace > 0 && (brace == len(text)-1 || listed[strings.TrimSpace(text[:brace])] || strings.HasPrefix(text, "upstream ")):
		return d.block(at.from, at.from+brace, to)
	case d.directive(at, at.from):
	case d.top().list != nil:
		d.top().list.open = true // the value of the key above goes on here
	case d.unended:
	default:
		d.chunk(chunk{group: groupName(d.top().id, "lines"), keys: d.keys(""), unit: unit, value: at, gap: unit.from})
	}
	d.push(ofKey, level, text[:wordRun(text)])
	return at.to
}

// value reads what a statement gives to a key.
func (d *doc) value(key string, sign byte, unit, value span, gap int) *group {
	if mask.Name(key) {
		return nil
	}
	d.note(key, value)
	name, field, objects := d.gather(key)
	c := chunk{group: name, key: key, field: field, keys: d.keys(key), unit: unit, value: value, gap: gap, objects: objects}
	if hasDigit(key) && !objects {
		if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil
		}
		c.numbered = true
		c.id = key + string(sign)
		if sign == ':' {
			c.id += " "
		}
	}
	if g := d.chunk(c); g != nil {
		return g
	}
	d.settings(key, value)
	return nil
}

// settings reads a value that goes on with further settings: host=a-0.a,a-1.a port=1
// of libpq, Host=a-0.a,a-1.a;Port=1 of ADO.NET.
func (d *doc) settings(key string, value span) {
	text := value.of(d.text)
	if !strings.Contains(text, "=") {
		return
	}
	by := " "
	if strings.Contains(text, ";") {
		by = ";"
	}
	var found []*group
	for from, i := value.from, value.from; i <= value.to; i++ {
		if i < value.to && strings.IndexByte(by, d.text[i]) < 0 {
			continue
		}
		at, first := d.trim(span{from, i}), from == value.from
		from = i + 1
		if !first {
			k, sign, v := d.cutKey(at)
			if sign != '=' {
				continue
			}
			key, at = k, v
		}
		if !mask.Name(key) && at.from < at.to {
			d.note(key, at)
			g := d.chunk(chunk{group: groupName(-1-at.from, ""), key: key, keys: d.keys(key), unit: at, value: at, gap: at.from})
			if g != nil {
				found = append(found, g)
			}
		}
	}
	for _, g := range found {
		g.beside = len(found) > 1
	}
}

// note keeps what other lists must know of a setting: that its key holds a number,
// and that it is a list of ports, which goes with a list of as many hosts.
func (d *doc) note(key string, value span) {
	if hasDigit(key) {
		d.numbered = append(d.numbered, key)
	}
	text := value.of(d.text)
	if n := strings.Count(text, ",") + 1; n > 1 && strings.Contains(strings.ToLower(key), "port") && strings.Trim(text, "0123456789, \"'") == "" {
		d.ports[n] = true
	}
}

// directive reads "server a-0.a:80 weight=5;", and reports whether it is one.
func (d *doc) directive(at span, gap int) bool {
	text := at.of(d.text)
	n := wordRun(text)
	if !listed[text[:n]] || n == len(text) || strings.IndexByte(" \t", text[n]) < 0 {
		return false
	}
	host, found := entry{}, false
	for from, i := at.from+n, at.from+n; i <= at.to; i++ {
		if i < at.to && strings.IndexByte(" \t;", d.text[i]) < 0 {
			continue
		}
		e, ok := d.entry(span{from, i})
		from = i + 1
		if !d.spend() {
			return true
		}
		if ok && e.kind == member && (!found || e.host.Service != "" || e.ports > e.name.to) {
			host, found = e, true
		}
	}
	if !found {
		return true
	}
	host.id = strings.TrimLeft(d.text[at.from+n:host.unit.from], " \t") + host.id
	if !strings.ContainsFunc(host.id, func(r rune) bool {
		return r != ' ' && r != '\t' && (r > '~' || !isWord(byte(r)) && r != '=' && r != '@' && r != '/')
	}) {
		host.unit, host.gap = at, gap
		d.group(groupName(d.top().id, text[:n]), text[:n], d.keys(text[:n])).add([]entry{host})
	}
	return true
}

// named reports whether a text is a list whose entries have names: a=...,b=...
func (d *doc) named(at span) bool {
	entries := d.split(at)
	return len(entries) > 1 && strings.Contains(entries[0].id, "=")
}

// sectionName is the name in [name] and [[name]], one of several lines; empty for
// anything else. Words in brackets that have no key are always one.
func (d *doc) sectionName(text string) string {
	name, ok := strings.CutPrefix(text, "[")
	name, end := strings.CutSuffix(name, "]")
	if !ok || !end || d.single || strings.ContainsAny(name, "{}\"'") {
		return ""
	}
	return strings.Trim(name, "[] ")
}

// prefixes stand before the key in scripts and in Dockerfiles.
var prefixes = []string{"export ", "set ", "local ", "readonly ", "declare ", "ENV ", "env "}

// maxKey bounds how far behind its beginning a key and its sign end.
const maxKey = 512

// signs stand between a key and its value. The last byte, but for the arrow, is the
// one by which they are told.
var signs = []struct {
	text string
	sign byte
}{{"=>", '='}, {":=", '='}, {"+=", '='}, {"?=", '='}, {"=", '='}, {":", ':'}}

// cutKey parts "key = value" and "key: value". The key is empty where the text does
// not begin with one.
func (d *doc) cutKey(at span) (key string, sign byte, value span) {
	for _, p := range prefixes {
		if strings.HasPrefix(at.of(d.text), p) {
			at.from += len(p)
		}
	}
	text := d.text[at.from:min(at.to, at.from+maxKey)]
	quoted := text != "" && isQuote(text[0])
	n := 0
	if quoted {
		n = strings.IndexByte(text[1:], text[0]) + 2
	}
	for !quoted && n < len(text) && (isWord(text[n]) || strings.IndexByte("/[]$@~", text[n]) >= 0) {
		n++
	}
	if n == 0 || quoted && n < 3 {
		return "", 0, at
	}
	i := n + len(text[n:]) - len(strings.TrimLeft(text[n:], " \t"))
	for _, s := range signs {
		behind, ok := strings.CutPrefix(d.text[at.from+i:at.to], s.text)
		switch {
		case !ok || i == len(text) && len(text) == maxKey:
			continue
		case s.sign == ':' && !quoted && behind != "" && strings.IndexByte(" \t\"'[{", behind[0]) < 0: // host:port
			return "", 0, at
		}
		return strings.Trim(text[:n], "\"'`"), s.sign, d.trim(span{at.to - len(behind), at.to})
	}
	return "", 0, at
}
