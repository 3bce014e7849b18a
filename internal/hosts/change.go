package hosts

import (
	"errors"
	"slices"

	"github.com/careen-tui/careen/internal/model"
)

// The reasons why a change of a list is not offered, beside those of the list.
var (
	errEmpty = errors.New("nothing would be left of it")
	errGap   = errors.New("its keys are numbered, and a number would be left out between them")
)

// A Change is what a list of hosts becomes: the whole entries that stand in it, in
// their order, and those that are to.
type Change struct {
	From, To    []string
	Add, Remove []int // the members that come and go, by their numbers
}

// Changed is the change that adds and removes members. A new entry follows the one
// before it where the list is in order, else it comes last. The error says why the list
// cannot be changed.
func Changed(l *model.HostList, add, remove []int) (Change, error) {
	c := Change{Add: add, Remove: remove}
	type item struct {
		number int
		text   string
	}
	var kept []item
	for _, h := range l.Members {
		c.From = append(c.From, h.Raw)
		if !slices.Contains(remove, h.Ordinal) {
			kept = append(kept, item{h.Ordinal, h.Raw})
		}
	}
	byNumber := func(a, b item) int { return a.number - b.number }
	switch {
	case l.Frozen, len(add) > 0 && l.Entry == "":
		return c, errors.New(l.Why)
	case len(kept) == 0:
		return c, errEmpty
	}
	if l.Numbered && l.Members[len(kept)-1].Ordinal != kept[len(kept)-1].number {
		return c, errGap
	}
	inOrder := slices.IsSortedFunc(kept, byNumber)
	r := rowFrom(l.Entry)
	for _, n := range add {
		text, ok := r.of(n)
		if !ok {
			return c, errors.New(whyForm)
		}
		at := len(kept)
		if inOrder {
			at, _ = slices.BinarySearchFunc(kept, item{number: n}, byNumber)
		}
		kept = slices.Insert(kept, at, item{n, text})
	}
	if l.Numbered && inOrder && len(add) > 0 && gaps(kept, func(i item) int { return i.number }) && !gaps(l.Members, func(h model.Host) int { return h.Ordinal }) {
		return c, errGap
	}
	for _, i := range kept {
		c.To = append(c.To, i.text)
	}
	return c, nil
}

// gaps reports whether numbers in order leave some out.
func gaps[T any](list []T, number func(T) int) bool {
	for i := 1; i < len(list); i++ {
		if number(list[i]) != number(list[i-1])+1 {
			return true
		}
	}
	return false
}
