package hosts

import "strings"

const (
	blank  = " \t\r\n\\" // a backslash ends a line that goes on
	maxRun = 4096        // entries of one value
)

// split parts a value into its entries, by the first separator with which each piece
// is one. nil where there is none, and where no member stands among them.
func (d *doc) split(at span) []entry {
	at = d.trim(at)
	if at.from == at.to || !mayHold(at.of(d.text)) {
		return nil
	}
	if inner, ok := unquoted(d.text, at); ok {
		at = d.trim(inner)
	}
	if e, ok := d.entry(at); ok && e.kind == member {
		return []entry{e}
	}
	core := d.core(at)
	for _, by := range []string{",", blank, ";", "|"} {
		if strings.ContainsAny(core.of(d.text), by) {
			if out := d.list(d.cut(core, by)); out != nil {
				return out
			}
		}
	}
	return nil
}

// core is a value without what belongs to the list as a whole: the scheme and the
// user of a URL of several hosts, and its path, which ZooKeeper's clients write
// without a scheme as well (a-0.a:2181,a-1.a:2181/chroot).
func (d *doc) core(at span) span {
	text := at.of(d.text)
	comma := strings.IndexByte(text, ',')
	if comma < 0 || strings.ContainsAny(text, "\"'`") || text[0] == '-' {
		return at
	}
	n := schemeRun(text)
	switch strings.Count(text, "://") {
	case 0:
		n = 0
	case 1:
		if n == 0 || strings.ContainsAny(text, blank) {
			return at
		}
	default:
		return at
	}
	rest := text[n:]
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		last := strings.LastIndexByte(rest, ',') + 1
		if _, ok := tail(rest[i:], true, n > 0); !ok || n == 0 && (i <= last || strings.IndexByte(blank, rest[i-1]) >= 0) {
			return at
		}
		if e, ok := d.entry(d.trim(span{at.from + n + last, at.to})); ok && strings.HasSuffix(e.id, "/") {
			return at
		}
		rest = rest[:i]
	}
	user := strings.LastIndexByte(rest, '@') + 1
	if n == 0 && (user > strings.IndexByte(rest, ',') || isNumber(rest[:max(user-1, 0)])) || strings.Count(rest, "@") > 1 || strings.ContainsAny(rest[:min(user+1, len(rest))], blank) {
		user = 0 // of an entry
	}
	if !strings.Contains(rest[user:], ",") {
		return at
	}
	return span{at.from + n + user, at.from + n + len(rest)}
}

// cut parts a stretch at the bytes of by, outside of quotes. ok is false where a
// piece is no entry.
func (d *doc) cut(at span, by string) (out []entry, words bool) {
	words = by != ","
	quote, from, end := byte(0), at.from, -1
	for i := at.from; i <= at.to; i++ {
		if i < at.to {
			c := d.text[i]
			switch {
			case quote != 0:
				if c == quote {
					quote = 0
				}
				continue
			case isQuote(c):
				quote = c
				continue
			case strings.IndexByte(by, c) < 0:
				continue
			}
		}
		piece := d.trim(span{from, i})
		from = i + 1
		if piece.from == piece.to {
			continue
		}
		e, ok := d.entry(piece)
		if !ok || len(out) == maxRun || !d.spend() {
			return nil, words
		}
		if end >= 0 {
			e.gap = end
		}
		end = piece.to
		out = append(out, e)
	}
	if quote != 0 {
		return nil, words
	}
	return out, words
}

// list is what was read where that is a list of hosts; else nil. Single words are
// hosts only between commas, where every member names more than itself. Either all
// entries have names, or no member has one: what has is then an option, and follows the
// members.
func (d *doc) list(entries []entry, words bool) []entry {
	members, named, all, options, single, word := 0, 0, 0, false, false, false
	for i := range entries {
		e := &entries[i]
		name := strings.Contains(e.id, "=")
		if name {
			all++
		}
		switch {
		case e.kind == member && options:
			return nil
		case e.kind == member:
			members++
			if name {
				named++
			}
			single = single || e.host.Service == "" && e.ports == e.name.to
		case e.kind == bare:
			word = true
		}
		options = options || e.kind == option || e.kind != member && name && named == 0
	}
	if members == 0 || named > 0 && all < len(entries) || word && (words || single) {
		return nil
	}
	return entries
}

func (d *doc) trim(at span) span {
	for at.from < at.to && strings.IndexByte(blank, d.text[at.from]) >= 0 {
		at.from++
	}
	for at.from < at.to && strings.IndexByte(blank, d.text[at.to-1]) >= 0 {
		at.to--
	}
	return at
}
