package hosts

import (
	"errors"
	"strings"
)

// The reasons why a list cannot be rewritten.
var (
	errNotListed  = errors.New("the value does not hold the list any more")
	errSeparators = errors.New("something else stands between the members of the list")
	errNoSpacing  = errors.New("a list of one member does not show what separates two")
)

// Rewrite replaces the list from, whose members stand in value in that order, by
// to. What separates two members stays what it is, be it a comma, a line break or
// the rest of a URL; what stands before and behind the list stays as well. It is
// refused where the list does not stand in value as one piece.
func Rewrite(value string, from, to []string) (string, error) {
	if len(from) == 0 || len(to) == 0 {
		return "", errNotListed
	}
	begin, end, between := -1, 0, ""
	for i, member := range from {
		at := whole(value, member, end)
		switch {
		case at < 0:
			return "", errNotListed
		case i == 0:
			begin = at
		case i == 1:
			between = value[end:at]
		case value[end:at] != between:
			return "", errSeparators
		}
		end = at + len(member)
	}
	if len(from) == 1 && len(to) > 1 {
		return "", errNoSpacing
	}
	if mayHold(between) {
		return "", errSeparators
	}
	return value[:begin] + strings.Join(to, between) + value[end:], nil
}

// whole finds member in value behind start, as a host of its own and not as a part
// of a longer one; -1 where it does not stand there.
func whole(value, member string, start int) int {
	for {
		i := strings.Index(value[start:], member)
		if i < 0 {
			return -1
		}
		at := start + i
		end := at + len(member)
		if (at == 0 || !hostByte(value[at-1])) && (end == len(value) || !hostByte(value[end])) {
			return at
		}
		start = at + 1
	}
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.'
}
