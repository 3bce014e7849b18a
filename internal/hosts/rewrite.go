package hosts

import (
	"errors"
	"slices"
	"strings"
)

var (
	errNotListed = errors.New("the value does not hold the list any more")
	errNotRead   = errors.New("the list would not read back as it should")
)

// Rewrite makes a change in a value. Nothing but entries is touched: what separates
// them, and what stands before and behind the list, stays. It is refused where the
// list is not there as From says, and where what is written would not read back as To.
func Rewrite(namespace, value string, c Change) (string, error) {
	return rewrite(namespace, value, c, func(text string) *doc { return read(text, "") })
}

// RewriteArgs makes a change in the arguments of a command line.
func RewriteArgs(namespace string, args []string, c Change) ([]string, error) {
	text, err := rewrite(namespace, strings.Join(args, between), c, func(text string) *doc {
		return readArgs(strings.Split(text, between))
	})
	if err != nil {
		return nil, err
	}
	return strings.Split(text, between), nil
}

// Holds reports whether a value holds a list of exactly these entries.
func Holds(namespace, value string, entries []string) bool {
	return holds(read(value, ""), namespace, entries)
}

// HoldsArgs reports the same of the arguments of a command line.
func HoldsArgs(namespace string, args, entries []string) bool {
	return holds(readArgs(args), namespace, entries)
}

func holds(d *doc, namespace string, entries []string) bool {
	return slices.ContainsFunc(d.lists(namespace), func(l *list) bool { return l.is(entries) })
}

// rewrite makes a change in the first list for which it can be made: a text may hold
// several lists of the same entries.
func rewrite(namespace, text string, c Change, read func(string) *doc) (string, error) {
	err := errNotListed
	lists := read(text).lists(namespace)
	for i, l := range lists {
		if !l.is(c.From) {
			continue
		}
		var edits []edit
		if edits, err = l.edits(c); err != nil {
			continue
		}
		out := applied(text, edits)
		if readsBack(lists, read(out).lists(namespace), i, c.To) {
			return out, nil
		}
		err = errNotRead
	}
	return "", err
}

// readsBack reports whether the lists of a text are what they were, but for one.
func readsBack(was, is []*list, changed int, to []string) bool {
	left := map[string]int{}
	for i, l := range was {
		if i != changed {
			left[strings.Join(l.raws(), between)]++
		}
	}
	var other *list
	for _, l := range is {
		key := strings.Join(l.raws(), between)
		if left[key]--; left[key] >= 0 {
			continue
		}
		if other != nil {
			return false
		}
		other = l
	}
	return len(was) == len(is) && other != nil && other.is(to)
}

func (l *list) raws() []string {
	out := make([]string, len(l.members))
	for i, e := range l.members {
		out[i] = e.raw(l.doc.text)
	}
	return out
}

// is reports whether a list is of these entries. What stands before the first may read
// otherwise than it did behind another: an id as a key where it is the only one, a
// scheme as one of the whole list.
func (l *list) is(entries []string) bool {
	got := l.raws()
	if len(got) != len(entries) || len(got) == 0 || !slices.Equal(got[1:], entries[1:]) {
		return false
	}
	short, long := got[0], entries[0]
	if len(short) > len(long) {
		short, long = long, short
	}
	before, ok := strings.CutSuffix(long, short)
	return ok && (before == "" || strings.HasSuffix(before, "://") || len(got) == 1 && strings.IndexByte("=/@ ", before[len(before)-1]) >= 0)
}

// edit puts text in the place of a stretch.
type edit struct {
	at   span
	text string
}

// edits are those that make a change, in the order of the text.
func (l *list) edits(c Change) ([]edit, error) {
	if why := l.frozen(); why != "" {
		return nil, errors.New(why)
	}
	var out []edit
	kept := slices.DeleteFunc(slices.Clone(l.members), func(e *entry) bool { return slices.Contains(c.Remove, e.host.Ordinal) })
	if len(kept) == 0 {
		return nil, errEmpty
	}
	out = append(out, l.removals(c.Remove)...)
	if len(c.Add) > 0 {
		s, why := l.shapeOf()
		if why != "" {
			return nil, errors.New(why)
		}
		added, err := l.additions(s, kept, c)
		if err != nil {
			return nil, err
		}
		out = append(out, added...)
	}
	slices.SortStableFunc(out, func(a, b edit) int { return a.at.from - b.at.from })
	return out, nil
}

// additions are the edits that add the new entries, each behind the one that it
// follows in To, or before the first.
func (l *list) additions(s shape, kept []*entry, c Change) (out []edit, err error) {
	next, add := 0, c.Add
	for _, raw := range c.To {
		if next < len(kept) && kept[next].raw(l.doc.text) == raw {
			next++
			continue
		}
		if len(add) == 0 {
			return nil, errNotRead
		}
		unit, ok := s.unit(add[0])
		if !ok {
			return nil, errors.New(whyForm)
		}
		add = add[1:]
		if next > 0 {
			out = append(out, l.behind(kept[next-1], unit, s.separator))
		} else {
			out = append(out, l.before(kept[0], unit, s.separator))
		}
	}
	return out, nil
}

func (l *list) behind(e *entry, unit, separator string) edit {
	at := e.unit.to
	if l.lines {
		line := l.lineOf(e)
		separator, at = l.newline(line)+l.doc.text[line.from:e.unit.from], line.to
	}
	return edit{span{at, at}, separator + unit}
}

func (l *list) before(e *entry, unit, separator string) edit {
	at := e.unit.from
	if l.lines {
		line := l.lineOf(e)
		return edit{span{line.from, line.from}, l.doc.text[line.from:e.unit.from] + unit + l.newline(line)}
	}
	return edit{span{at, at}, unit + separator}
}

// removals are the edits that take entries out, each with what separates it from the
// entry before, or, at the beginning, from the entry behind.
func (l *list) removals(numbers []int) (out []edit) {
	text := l.doc.text
	for _, e := range l.members {
		if !slices.Contains(numbers, e.host.Ordinal) {
			continue
		}
		at := span{e.gap, e.unit.to}
		if l.lines {
			if at = l.lineOf(e); at.to < len(text) {
				at.to = strings.IndexByte(text[at.to:], '\n') + at.to + 1
			} else if at.from > 0 {
				at.from -= len(l.newline(at))
			}
		}
		if n := len(out); n > 0 && out[n-1].at.to >= at.from {
			out[n-1].at.to = max(out[n-1].at.to, at.to)
		} else {
			out = append(out, edit{at: at})
		}
	}
	for i := range out {
		if at := &out[i].at; !l.lines && l.begins(at.from) {
			at.to = l.nextBehind(at.to)
		}
	}
	return out
}

// begins reports whether an entry that nothing is separated from begins at i.
func (l *list) begins(i int) bool {
	return slices.ContainsFunc(l.members, func(e *entry) bool { return e.unit.from == i && e.gap == i })
}

// nextBehind is where that begins which an entry that ends at i is separated from: the
// next entry of the value, the next element, word or argument.
func (l *list) nextBehind(i int) int {
	if l.group.several {
		for k := range l.group.entries {
			if e := &l.group.entries[k]; e.unit.from >= i {
				return e.unit.from
			}
		}
	}
	if rest := l.doc.text[i:]; strings.HasPrefix(rest, between) {
		return i + len(between)
	}
	comma := false
	for ; i < len(l.doc.text); i++ {
		switch c := l.doc.text[i]; {
		case c == ',' && !comma:
			comma = true
		case strings.IndexByte(blank, c) < 0:
			return i
		}
	}
	return i
}

// lineOf are the lines of an entry, without the end of the last.
func (l *list) lineOf(e *entry) span {
	text := l.doc.text
	at := span{strings.LastIndexByte(text[:e.unit.from], '\n') + 1, len(text)}
	if n := strings.IndexByte(text[e.unit.to:], '\n'); n >= 0 {
		at.to = e.unit.to + n
	}
	if at.to > e.unit.to && text[at.to-1] == '\r' {
		at.to--
	}
	return at
}

// newline is what ends the line before lines, or, at the beginning, the last of them.
func (l *list) newline(lines span) string {
	text := l.doc.text[:lines.from]
	if text == "" {
		text = l.doc.text[:min(len(l.doc.text), lines.to+2)]
	}
	if strings.HasSuffix(text, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// applied is a text after edits, which are in order. What is put in where something
// is taken out stays.
func applied(text string, edits []edit) string {
	var b strings.Builder
	at := 0
	for _, e := range edits {
		if e.at.from > at {
			b.WriteString(text[at:e.at.from])
		}
		b.WriteString(e.text)
		at = max(at, e.at.to)
	}
	b.WriteString(text[min(at, len(text)):])
	return b.String()
}
