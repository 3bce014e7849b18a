package hosts

import (
	"fmt"
	"strconv"
	"strings"
)

// shape is what a further entry of a list looks like.
type shape struct {
	before, user, behind row
	scheme, suffix       string // as most entries spell them
	ports                string
	set                  string
	separator            string
	pattern              string // of the entry as it is shown
}

// The reasons why no entry can be added to a list, as its finding says them.
const (
	whyUser    = "its entries have different user names or passwords"
	whyBefore  = "its entries do not begin in one way"
	whyBehind  = "its entries differ in what follows the host"
	whyTwice   = "it names a member more than once"
	whyGaps    = "its entries are not separated in one way"
	whyObjects = "each of its members has settings of its own, beside the host"
	whySpread  = "it is spread over values that hold several members each"
	whyBeside  = "other settings of the same value hold hosts as well"
	whyPorts   = "a list of as many ports goes with it"
	whyKeys    = "its keys do not count up by one"
	whyForm    = "its entries have a form that cannot be continued"
	whyApart   = "each of its members stands under a key of its own"
	whyOne     = "one entry does not show what separates two"
)

// shapeOf finds how the entries of a set's members go on. What belongs to an entry
// (an id, ports, what follows) must be the same in all, or count up with the members;
// how a host is spelt (with a scheme, a namespace, a trailing dot) is as in most.
func (l *list) shapeOf() (s shape, why string) {
	text := l.doc.text
	var before, user, behind, shown []string
	var numbers []int
	seen := map[int]bool{}
	for _, e := range l.members {
		before = append(before, text[e.unit.from:e.scheme.from])
		user = append(user, text[e.scheme.to:e.name.from])
		behind = append(behind, text[e.ports:e.unit.to])
		shown = append(shown, e.id)
		numbers = append(numbers, e.host.Ordinal)
		if seen[e.host.Ordinal] {
			return s, whyTwice
		}
		seen[e.host.Ordinal] = true
	}
	first := l.members[0]
	s.set, s.ports = first.host.Set, text[first.name.to:first.ports]
	for _, e := range l.members {
		if p := text[e.name.to:e.ports]; p != s.ports {
			return s, fmt.Sprintf("its entries have different ports (%s)", differ(s.ports, p))
		}
	}
	ids, ok := rowOf(shown, numbers)
	if !ok {
		return s, fmt.Sprintf("what its entries have before the host does not count up by one (%s)", differ(shown...))
	}
	if s.before, ok = rowOf(before, numbers); !ok {
		return s, whyBefore
	}
	if len(l.group.numbered) > 1 && !s.before.counts() {
		return s, whyKeys
	}
	if id := first.id; strings.HasSuffix(id, "@") && !ids.counts() {
		return s, fmt.Sprintf("its entries have one number (%s)", id)
	}
	if s.user, ok = rowOf(user, numbers); !ok || s.user.counts() {
		return s, whyUser
	}
	if s.behind, ok = rowOf(behind, numbers); !ok {
		return s, whyBehind
	}
	if s.scheme, s.suffix, why = l.spelling(); why != "" {
		return s, why
	}
	tails := make([]string, 0, len(numbers))
	for _, e := range l.members {
		tails = append(tails, e.tail)
	}
	tail, ok := rowOf(tails, numbers)
	s.pattern = ids.pattern() + s.scheme + s.set + "-{}" + s.suffix + s.ports + tail.pattern()
	if raw := first.raw(text); !ok || strings.ContainsAny(raw, "{}") {
		return s, whyForm
	}
	if s.separator, ok = l.separator(); !ok {
		return s, whyGaps
	}
	return s, ""
}

// differ shows two texts of a list that differ, the first two.
func differ(texts ...string) string {
	for _, t := range texts[1:] {
		if t != texts[0] {
			return fmt.Sprintf("%q and %q", texts[0], t)
		}
	}
	return fmt.Sprintf("%q", texts[0])
}

// spelling is how most members are written: the scheme before the host, and what
// follows the number in its name. The earliest counts where none is most.
func (l *list) spelling() (scheme, suffix, why string) {
	text := l.doc.text
	type way struct{ scheme, suffix string }
	count := map[way]int{}
	for _, e := range l.members {
		w := way{e.scheme.of(text), e.name.of(text)[len(e.host.Set)+1+len(strconv.Itoa(e.host.Ordinal)):]}
		count[w]++
		if w.scheme != "" && scheme != "" && w.scheme != scheme {
			return "", "", fmt.Sprintf("its entries have different schemes (%s)", differ(scheme, w.scheme))
		}
		if w.scheme != "" {
			scheme = w.scheme
		}
	}
	most := way{}
	for _, e := range l.members {
		w := way{e.scheme.of(text), e.name.of(text)[len(e.host.Set)+1+len(strconv.Itoa(e.host.Ordinal)):]}
		if count[w] > count[most] {
			most = w
		}
	}
	return most.scheme, most.suffix, ""
}

// separator is what stands between two entries of the group. A list whose entries
// have lines of their own needs none.
func (l *list) separator() (string, bool) {
	if l.lines {
		return "", true
	}
	text, out := l.doc.text, ""
	for i, e := range l.group.entries {
		if i == 0 {
			continue
		}
		gap := text[e.gap:e.unit.from]
		if gap == "" || i > 1 && gap != out {
			return "", false
		}
		out = gap
	}
	return out, out != ""
}

// unit is all of a further entry, as it is written into the text.
func (s *shape) unit(number int) (string, bool) {
	before, ok1 := s.before.of(number)
	behind, ok2 := s.behind.of(number)
	user, _ := s.user.of(number)
	return before + s.scheme + user + s.set + "-" + strconv.Itoa(number) + s.suffix + s.ports + behind, ok1 && ok2
}
