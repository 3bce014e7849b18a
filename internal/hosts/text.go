package hosts

import "strings"

const (
	maxText  = 1 << 20 // a ConfigMap's own limit
	maxWork  = 20_000  // statements and entries of one text
	maxDepth = 64      // of what stands in what
)

// doc is a text that is read.
type doc struct {
	text   string
	key    string // of the whole text
	single bool   // it is one line
	work   int    // what is left to do

	frames []frame
	ids    int
	ports  map[int]bool // by how many ports a list of ports has

	numbered []string // the keys that hold a number
	unended  bool     // the line before ends in a comma, and this one does not go on with it
	groups   map[string]*group
	order    []*group
}

// read finds the lists of a text.
func read(text, key string) *doc {
	d := newDoc(text, key)
	if len(text) <= maxText && mayHold(text) && !strings.Contains(text, between) {
		d.single = !strings.Contains(strings.TrimSpace(text), "\n")
		d.lines(span{0, len(text)})
	}
	return d.whole()
}

func newDoc(text, key string) *doc {
	d := &doc{text: text, key: key, work: maxWork, groups: map[string]*group{}, ports: map[int]bool{}}
	d.push(ofText, 0, "")
	return d
}

// whole drops everything where the text was not read to its end: half of a list is
// not a list.
func (d *doc) whole() *doc {
	if d.work <= 0 {
		d.order = nil
	}
	return d
}

func (d *doc) spend() bool {
	d.work--
	return d.work > 0
}

// lines reads a text of lines.
func (d *doc) lines(at span) {
	for i := at.from; i < at.to && d.spend(); {
		i = d.line(i, at.to)
	}
}

// line reads the line that begins at i, and returns where the next one does.
func (d *doc) line(i, to int) int {
	column := 0
	for i < to && (d.text[i] == ' ' || d.text[i] == '\t') {
		i++
		column++
	}
	if i < to && (d.text[i] == '\n' || d.text[i] == '\r') {
		return i + 1
	}
	if i == to || d.remark(i, to) {
		return d.eol(i, to)
	}
	unit := i
	for d.dash(i, to) {
		unit = i
		d.leave(2*column + 2)
		if t := d.top(); t.kind != ofSequence || t.level != 2*column+1 {
			d.push(ofSequence, 2*column+1, "")
		}
		i++
		column++
		for i < to && (d.text[i] == ' ' || d.text[i] == '\t') {
			i++
			column++
		}
	}
	content := d.trim(span{i, d.statementEnd(i, to)})
	if content.from >= content.to {
		return d.eol(i, to)
	}
	d.leave(2 * column)
	next := d.eol(d.statement(content, span{min(unit, content.from), content.to}, 2*column, to), to)
	d.unended = d.text[content.to-1] == ','
	return next
}

// dash reports whether an item of a YAML sequence begins at i.
func (d *doc) dash(i, to int) bool {
	return i < to && d.text[i] == '-' && (i+1 == to || strings.IndexByte(" \t\r\n", d.text[i+1]) >= 0)
}

// remark reports whether a comment begins at i.
func (d *doc) remark(i, to int) bool {
	rest := d.text[i:to]
	return rest != "" && (rest[0] == '#' || strings.HasPrefix(rest, "//") || strings.HasPrefix(rest, "; ") || strings.HasPrefix(rest, ";;") || strings.HasPrefix(rest, "/*") || strings.HasPrefix(rest, "<!--"))
}

// eol is where the line after the one of i begins.
func (d *doc) eol(i, to int) int {
	if i >= to {
		return to
	}
	if n := strings.IndexByte(d.text[i:to], '\n'); n >= 0 {
		return i + n + 1
	}
	return to
}

// statementEnd is where a statement ends that begins at i: at the end of the line, or
// of the next one where a backslash or a comma leads there, or before a comment.
func (d *doc) statementEnd(i, to int) int {
	quote := byte(0)
	for from := i; i < to; i++ {
		switch c := d.text[i]; {
		case c == '\n':
			if !d.goesOn(span{from, i}, to) {
				return i
			}
			from = i + 1
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case i > from && strings.IndexByte(" \t", d.text[i-1]) >= 0 && (c == '#' || strings.HasPrefix(d.text[i:to], "// ")):
			return i
		case isQuote(c) && (i == from || strings.IndexByte(blank+"=:,[({", d.text[i-1]) >= 0):
			quote = c
		}
	}
	return to
}

// goesOn reports whether a statement goes on behind a line: the line ends in a
// backslash, or in a comma and the next one holds nothing but words between commas.
func (d *doc) goesOn(line span, to int) bool {
	text := strings.TrimRight(line.of(d.text), " \t\r")
	if strings.HasSuffix(text, "\\") {
		return true
	}
	next := strings.TrimSpace(d.text[line.to+1 : d.eol(line.to+1, to)])
	if !strings.HasSuffix(text, ",") || next == "" {
		return false
	}
	for word := range strings.SplitSeq(next, ",") {
		if strings.ContainsAny(strings.TrimSpace(word), " \t=#[]{}\"'`") {
			return false
		}
	}
	return true
}
