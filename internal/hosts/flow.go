package hosts

import "strings"

// bracket reads what stands in the bracket at i, and returns where it ends.
func (d *doc) bracket(i, to int, key string) int {
	d.open(d.text[i], key)
	return d.flow(i+1, to)
}

// block reads a block in braces behind the directive at.
func (d *doc) block(from, brace, to int) int {
	d.push(ofBlock, 0, strings.TrimSpace(d.text[from:brace]))
	return d.flow(brace+1, to)
}

// open enters an array or an object.
func (d *doc) open(bracket byte, key string) {
	kind := ofObject
	switch above := d.top().kind; {
	case bracket == '[':
		kind = ofArray
	case key == "" && (above == ofArray || above == ofSequence):
		kind = ofElement
	}
	d.push(kind, 0, key)
}

// flow reads on to the end of the innermost bracket: JSON, the flow style of YAML,
// arrays of TOML, blocks of HCL and nginx.
func (d *doc) flow(i, to int) int {
	depth := len(d.frames)
	for i < to && len(d.frames) >= depth && d.spend() {
		switch c := d.text[i]; {
		case c == ',' || c == ';' || strings.IndexByte(blank, c) >= 0:
			i++
		case c == '#' || strings.HasPrefix(d.text[i:to], "//"):
			i = d.eol(i, to)
		case c == ']' || c == '}' || c == ')':
			i++
			d.pop()
			d.top().end = i
		case c == '[' || c == '{':
			d.open(c, "")
			i++
		case d.top().kind == ofArray:
			i = d.element(i, to)
		default:
			i = d.field(i, to)
		}
	}
	if len(d.frames) >= depth && d.work > 0 {
		d.frames = d.frames[:depth-1] // the text ends before the bracket does
	}
	return i
}

// element reads an element of an array.
func (d *doc) element(i, to int) int {
	unit := span{i, d.scalar(i, to, ",]}\n")}
	content, ok := unquoted(d.text, unit)
	t := d.top()
	gap := unit.from
	if t.end > 0 {
		gap = t.end
	}
	t.end = unit.to
	if ok {
		d.item(&t.command, unit, content, gap)
	}
	return max(unit.to, i+1)
}

// field reads a field of an object, or a statement of a block.
func (d *doc) field(i, to int) int {
	t := d.top()
	gap := i
	if t.end > 0 {
		gap = t.end
	}
	key, sign, value := d.cutKey(span{i, min(to, i+maxKey)})
	if key == "" {
		return d.clause(i, to, gap)
	}
	at := value.from
	for at < to && (sign == ':' && d.text[at] == '\n' || strings.IndexByte(" \t\r", d.text[at]) >= 0) {
		at++
	}
	if at < to && (d.text[at] == '[' || d.text[at] == '{') {
		d.open(d.text[at], key)
		return at + 1
	}
	ends := ",}\n"
	if sign == '=' {
		ends = ";}\n"
	}
	value = span{at, d.scalar(at, to, ends)}
	d.value(key, sign, span{i, value.to}, value, gap)
	t.end = value.to
	return max(value.to, i+1)
}

// clause reads a statement of a block that has no key: a directive, or the head of a
// further block.
func (d *doc) clause(i, to, gap int) int {
	at := span{i, d.scalar(i, to, ";{}\n")}
	end := at.to
	for end < to && strings.IndexByte(" \t", d.text[end]) >= 0 {
		end++
	}
	if end < to && d.text[end] == '{' {
		d.push(ofBlock, 0, at.of(d.text))
		return end + 1
	}
	if end < to && d.text[end] == ';' {
		end++
		at.to = end
	}
	d.directive(at, gap)
	d.top().end = at.to
	return max(end, i+1)
}

// scalar is where a value ends that begins at i: before one of the bytes of ends outside of quotes, or before a comment.
func (d *doc) scalar(i, to int, ends string) int {
	from, quote := i, byte(0)
	for ; i < to; i++ {
		switch c := d.text[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case isQuote(c) && (i == from || !isWord(d.text[i-1])):
			quote = c
		case strings.IndexByte(ends, c) >= 0, i > from && c == '#' && strings.IndexByte(" \t", d.text[i-1]) >= 0:
			return d.trim(span{from, i}).to
		}
	}
	return d.trim(span{from, min(i, to)}).to
}
