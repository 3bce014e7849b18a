package hosts

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/careen-tui/careen/internal/mask"
	"github.com/careen-tui/careen/internal/model"
)

const maxLists = 128 // of one object

// Reader finds the lists in the values of one object, or of one container.
type Reader struct {
	Namespace string // of the object: hosts that name none are in it

	lists  []model.HostList
	single map[string][]int // the lists of values that are one host, by their keys without numbers
}

// Value reads a value. key is its name: the variable, or the key of a ConfigMap.
func (r *Reader) Value(path, key, value string) {
	if len(value) > maxText || !mayHold(value) || mask.Name(key) {
		return
	}
	before := len(r.lists)
	d := read(value, key)
	for _, l := range d.lists(r.Namespace) {
		r.take(l, path)
	}
	if len(r.lists) != before+1 || !hasDigit(key) || len(r.lists[before].Members) != 1 || r.lists[before].Field != key {
		return
	}
	if r.single == nil {
		r.single = map[string][]int{}
	}
	name := unnumbered(key)
	r.single[name] = append(r.single[name], before)
}

// Args reads a command line: --flag=a-0.a:1,a-1.a:1, --flag a-0.a, or one flag
// repeated for each member. The path of a list that stands in one argument is that
// argument's.
func (r *Reader) Args(path string, args []string) {
	d := readArgs(args)
	for _, l := range d.lists(r.Namespace) {
		at, first, last := path, l.members[0].name.from, l.members[len(l.members)-1].name.from
		if !strings.Contains(d.text[first:last], between) {
			at += "[" + strconv.Itoa(strings.Count(d.text[:first], between)) + "]"
		}
		r.take(l, at)
	}
}

func (r *Reader) take(l *list, path string) {
	if len(r.lists) < maxLists && !l.plain() {
		r.lists = append(r.lists, l.row(path))
	}
}

// Lists are the lists that were found, in the order of the values. Values that are one
// host each, of one set and under keys that differ by a number, are one list.
func (r *Reader) Lists() []model.HostList {
	merged := map[int]bool{}
	for _, name := range slices.Sorted(maps.Keys(r.single)) {
		first := map[[2]string]int{} // by set and namespace
		for _, i := range r.single[name] {
			l := &r.lists[i]
			of := [2]string{l.Members[0].Set, inNamespace(l.Members[0].Namespace, r.Namespace)}
			at, seen := first[of]
			if !seen {
				first[of] = i
				continue
			}
			into := &r.lists[at]
			into.Members = append(into.Members, l.Members...)
			into.Field, into.Entry, into.Why, into.Frozen = name, "", whyApart, true
			merged[i] = true
		}
	}
	if len(merged) > 0 {
		all := r.lists
		r.lists = nil
		for i := range all {
			if !merged[i] {
				r.lists = append(r.lists, all[i])
			}
		}
	}
	r.single = nil
	return r.lists
}

func inNamespace(named, own string) string {
	if named == "" {
		return own
	}
	return named
}

// between stands between the arguments of a command line that is read as one text; no
// argument can hold it.
const between = "\x00"

// readArgs finds the lists of a command line.
func readArgs(args []string) *doc {
	size, held := 0, false
	for _, a := range args {
		size += len(a) + 1
		held = held || mayHold(a)
	}
	if !held || size > maxText {
		return newDoc("", "")
	}
	d := newDoc(strings.Join(args, between), "")
	c, from := command{}, 0
	for i, a := range args {
		unit := span{from, from + len(a)}
		if strings.Contains(a, between) || !d.spend() {
			return newDoc("", "")
		}
		from = unit.to + 1
		if i == 0 {
			d.item(&c, unit, unit, unit.from)
		} else {
			d.item(&c, unit, unit, unit.from-1)
		}
	}
	return d.whole()
}
