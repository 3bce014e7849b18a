package mask

import "strings"

// field is a name in a line that speaks of a credential, with what stands around it.
type field struct {
	from, to int  // of the name itself
	kind     kind // of credential
	flag     bool // it stands behind dashes
	quoted   bool // and in quotes
	counted  bool // it is a plural: "tokens"
	loose    bool // it may be a word of prose
	class    bool // it may be the name of a program's class
	where    place
	said     bool // "the password is x"
	by       separator
}

// place is where in its line a name stands.
type place uint8

const (
	amid    place = iota // behind other words
	begins               // at the beginning of an entry
	ofALine              // at the beginning of a line
)

// separator is what stands between a name and its value.
type separator uint8

const (
	nothing separator = iota
	colon
	equals
	blank
)

func isNameByte(c byte) bool { return isWordByte(c) || c == '_' || c == '-' || c == '.' }

// names looks at every name that speaks of a credential, and hides its value.
func (l *line) names() {
	before := ""
	end := 0
	for i := 0; i < len(l.text); {
		if !isNameByte(l.text[i]) {
			i++
			continue
		}
		from := i
		if i > 0 && l.text[i-1] == '\\' && strings.IndexByte("nrt", l.text[i]) >= 0 {
			from++ // the letter belongs to an escape
		}
		for i < len(l.text) && isNameByte(l.text[i]) {
			i++
		}
		if from >= i {
			continue
		}
		if from != end+1 || l.text[end] != ' ' {
			before = ""
		}
		l.name(from, i, before)
		before, end = l.text[from:i], i
	}
}

// name looks at one name; before is the word in front of it where a single blank
// stands between the two: "api key: x".
func (l *line) name(from, to int, before string) {
	if from < l.done {
		return // within a value that is hidden
	}
	f := field{from: from, to: to}
	for f.from < to && (l.text[f.from] == '-' || l.text[f.from] == '.') {
		f.flag = f.flag || l.text[f.from] == '-'
		f.from++
	}
	for f.to > f.from && (l.text[f.to-1] == '-' || l.text[f.to-1] == '.') {
		f.to--
	}
	name := l.text[f.from:f.to]
	f.kind = sortOf(name)
	if f.kind == none && before != "" && (strings.EqualFold(name, "key") || strings.EqualFold(name, "keys") || strings.EqualFold(name, "string")) {
		f.kind = sortOf(before + "_" + name)
		f.from -= len(before) + 1
		f.flag = false
	}
	if f.kind == none && l.parameter(from) && (strings.EqualFold(name, "sig") || strings.EqualFold(name, "signature") || strings.EqualFold(name, "x-amz-signature")) {
		f.kind = key
	}
	if f.kind == none {
		return
	}
	f.flag = f.flag && l.isFlag(from)
	f.loose, f.class = isLoose(name)
	f.counted = strings.HasSuffix(strings.ToLower(name), "s") && !strings.HasSuffix(strings.ToLower(name), "pass")
	f.where = l.placeOf(f.from, f.flag)
	if l.pair(f) {
		return
	}
	if at, ok := l.separated(&f); ok {
		l.value(f, at)
	}
}

// parameter reports whether what begins at i is a parameter of a URL.
func (l *line) parameter(i int) bool {
	return i > 0 && (l.text[i-1] == '?' || l.text[i-1] == '&')
}

func (l *line) isFlag(i int) bool {
	return i == 0 || strings.IndexByte(" \t\"'`[(,=\\", l.text[i-1]) >= 0
}

// isLoose reports whether a name may also be a word of prose ("token", "Secret"), and
// isClass whether it may be the name of a class, of which the credential is not the
// last word (TokenAuthenticator).
func isLoose(name string) (isLoose, isClass bool) {
	if strings.ContainsAny(name, "_-") {
		return false, false
	}
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[i+1:]
		if name == "" || !isUpper(name[0]) {
			return false, false
		}
	}
	shouts := strings.ToUpper(name) == name
	list := split(name)
	if len(list) == 1 {
		return !shouts || len(name) < 4, false
	}
	return false, isUpper(name[0]) && !shouts && sortOfWord(list[len(list)-1]) == none
}

// leading are words that may stand before the name of a line's only entry.
var leading = words("export set setenv # // ; -- const var let")

// placeOf says where in the line the name at i stands.
func (l *line) placeOf(i int, flag bool) place {
	t := l.text
	for i > 0 && (t[i-1] == '-' && flag || isQuote(t[i-1]) || t[i-1] == '\\') {
		i--
	}
	if i > 1 && t[i-2] == '\\' && (t[i-1] == 'n' || t[i-1] == 'r') {
		return ofALine
	}
	j := i
	for j > 0 && isBlank(t[j-1]) {
		j--
	}
	head := strings.TrimLeft(t[:j], " \t-")
	switch {
	case head == "" && (i == j || j == 0 || t[j-1] == '-' || strings.TrimSpace(t[:j]) == ""):
		return ofALine
	case leading[strings.TrimSpace(t[:j])]:
		return ofALine
	case flag:
		return begins
	case i == j && t[i-1] != '*': // no blank before it
		return begins
	case strings.IndexByte("{[(,;&|?<>=\"'`", t[j-1]) >= 0:
		return begins
	}
	return amid
}

// separated finds what stands between a name and its value; at is where the value
// begins, which may be the end of the line.
func (l *line) separated(f *field) (at int, ok bool) {
	t := l.text
	i := f.to
	if _, end, ok := markAt(t, i); ok {
		f.quoted = true
		i = end
	}
	if i < len(t) && t[i] == ']' {
		i++
	}
	b := blanks(t, i)
	switch {
	case b == len(t):
		if f.flag && f.where == ofALine {
			l.block = block{kind: nextItem, indent: indentOf(t), left: 1}
		}
		return 0, false
	case t[b] == '=':
		for b < len(t) && (t[b] == '=' || t[b] == '>' || t[b] == '~') {
			b++
		}
		f.by = equals
		return blanks(t, b), true
	case t[b] == ':':
		rest := t[b+1:]
		switch {
		case strings.HasPrefix(rest, ":"), strings.HasPrefix(rest, "//"):
			return 0, false
		case strings.HasPrefix(rest, "="):
			f.by = equals
			return blanks(t, b+2), true
		}
		f.by = colon
		return blanks(t, b+1), true
	case f.loose && !f.flag && !f.quoted && b > i && strings.HasPrefix(t[b:], "is "), strings.HasPrefix(t[b:], "is: "):
		f.by, f.said = colon, true
		return blanks(t, b+3), true
	case t[b] == ',' && f.flag && f.quoted:
		f.by = blank
		v := blanks(t, b+1)
		if v == len(t) {
			l.block = block{kind: nextItem, indent: indentOf(t), left: 1}
			return 0, false
		}
		m, from, ok := markAt(t, v)
		if ok { // the name of another field is no value
			_, end, _ := closing(t, m, from)
			ok = end >= len(t) || t[end] != ':'
		}
		return v, ok
	case f.flag && b > i:
		f.by = blank
		return b, true
	}
	return 0, false
}
